select
    ship.ship_id,
    ship.ship_name,
    ship.ship_type,
    ship.company_code as enterprise_code,
    unit.enterprise_name,
    unit.district_code,
    ship.trade,
    {{ dec("ship.deadweight_t") }} as deadweight_t,
    ship.gross_tonnage,
    {{ dec("ship.main_engine_kw") }} as main_engine_kw,
    ship.built_year,
    ship.known_from
from {{ ref("dim_ship") }} as ship
left join {{ ref("dim_enterprise") }} as unit on unit.enterprise_code = ship.company_code
