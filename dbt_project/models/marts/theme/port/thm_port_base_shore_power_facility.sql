select
    facility.facility_id,
    facility.enterprise_code,
    unit.enterprise_name,
    unit.district_code,
    facility.berth,
    {{ dec("facility.voltage_kv") }} as voltage_kv,
    {{ dec("facility.frequency_hz") }} as frequency_hz,
    {{ dec("facility.capacity_kva") }} as capacity_kva,
    facility.commissioned_on,
    facility.known_from
from {{ ref("stg_silver__shore_power_facility") }} as facility
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
where facility.known_to is null
