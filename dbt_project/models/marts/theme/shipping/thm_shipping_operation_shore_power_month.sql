select
    call.period as month,
    {{ month_start("call.period") }} as month_start,
    call.company_code as enterprise_code,
    any_value(unit.enterprise_name) as enterprise_name,
    any_value(unit.district_code) as district_code,
    count(*) as shore_power_calls,
    count(distinct call.ship_id) as ships,
    {{ dec("sum(call.connected_hours::decimal(38, 6))") }} as connected_h,
    {{ dec("sum(call.energy_kwh::decimal(38, 6))") }} as shore_power_kwh
from {{ ref("stg_silver__shore_power_call") }} as call
left join {{ ref("dim_enterprise") }} as unit on unit.enterprise_code = call.company_code
where call.known_to is null and call.company_code is not null
group by call.period, call.company_code
