select
    energy.period as month,
    {{ month_start("energy.period") }} as month_start,
    energy.airport,
    energy.enterprise_code,
    unit.enterprise_name,
    unit.district_code,
    energy.system,
    {{ code_zh("air.airport_energy_month", "system", "energy.system") }} as system_zh,
    energy.energy_code as energy_type,
    coalesce(kind.energy_type_zh, case energy.energy_code when 'water' then '水' else energy.energy_code end)
        as energy_type_zh,
    {{ dec("energy.quantity") }} as quantity,
    {{ dec("energy.of_which_aircraft") }} as to_aircraft_quantity,
    energy.unit,
    energy.known_from
from {{ ref("stg_silver__air_airport_energy_month") }} as energy
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
left join {{ ref("seed_energy_type") }} as kind on kind.energy_type = energy.energy_code
where energy.known_to is null
