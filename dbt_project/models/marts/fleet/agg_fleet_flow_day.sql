with flow as (
    select
        day,
        origin_district,
        destination_district,
        any_value(origin_district_zh) as origin_district_zh,
        any_value(destination_district_zh) as destination_district_zh,
        max(vehicles) as peak_vehicles,
        sum(departures)::bigint as departures,
        sum(distance_km) as distance_km,
        sum(moving_h) as moving_h,
        sum(fuel_kg) as fuel_kg,
        sum(co2_kg) as co2_kg
    from {{ ref("fct_fleet_flow_hour") }}
    group by day, origin_district, destination_district
)
select
    flow.day,
    flow.day = max(flow.day) over () as is_latest_day,
    flow.origin_district,
    flow.destination_district,
    flow.origin_district_zh,
    flow.destination_district_zh,
    flow.peak_vehicles,
    flow.departures,
    flow.distance_km,
    flow.moving_h,
    flow.fuel_kg,
    flow.co2_kg
from flow
