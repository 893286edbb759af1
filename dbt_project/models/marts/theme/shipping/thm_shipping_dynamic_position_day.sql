-- The last position of the day stands for where the ship was.
select
    strftime(position.positioned_at, '%Y-%m-%d') as day,
    position.ship_id,
    any_value(ship.ship_name) as ship_name,
    any_value(ship.company_code) as enterprise_code,
    any_value(unit.enterprise_name) as enterprise_name,
    any_value(unit.district_code) as district_code,
    count(*) as positions,
    count(*) filter (position.nav_status = 'under_way')::bigint as positions_under_way,
    avg(position.speed_kn::decimal(18, 6)) filter (position.nav_status = 'under_way') as mean_speed_kn,
    max(position.positioned_at) as last_positioned_at,
    max_by(position.longitude_deg, position.positioned_at) as lon,
    max_by(position.latitude_deg, position.positioned_at) as lat
from {{ ref("stg_silver__ais_position") }} as position
left join {{ ref("stg_silver__fleet_register") }} as ship on ship.ship_id = position.ship_id and ship.known_to is null
left join {{ ref("dim_enterprise") }} as unit on unit.enterprise_code = ship.company_code
where position.known_to is null
group by strftime(position.positioned_at, '%Y-%m-%d'), position.ship_id
