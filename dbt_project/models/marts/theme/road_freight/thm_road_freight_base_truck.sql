select
    truck.vehicle_id,
    truck.enterprise_code,
    {{ unit_name("truck.enterprise_code", "unit.enterprise_name") }} as enterprise_name,
    truck.district_code,
    truck.mass_class,
    {{ code_zh("road.truck", "mass_class", "truck.mass_class") }} as mass_class_zh,
    {{ dec("truck.gross_mass_t") }} as gross_mass_t,
    {{ dec("truck.payload_t") }} as payload_t,
    truck.fuel as fuel_code,
    {{ code_zh("road.truck", "fuel", "truck.fuel") }} as fuel_zh,
    {{ code_zh("road.truck", "emission_standard", "truck.emission_standard") }} as emission_standard_zh,
    truck.first_registered_on as registered_on,
    truck.positioned as has_positions,
    truck.known_from
from {{ ref("stg_silver__truck") }} as truck
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
where truck.known_to is null
