select
    plane.tail,
    plane.operator,
    plane.enterprise_code,
    unit.enterprise_name,
    unit.district_code,
    plane.aircraft_type,
    plane.seats,
    plane.passenger_capacity,
    {{ dec("plane.payload_kg") }} as payload_kg,
    {{ dec("plane.max_takeoff_kg") }} as max_takeoff_kg,
    plane.engine_type,
    plane.engine_count,
    {{ dec("plane.engine_thrust_kn") }} as engine_thrust_kn,
    plane.built_year::integer as built_year,
    plane.registered as registered_on,
    plane.known_from
from {{ ref("stg_silver__air_aircraft") }} as plane
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
where plane.known_to is null
