select
    day,
    emitter,
    pollutant,
    district_code,
    any_value(district_zh) as district_zh,
    sum(mass_kg) as mass_kg,
    count(distinct half_hour) as half_hours
from {{ ref("fct_pollutant_halfhour") }}
group by day, emitter, pollutant, district_code
