select
    ship_hour.mmsi,
    ship.ship_name,
    ship_hour.hour_start,
    strftime(ship_hour.hour_start, '%Y-%m-%dT%H') as hour,
    ship_hour.day,
    ship_hour.day = max(ship_hour.day) over () as is_latest_day,
    ship_hour.rung as ship_rung,
    coalesce(ship.ship_type, 'unknown') as ship_type,
    coalesce(label.label_zh, ship.ship_type, '未知') as ship_type_zh,
    ship_hour.positions,
    {{ dec("ship_hour.distance_nm") }} as distance_nm,
    {{ dec("ship_hour.moving_s / 3600") }} as moving_h,
    {{ dec("ship_hour.anchor_s / 3600") }} as anchor_h,
    {{ dec("ship_hour.berth_s / 3600") }} as berth_h,
    {{ dec("ship_hour.silent_s / 3600") }} as silent_h,
    {{ dec("ship_hour.unknown_s / 3600") }} as unknown_h,
    {{ dec("ship_hour.main_fuel_kg + ship_hour.auxiliary_fuel_kg + ship_hour.boiler_fuel_kg") }} as ship_fuel_kg,
    {{ dec("ship_hour.shore_power_kwh") }} as shore_power_kwh,
    {{ dec("ship_hour.co2_kg") }} as co2_kg,
    ship_hour.model_name,
    ship_hour.model_version,
    'position.ship' as source_feed
from {{ ref("stg_gold__ais_ship_hour") }} as ship_hour
left join {{ ref("stg_silver__ais_ship_day") }} as ship on ship.mmsi = ship_hour.mmsi and ship.day = ship_hour.day
left join {{ ref("seed_label") }} as label on label.kind = 'ship_type' and label.code = ship.ship_type
