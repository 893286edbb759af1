select
    road_hour.edge_id,
    road_hour.hour_start,
    strftime(road_hour.hour_start, '%Y-%m-%dT%H') as hour,
    road_hour.day,
    road_hour.day = max(road_hour.day) over () as is_latest_day,
    road_hour.road_name,
    road_hour.direction,
    road_hour.corridor_id,
    coalesce(corridor.corridor_zh, road_hour.corridor_id) as corridor_zh,
    road_hour.road_class,
    coalesce(label.label_zh, road_hour.road_class) as road_class_zh,
    road_hour.district_code,
    coalesce(district.district_zh, road_hour.district_code) as district_zh,
    road_hour.network,
    road_hour.vehicles,
    road_hour.positions,
    {{ dec("road_hour.distance_km") }} as distance_km,
    {{ dec("road_hour.moving_s / 3600") }} as moving_h,
    {{ dec("road_hour.fuel_kg") }} as fuel_kg,
    {{ dec("road_hour.co2_kg") }} as co2_kg,
    road_hour.model_name,
    road_hour.model_version,
    'position.vehicle' as source_feed
from {{ ref("stg_gold__fleet_road_hour") }} as road_hour
left join {{ ref("seed_corridor") }} as corridor
    on corridor.network = road_hour.network and corridor.corridor_id = road_hour.corridor_id
left join {{ ref("int_label") }} as label on label.kind = 'road_class' and label.code = road_hour.road_class
left join {{ ref("dim_district") }} as district on district.district_code = road_hour.district_code
