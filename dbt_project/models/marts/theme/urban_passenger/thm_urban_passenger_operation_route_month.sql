select
    route.period as month,
    {{ month_start("route.period") }} as month_start,
    route.route_id,
    route.enterprise_code,
    {{ unit_name("route.enterprise_code", "unit.enterprise_name") }} as enterprise_name,
    route.district_code,
    route.fuel as fuel_code,
    {{ code_zh("road.urban_route_month", "fuel", "route.fuel") }} as fuel_zh,
    {{ dec("route.route_km") }} as route_km,
    route.trips,
    {{ dec("route.vehicle_km") }} as vehicle_km,
    {{ dec("route.mean_speed_kmh") }} as mean_speed_kmh,
    {{ dec("route.place_km") }} as place_km,
    route.boardings,
    route.known_from
from {{ ref("stg_silver__urban_route_month") }} as route
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
where route.known_to is null
