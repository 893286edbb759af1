select
    hour,
    any_value(day) as day,
    sector,
    medium,
    unit,
    sum(quantity) as quantity,
    sum(estimated_quantity) as estimated_quantity,
    avg(covered_share) as covered_share,
    count(distinct meter_id) as meters,
    count(distinct enterprise_code) as enterprises
from {{ ref("fct_meter_hour") }}
group by hour, sector, medium, unit
