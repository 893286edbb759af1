select
    run_id,
    table_name,
    suite,
    expectations,
    failed_blocking,
    failed_warning,
    passed,
    detail_zh,
    checked_at,
    row_number() over (partition by table_name order by checked_at desc, run_id desc) = 1 as is_latest
from {{ ref("stg_ops__gate") }}
