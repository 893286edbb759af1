-- The newest day in at most 5,000 points: of each ship its first and then every so many-th.
with newest as (
    select
        track.*,
        row_number() over (partition by track.mmsi order by track.positioned_at) as turn,
        ceil(count(*) over () / greatest(5000.0 - count(distinct track.mmsi) over (), 1)) as step
    from {{ ref("stg_gold__ais_track") }} as track
    where track.day = (select max(day) from {{ ref("stg_gold__ais_track") }})
)

select
    newest.mmsi,
    ship_hour.ship_name,
    ship_hour.ship_type_zh,
    newest.positioned_at as point_at,
    strftime(newest.positioned_at, '%Y-%m-%dT%H') as hour,
    newest.day,
    newest.latitude_deg as point_latitude_deg,
    newest.longitude_deg as point_longitude_deg,
    {{ dec("newest.speed_kn") }} as ground_speed_kn,
    newest.nav_status,
    {{ ratio("ship_hour.co2_kg", "ship_hour.moving_h + ship_hour.anchor_h + ship_hour.berth_h") }} as co2_kg_per_h,
    'position.ship' as source_feed
from newest
left join {{ ref("fct_ais_ship_hour") }} as ship_hour
    on ship_hour.mmsi = newest.mmsi and ship_hour.hour_start = date_trunc('hour', newest.positioned_at)
where (newest.turn - 1) % newest.step = 0
