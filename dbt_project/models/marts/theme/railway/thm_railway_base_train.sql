select
    train.train_no,
    train.enterprise_code,
    unit.enterprise_name,
    unit.district_code,
    train.line_code,
    line.line_name,
    train.service,
    {{ code_zh("rail.railway_train", "service", "train.service") }} as service_zh,
    {{ code_zh("rail.railway_train", "direction", "train.direction") }} as direction_zh,
    train.station_code,
    train.far_place,
    train.departs,
    train.arrives,
    train.train_type,
    {{ code_zh("rail.railway_train", "power", "train.power") }} as traction_zh,
    train.cars,
    train.seats,
    {{ dec("train.gross_mass_t") }} as gross_mass_t,
    {{ code_zh("rail.railway_train", "runs", "train.runs") }} as runs_zh,
    train.known_from
from {{ ref("stg_silver__railway_train") }} as train
left join {{ ref("stg_silver__railway_line") }} as line on line.line_code = train.line_code and line.known_to is null
left join {{ ref("dim_enterprise") }} as unit on unit.enterprise_code = train.enterprise_code
where train.known_to is null
