select
    fuel.period_month as month,
    {{ month_start("fuel.period_month") }} as month_start,
    fuel.operator,
    any_value(fuel.enterprise_code) as enterprise_code,
    any_value(unit.enterprise_name) as enterprise_name,
    any_value(unit.district_code) as district_code,
    fuel.aircraft_type,
    fuel.route_kind,
    any_value(label.label_zh) as route_kind_zh,
    count(*) as flights,
    coalesce(sum(fuel.passengers), 0)::bigint as passengers,
    {{ dec("sum(coalesce(fuel.cargo_kg, 0)::decimal(38, 6))") }} as cargo_kg,
    {{ dec("sum(coalesce(fuel.distance_km, 0)::decimal(38, 6))") }} as distance_km,
    {{ dec("sum(fuel.fuel_kg::decimal(38, 6))") }} as modelled_fuel_kg,
    {{ dec("sum(fuel.lto_shanghai_kg::decimal(38, 6))") }} as lto_shanghai_fuel_kg,
    {{ dec("sum(fuel.apu_fuel_kg::decimal(38, 6))") }} as apu_fuel_kg
from {{ ref("stg_silver__air_flight_fuel") }} as fuel
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
left join {{ ref("int_label") }} as label on label.kind = 'route_kind' and label.code = fuel.route_kind
where fuel.known_to is null
group by fuel.period_month, fuel.operator, fuel.aircraft_type, fuel.route_kind
