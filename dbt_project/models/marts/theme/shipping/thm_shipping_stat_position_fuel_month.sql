select
    track.period_month as month,
    {{ month_start("track.period_month") }} as month_start,
    track.ship_id,
    any_value(ship.ship_name) as ship_name,
    any_value(track.company_code) as enterprise_code,
    any_value(unit.enterprise_name) as enterprise_name,
    any_value(unit.district_code) as district_code,
    any_value(track.trade) as trade,
    track.in_shanghai,
    case when track.in_shanghai then '本市水域（示意）' else '其他水域' end as waters_zh,
    {{ dec("sum(track.hours::decimal(38, 12))") }} as track_h,
    {{ dec("sum(track.distance_nm::decimal(38, 12))") }} as distance_nm,
    {{ dec("sum(track.main_fuel_t::decimal(38, 12))") }} as main_fuel_t,
    {{ dec("sum(track.auxiliary_fuel_t::decimal(38, 12))") }} as auxiliary_fuel_t,
    {{ dec("sum(track.boiler_fuel_t::decimal(38, 12))") }} as boiler_fuel_t,
    {{ dec("sum(track.fuel_t::decimal(38, 12))") }} as fuel_t
from {{ ref("stg_silver__ship_position_fuel") }} as track
left join {{ ref("stg_silver__fleet_register") }} as ship on ship.ship_id = track.ship_id and ship.known_to is null
left join {{ ref("dim_enterprise") }} as unit on unit.enterprise_code = track.company_code
group by track.period_month, track.ship_id, track.in_shanghai
