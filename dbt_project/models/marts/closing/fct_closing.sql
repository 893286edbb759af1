select
    closing_id,
    month,
    closing_no,
    former_closing_id,
    closing_no = max(closing_no) over (partition by month) as is_latest_closing,
    closed_at,
    approver_role,
    evidence as approval_evidence,
    evidence_sm3,
    enterprises,
    lines as closed_lines,
    held as held_rows,
    figures_sm3,
    register_head,
    code_version,
    is_simulated
from {{ ref("stg_ops__closing") }}
