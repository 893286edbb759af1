select
    cell_hour.cell,
    cell_hour.hour_start,
    strftime(cell_hour.hour_start, '%Y-%m-%dT%H') as hour,
    cell_hour.day,
    cell_hour.day = max(cell_hour.day) over () as is_latest_day,
    cell_hour.latitude_deg,
    cell_hour.longitude_deg,
    cell_hour.vehicles,
    cell_hour.positions,
    {{ dec("cell_hour.distance_km") }} as distance_km,
    {{ dec("cell_hour.moving_s / 3600") }} as moving_h,
    {{ dec("cell_hour.fuel_kg") }} as fuel_kg,
    {{ dec("cell_hour.co2_kg") }} as co2_kg,
    cell_hour.model_name,
    cell_hour.model_version,
    'position.vehicle' as source_feed
from {{ ref("stg_gold__fleet_cell_hour") }} as cell_hour
