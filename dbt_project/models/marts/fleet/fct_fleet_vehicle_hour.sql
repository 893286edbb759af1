-- Positions know a vehicle by the first 16 digits of its key in the registers (docs/decisions/0024).
with truck as (
    select
        left(split_part(vehicle_key, ':', 2), 16) as vehicle_code,
        any_value(enterprise_code) as enterprise_code,
        any_value(district_code) as district_code,
        any_value(mass_class) as mass_class
    from {{ ref("stg_silver__truck") }}
    where known_to is null
    group by vehicle_code
),
vehicle_hour as (
    select *, lower(lpad(to_hex(vehicle_key), 16, '0')) as vehicle_code from {{ ref("stg_gold__fleet_vehicle_hour") }}
)
select
    vehicle_hour.vehicle_key,
    vehicle_hour.vehicle_code,
    vehicle_hour.hour_start,
    strftime(vehicle_hour.hour_start, '%Y-%m-%dT%H') as hour,
    vehicle_hour.day,
    vehicle_hour.day = max(vehicle_hour.day) over () as is_latest_day,
    truck.vehicle_code is not null as is_registered,
    truck.enterprise_code,
    {{ unit_name("truck.enterprise_code", "unit.enterprise_name") }} as enterprise_name,
    truck.district_code,
    truck.mass_class,
    {{ code_zh("road.truck", "mass_class", "truck.mass_class") }} as mass_class_zh,
    vehicle_hour.positions,
    {{ dec("vehicle_hour.distance_km") }} as distance_km,
    {{ dec("vehicle_hour.moving_s / 3600") }} as moving_h,
    {{ dec("vehicle_hour.idle_s / 3600") }} as idle_h,
    {{ dec("vehicle_hour.silent_s / 3600") }} as silent_h,
    vehicle_hour.stops,
    vehicle_hour.trips as departures,
    {{ dec("vehicle_hour.fuel_kg") }} as fuel_kg,
    {{ dec("vehicle_hour.co2_kg") }} as co2_kg,
    vehicle_hour.model_name,
    vehicle_hour.model_version,
    'position.vehicle' as source_feed
from vehicle_hour
left join truck using (vehicle_code)
left join {{ ref("dim_enterprise") }} as unit on unit.enterprise_code = truck.enterprise_code
