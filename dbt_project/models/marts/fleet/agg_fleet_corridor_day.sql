with corridor as (
    select
        day,
        corridor_id,
        direction,
        any_value(corridor_zh) as corridor_zh,
        any_value(is_corridor) as is_corridor,
        any_value(network) as network,
        max(vehicles) as peak_vehicles,
        count(distinct hour_start) as emission_hours,
        sum(positions)::bigint as positions,
        sum(distance_km) as distance_km,
        sum(moving_h) as moving_h,
        sum(fuel_kg) as fuel_kg,
        sum(co2_kg) as co2_kg
    from {{ ref("fct_fleet_corridor_hour") }}
    group by day, corridor_id, direction
)
select
    corridor.day,
    corridor.day = max(corridor.day) over () as is_latest_day,
    corridor.corridor_id,
    corridor.direction,
    corridor.corridor_zh,
    corridor.is_corridor,
    corridor.network,
    corridor.peak_vehicles,
    corridor.emission_hours,
    corridor.positions,
    corridor.distance_km,
    corridor.moving_h,
    corridor.fuel_kg,
    corridor.co2_kg
from corridor
