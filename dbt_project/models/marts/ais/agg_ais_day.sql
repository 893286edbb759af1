with cell as (
    select
        day,
        count(distinct cell) filter (where cell <> '') as cells,
        count(distinct hour_start) as emission_hours,
        sum(positions)::bigint as positions,
        sum(distance_nm) as distance_nm,
        sum(moving_h) as moving_h,
        sum(anchor_h) as anchor_h,
        sum(berth_h) as berth_h,
        sum(unknown_h) as unknown_h,
        sum(ship_fuel_kg) as ship_fuel_kg,
        sum(shore_power_kwh) as shore_power_kwh,
        sum(co2_kg) as co2_kg,
        coalesce(sum(co2_kg) filter (where cell = ''), 0) as hidden_co2_kg
    from {{ ref("fct_ais_cell_hour") }}
    group by day
),
ship as (
    select
        day,
        count(distinct mmsi) as ships,
        sum(co2_kg) as co2_by_ship_kg
    from {{ ref("fct_ais_ship_hour") }}
    group by day
)
select
    cell.day,
    cell.day = max(cell.day) over () as is_latest_day,
    ship.ships,
    cell.cells,
    cell.emission_hours,
    cell.positions,
    cell.distance_nm,
    cell.moving_h,
    cell.anchor_h,
    cell.berth_h,
    cell.unknown_h,
    cell.ship_fuel_kg,
    cell.shore_power_kwh,
    cell.co2_kg,
    ship.co2_by_ship_kg,
    {{ ratio("cell.hidden_co2_kg", "cell.co2_kg") }} as hidden_co2_share,
    {{ ratio("cell.unknown_h", "cell.moving_h + cell.anchor_h + cell.berth_h") }} as unknown_share
from cell
left join ship using (day)
