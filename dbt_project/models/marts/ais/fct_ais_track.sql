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
    mmsi,
    positioned_at as point_at,
    day,
    latitude_deg as point_latitude_deg,
    longitude_deg as point_longitude_deg,
    {{ dec("speed_kn") }} as ground_speed_kn,
    nav_status
from newest
where (turn - 1) % step = 0
