select
    fleet.period as month,
    {{ month_start("fleet.period") }} as month_start,
    fleet.enterprise_code,
    {{ unit_name("fleet.enterprise_code", "unit.enterprise_name") }} as enterprise_name,
    fleet.district_code,
    fleet.mass_class,
    {{ code_zh("road.truck_fleet_month", "mass_class", "fleet.mass_class") }} as mass_class_zh,
    fleet.fuel as fuel_code,
    {{ code_zh("road.truck_fleet_month", "fuel", "fleet.fuel") }} as fuel_zh,
    fleet.vehicles,
    {{ dec("fleet.distance_km") }} as vehicle_km,
    {{ dec("fleet.tonne_km") }} as tonne_km,
    fleet.load_factor as load_share,
    {{ dec("fleet.energy_used") }} as quantity,
    fleet.energy_unit as unit,
    fleet.known_from
from {{ ref("stg_silver__truck_fleet_month") }} as fleet
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
where fleet.known_to is null
