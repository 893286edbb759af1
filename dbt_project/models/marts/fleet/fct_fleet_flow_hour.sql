-- A trip over midnight also rests on the positions of the days that follow, so its evidence reaches to its last arrival.
with arrival as (
    select date_trunc('hour', start_at) as hour_start, max(strftime(end_at, '%Y-%m-%d')) as last_arrival_day
    from {{ ref("stg_gold__fleet_trip") }}
    group by all
)
select
    flow_hour.origin_district,
    flow_hour.destination_district,
    flow_hour.hour_start,
    strftime(flow_hour.hour_start, '%Y-%m-%dT%H') as hour,
    flow_hour.day,
    flow_hour.day = max(flow_hour.day) over () as is_latest_day,
    arrival.last_arrival_day,
    case
        when flow_hour.origin_district = '' then '车辆不足而合并'
        else coalesce(origin.district_zh, flow_hour.origin_district)
    end as origin_district_zh,
    case
        when flow_hour.destination_district = '' then '车辆不足而合并'
        else coalesce(destination.district_zh, flow_hour.destination_district)
    end as destination_district_zh,
    flow_hour.vehicles,
    flow_hour.trips as departures,
    {{ dec("flow_hour.distance_km") }} as distance_km,
    {{ dec("flow_hour.moving_s / 3600") }} as moving_h,
    {{ dec("flow_hour.fuel_kg") }} as fuel_kg,
    {{ dec("flow_hour.co2_kg") }} as co2_kg,
    flow_hour.model_name,
    flow_hour.model_version,
    'position.vehicle' as source_feed
from {{ ref("stg_gold__fleet_flow_hour") }} as flow_hour
left join arrival on arrival.hour_start = flow_hour.hour_start
left join {{ ref("dim_district") }} as origin on origin.district_code = flow_hour.origin_district
left join {{ ref("dim_district") }} as destination on destination.district_code = flow_hour.destination_district
