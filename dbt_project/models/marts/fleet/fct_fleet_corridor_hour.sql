select
    corridor_hour.corridor_id,
    corridor_hour.direction,
    corridor_hour.hour_start,
    strftime(corridor_hour.hour_start, '%Y-%m-%dT%H') as hour,
    corridor_hour.day,
    corridor_hour.day = max(corridor_hour.day) over () as is_latest_day,
    case corridor_hour.corridor_id
        when '' then '车辆不足而合并'
        when 'unmatched' then '未匹配路网'
        when 'other' then '通道以外的道路'
        else coalesce(corridor.corridor_zh, corridor_hour.corridor_id)
    end as corridor_zh,
    corridor_hour.corridor_id not in ('', 'unmatched', 'other') as is_corridor,
    corridor_hour.network,
    corridor_hour.vehicles,
    corridor_hour.positions,
    {{ dec("corridor_hour.distance_km") }} as distance_km,
    {{ dec("corridor_hour.moving_s / 3600") }} as moving_h,
    {{ dec("corridor_hour.fuel_kg") }} as fuel_kg,
    {{ dec("corridor_hour.co2_kg") }} as co2_kg,
    corridor_hour.model_name,
    corridor_hour.model_version,
    'position.vehicle' as source_feed
from {{ ref("stg_gold__fleet_corridor_hour") }} as corridor_hour
left join {{ ref("seed_corridor") }} as corridor
    on corridor.network = corridor_hour.network and corridor.corridor_id = corridor_hour.corridor_id
