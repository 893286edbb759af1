select
    route.period as month,
    {{ month_start("route.period") }} as month_start,
    route.route_id,
    route.enterprise_code,
    {{ unit_name("route.enterprise_code", "unit.enterprise_name") }} as enterprise_name,
    unit.district_code,
    route.service,
    {{ code_zh("road.coach_route_month", "service", "route.service") }} as service_zh,
    route.origin_district,
    origin.district_zh as origin_district_zh,
    route.destination_district,
    destination.district_zh as destination_district_zh,
    route.destination_name,
    route.fuel as fuel_code,
    {{ code_zh("road.coach_route_month", "fuel", "route.fuel") }} as fuel_zh,
    {{ dec("route.route_km") }} as route_km,
    route.trips,
    {{ dec("route.vehicle_km") }} as vehicle_km,
    {{ dec("route.seat_km") }} as seat_km,
    route.tickets as passengers,
    {{ dec("route.passenger_km") }} as passenger_km,
    {{ ratio("route.passenger_km", "route.seat_km") }} as occupancy_share,
    route.known_from
from {{ ref("stg_silver__coach_route_month") }} as route
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
left join {{ ref("dim_district") }} as origin on origin.district_code = route.origin_district
left join {{ ref("dim_district") }} as destination on destination.district_code = route.destination_district
where route.known_to is null
