-- Jobs that end at once may both record a run; the rows are equal and count once.
select distinct
    run_id,
    step,
    target,
    window_from,
    window_to,
    started_at,
    ended_at,
    run_day as day,
    exit_code,
    message,
    rows_in,
    rows_out,
    bytes_in,
    cpu_client_s,
    wall_s,
    table_versions_json,
    code_version
from {{ ref("stg_ops__job_run") }}
