with cell as (
    select
        day,
        count(distinct cell) filter (where cell <> '') as cells,
        count(distinct hour_start) as emission_hours,
        sum(positions)::bigint as positions,
        sum(distance_km) as distance_km,
        sum(moving_h) as moving_h,
        sum(fuel_kg) as fuel_kg,
        sum(co2_kg) as co2_kg,
        coalesce(sum(co2_kg) filter (where cell = ''), 0) as hidden_co2_kg
    from {{ ref("fct_fleet_cell_hour") }}
    group by day
),
vehicle as (
    select
        day,
        count(distinct vehicle_key) as vehicles,
        sum(idle_h) as idle_h,
        sum(silent_h) as silent_h,
        sum(stops)::bigint as stops,
        sum(departures)::bigint as departures,
        sum(co2_kg) as co2_by_vehicle_kg
    from {{ ref("fct_fleet_vehicle_hour") }}
    group by day
),
road as (
    select
        day,
        sum(co2_kg) as co2_by_road_kg
    from {{ ref("fct_fleet_road_hour") }}
    group by day
)
select
    cell.day,
    cell.day = max(cell.day) over () as is_latest_day,
    vehicle.vehicles,
    cell.cells,
    cell.emission_hours,
    cell.positions,
    cell.distance_km,
    cell.moving_h,
    cell.fuel_kg,
    cell.co2_kg,
    vehicle.idle_h,
    vehicle.silent_h,
    vehicle.stops,
    vehicle.departures,
    vehicle.co2_by_vehicle_kg,
    road.co2_by_road_kg,
    {{ ratio("cell.hidden_co2_kg", "cell.co2_kg") }} as hidden_co2_share
from cell
left join vehicle using (day)
left join road using (day)
