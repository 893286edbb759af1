select
    car.vehicle_id,
    car.enterprise_code,
    {{ unit_name("car.enterprise_code", "unit.enterprise_name") }} as enterprise_name,
    car.district_code,
    car.fuel as fuel_code,
    {{ code_zh("road.coach_vehicle", "fuel", "car.fuel") }} as fuel_zh,
    car.seats,
    {{ dec("car.gross_mass_t") }} as gross_mass_t,
    {{ code_zh("road.coach_vehicle", "emission_standard", "car.emission_standard") }} as emission_standard_zh,
    car.first_registered_on as registered_on,
    car.positioned as has_positions,
    car.known_from
from {{ ref("stg_silver__coach_vehicle") }} as car
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
where car.known_to is null
