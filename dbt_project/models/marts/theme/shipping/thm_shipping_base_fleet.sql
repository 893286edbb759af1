select
    ship.ship_id,
    ship.ship_name,
    ship.ship_type,
    {{ code_zh("water.fleet_register", "ship_type", "ship.ship_type") }} as ship_type_zh,
    ship.company_code as enterprise_code,
    unit.enterprise_name,
    unit.district_code,
    ship.trade,
    {{ code_zh("water.fleet_register", "trade", "ship.trade") }} as trade_zh,
    {{ dec("ship.deadweight_t") }} as deadweight_t,
    ship.gross_tonnage,
    {{ dec("ship.main_engine_kw") }} as main_engine_kw,
    ship.engine_type,
    {{ dec("ship.reference_speed_kn") }} as reference_speed_kn,
    {{ dec("ship.design_draught_m") }} as design_draught_m,
    ship.fuel as fuel_code,
    {{ code_zh("water.fleet_register", "fuel", "ship.fuel") }} as fuel_zh,
    ship.shore_power as has_shore_power,
    ship.ais_covered as has_positions,
    ship.built_year::integer as built_year,
    ship.known_from
from {{ ref("stg_silver__fleet_register") }} as ship
left join {{ ref("dim_enterprise") }} as unit on unit.enterprise_code = ship.company_code
where ship.known_to is null
