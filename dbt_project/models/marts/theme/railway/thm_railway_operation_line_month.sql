select
    work.period as month,
    {{ month_start("work.period") }} as month_start,
    work.line_code,
    line.line_name,
    work.service,
    {{ code_zh("rail.railway_month", "service", "work.service") }} as service_zh,
    work.direction,
    {{ code_zh("rail.railway_month", "direction", "work.direction") }} as direction_zh,
    work.enterprise_code,
    unit.enterprise_name,
    unit.district_code,
    {{ dec("work.train_km") }} as train_km,
    {{ dec("work.gross_tonne_km") }} as gross_tonne_km,
    work.passengers,
    {{ dec("work.passenger_km") }} as passenger_km,
    {{ dec("work.tonnes") }} as freight_t,
    {{ dec("work.tonne_km") }} as tonne_km,
    work.known_from
from {{ ref("stg_silver__railway_month") }} as work
left join {{ ref("stg_silver__railway_line") }} as line on line.line_code = work.line_code and line.known_to is null
left join {{ ref("dim_enterprise") }} as unit on unit.enterprise_code = work.enterprise_code
where work.known_to is null
