select
    strftime(bill.departed_at, '%Y-%m-%d') as day,
    bill.enterprise_code,
    any_value({{ unit_name("bill.enterprise_code", "unit.enterprise_name") }}) as enterprise_name,
    any_value(unit.district_code) as district_code,
    count(*) as waybills,
    count(distinct bill.vehicle_id) as vehicles,
    {{ dec("sum(bill.cargo_t::decimal(38, 6))") }} as cargo_t,
    {{ dec("sum(bill.tonne_km::decimal(38, 6))") }} as tonne_km
from {{ ref("stg_silver__waybill") }} as bill
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
where bill.known_to is null
group by strftime(bill.departed_at, '%Y-%m-%d'), bill.enterprise_code
