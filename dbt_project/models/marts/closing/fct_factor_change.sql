select
    change_no,
    change_id,
    kind as change_kind,
    factor_id,
    factor_version,
    method as replacing_method,
    former_version,
    former_value,
    value as new_value,
    unit,
    in_force_from,
    approver_role,
    evidence as approval_evidence,
    evidence_sm3,
    reason as change_reason
from {{ ref("stg_ops__factor_change") }}
