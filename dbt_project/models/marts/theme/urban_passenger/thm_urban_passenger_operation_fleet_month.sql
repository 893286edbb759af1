select
    fleet.period as month,
    {{ month_start("fleet.period") }} as month_start,
    fleet.enterprise_code,
    {{ unit_name("fleet.enterprise_code", "unit.enterprise_name") }} as enterprise_name,
    fleet.district_code,
    fleet.service,
    {{ code_zh("road.urban_fleet_month", "service", "fleet.service") }} as service_zh,
    fleet.fuel as fuel_code,
    {{ code_zh("road.urban_fleet_month", "fuel", "fleet.fuel") }} as fuel_zh,
    fleet.vehicles,
    fleet.trips,
    fleet.passengers,
    {{ dec("fleet.occupied_km") }} as occupied_km,
    {{ dec("fleet.vehicle_km") }} as vehicle_km,
    {{ ratio("fleet.occupied_km", "fleet.vehicle_km") }} as occupied_share,
    fleet.known_from
from {{ ref("stg_silver__urban_fleet_month") }} as fleet
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
where fleet.known_to is null
