with counted as (
    select
        day,
        ship_type,
        any_value(ship_type_zh) as ship_type_zh,
        count(distinct mmsi) as ships,
        sum(moving_h) as moving_h,
        sum(anchor_h) as anchor_h,
        sum(berth_h) as berth_h,
        sum(silent_h) as silent_h
    from {{ ref("fct_ais_ship_hour") }}
    group by day, ship_type
),
named as (
    select
        * exclude (ship_type, ship_type_zh),
        case when ships >= {{ var("fewest_ships") }} then ship_type else '' end as ship_type,
        case when ships >= {{ var("fewest_ships") }} then ship_type_zh else '船舶不足而合并' end as ship_type_zh
    from counted
)
select
    day,
    day = max(day) over () as is_latest_day,
    ship_type,
    ship_type_zh,
    case when ship_type <> '' then sum(ships)::bigint end as ships,
    sum(moving_h) as moving_h,
    sum(anchor_h) as anchor_h,
    sum(berth_h) as berth_h,
    sum(silent_h) as silent_h
from named
group by day, ship_type, ship_type_zh
