select
    strftime(call.connected_at, '%Y-%m-%d') as day,
    call.enterprise_code,
    any_value(unit.enterprise_name) as enterprise_name,
    any_value(unit.district_code) as district_code,
    count(*) as shore_power_calls,
    count(distinct call.facility_id) as facilities_used,
    {{ dec("sum(call.connected_hours::decimal(38, 6))") }} as connected_h,
    {{ dec("sum(call.energy_kwh::decimal(38, 6))") }} as shore_power_kwh
from {{ ref("stg_silver__shore_power_call") }} as call
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
where call.known_to is null
group by strftime(call.connected_at, '%Y-%m-%d'), call.enterprise_code
