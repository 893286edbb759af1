select
    line.line_code,
    line.line_name,
    line.enterprise_code,
    unit.enterprise_name,
    unit.district_code,
    line.system,
    {{ code_zh("rail.metro_line", "system", "line.system") }} as system_zh,
    {{ dec("line.length_km") }} as length_km,
    line.stations::bigint as stations,
    line.cars_per_train,
    line.colour,
    line.known_from
from {{ ref("stg_silver__metro_line") }} as line
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
where line.known_to is null
