select
    work.period as month,
    {{ month_start("work.period") }} as month_start,
    work.line_code,
    line.line_name,
    line.system,
    work.enterprise_code,
    unit.enterprise_name,
    unit.district_code,
    {{ dec("work.train_km") }} as train_km,
    {{ dec("work.car_km") }} as car_km,
    work.boardings,
    {{ dec("work.passenger_km") }} as passenger_km,
    {{ dec("work.traction_mwh") }} as traction_mwh,
    {{ dec("work.traction_mwh * 1000 / nullif(work.car_km, 0)") }} as traction_kwh_per_car_km,
    work.known_from
from {{ ref("stg_silver__metro_line_month") }} as work
left join {{ ref("stg_silver__metro_line") }} as line on line.line_code = work.line_code and line.known_to is null
left join {{ ref("dim_enterprise") }} as unit on unit.enterprise_code = work.enterprise_code
where work.known_to is null
