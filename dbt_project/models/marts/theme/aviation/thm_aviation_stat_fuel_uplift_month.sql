select
    uplift.period as month,
    {{ month_start("uplift.period") }} as month_start,
    uplift.enterprise_code,
    unit.enterprise_name,
    unit.district_code,
    uplift.fuel_code,
    {{ code_zh("air.fuel_uplift_month", "fuel_code", "uplift.fuel_code") }} as fuel_zh,
    uplift.saf_feedstock,
    {{ code_zh("air.fuel_uplift_month", "saf_feedstock", "uplift.saf_feedstock") }} as saf_feedstock_zh,
    {{ dec("uplift.uplift_t") }} as uplift_t,
    {{ dec("uplift.fossil_t") }} as fossil_t,
    {{ dec("uplift.saf_t") }} as saf_t,
    uplift.saf_share,
    {{ dec("uplift.ncv_gj_per_t") }} as ncv_gj_per_t,
    {{ dec("uplift.density_kg_per_l") }} as density_kg_per_l,
    uplift.known_from
from {{ ref("stg_silver__air_fuel_uplift_month") }} as uplift
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
where uplift.known_to is null
