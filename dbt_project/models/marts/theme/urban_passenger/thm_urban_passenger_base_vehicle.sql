select
    car.vehicle_id,
    car.enterprise_code,
    {{ unit_name("car.enterprise_code", "unit.enterprise_name") }} as enterprise_name,
    car.district_code,
    car.service,
    {{ code_zh("road.urban_vehicle", "service", "car.service") }} as service_zh,
    car.fuel as fuel_code,
    {{ code_zh("road.urban_vehicle", "fuel", "car.fuel") }} as fuel_zh,
    car.places as passenger_capacity,
    {{ dec("car.gross_mass_t") }} as gross_mass_t,
    {{ code_zh("road.urban_vehicle", "emission_standard", "car.emission_standard") }} as emission_standard_zh,
    car.first_registered_on as registered_on,
    car.known_from
from {{ ref("stg_silver__urban_vehicle") }} as car
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
where car.known_to is null
