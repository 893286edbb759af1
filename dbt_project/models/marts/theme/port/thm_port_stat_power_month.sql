select
    energy.period as month,
    {{ month_start("energy.period") }} as month_start,
    energy.enterprise_code,
    unit.enterprise_name,
    unit.district_code,
    {{ dec("energy.purchased") }} as purchased_mwh,
    {{ dec("energy.photovoltaic_mwh") }} as photovoltaic_mwh,
    {{ dec("energy.own_use") }} as own_use_mwh,
    {{ dec("energy.sold_shore_mwh") }} as sold_shore_mwh,
    {{ dec("energy.sold_tenant_mwh") }} as sold_tenant_mwh,
    energy.known_from
from {{ ref("stg_silver__port_energy_month") }} as energy
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
where energy.known_to is null and energy.energy_code = 'electricity'
