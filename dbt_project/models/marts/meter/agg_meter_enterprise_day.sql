select
    day,
    enterprise_code,
    any_value(enterprise_name) as enterprise_name,
    any_value(sector) as sector,
    any_value(district_code) as district_code,
    medium,
    unit,
    sum(quantity) as quantity,
    sum(estimated_quantity) as estimated_quantity,
    {{ ratio("sum(estimated_quantity)", "sum(quantity)") }} as estimated_share,
    avg(covered_share) as covered_share,
    count(distinct meter_id) as meters,
    sum(readings)::bigint as readings,
    sum(quarantined)::bigint as quarantined
from {{ ref("fct_meter_hour") }}
group by day, enterprise_code, medium, unit
