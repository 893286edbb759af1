select
    strftime(day, '%Y-%m-%d') as date,
    strftime(day, '%Y-%m') as month,
    year(day)::integer as year,
    weekday::integer as iso_weekday,
    is_workday,
    is_make_up,
    is_in_lieu,
    case
        when is_make_up then '调休上班日'
        when is_in_lieu then '调休放假日'
        when is_workday then '工作日'
        when holiday_name is not null then '节假日'
        else '周末'
    end as day_kind_zh,
    holiday_name,
    notice as source_document,
    known_from,
    record_id
from {{ ref("stg_silver__calendar_day") }}
where known_to is null
