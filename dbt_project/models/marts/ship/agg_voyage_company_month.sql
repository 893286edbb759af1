select
    month,
    any_value(month_start) as month_start,
    enterprise_code,
    any_value(enterprise_name) as enterprise_name,
    any_value(district_code) as district_code,
    trade,
    count(*) as voyages,
    count(distinct ship_id) as ships,
    sum(distance_nm) as distance_nm,
    sum(cargo_t) as cargo_t,
    sum(transport_work_tnm) as transport_work_tnm,
    sum(fuel_t) as fuel_t,
    sum(co2_t) as co2_t,
    {{ dec("sum(co2_t)::double * 1e6 / nullif(sum(transport_work_tnm)::double, 0)") }} as co2_intensity_g_per_tnm,
    {{ dec("sum(co2_t)::double * 1e3 / nullif(sum(distance_nm)::double, 0)") }} as co2_intensity_kg_per_nm
from {{ ref("fct_voyage") }}
group by month, enterprise_code, trade
