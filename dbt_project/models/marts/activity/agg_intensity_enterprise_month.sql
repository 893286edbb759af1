select
    pair.month,
    strptime(pair.month || '-01', '%Y-%m-%d')::date as month_start,
    pair.enterprise_code,
    enterprise.enterprise_name,
    pair.sector,
    sector.sector_zh,
    enterprise.district_code,
    pair.boundary,
    boundary_label.label_zh as boundary_zh,
    pair.account,
    account_label.account_zh,
    pair.chain,
    pair.activity_type,
    label.activity_type_zh,
    pair.unit,
    unit_label.unit_zh,
    pair.co2_t,
    pair.coal_calorific_tce,
    pair.quantity,
    {{ dec("pair.co2_t::double * 1e6 / pair.quantity::double") }} as co2_intensity_g_per_unit,
    {{ dec("pair.coal_calorific_tce::double * 1e6 / pair.quantity::double") }} as energy_intensity_gce_per_unit,
    pair.is_simulated
from {{ ref("int_intensity_pair") }} as pair
left join {{ ref("dim_enterprise") }} as enterprise using (enterprise_code)
left join {{ ref("seed_sector") }} as sector on sector.sector = pair.sector
left join {{ ref("seed_transport") }} as label using (activity_type)
left join {{ ref("seed_unit") }} as unit_label using (unit)
left join {{ ref("int_label") }} as boundary_label on boundary_label.kind = 'boundary' and boundary_label.code = pair.boundary
left join {{ ref("dim_account") }} as account_label on account_label.account = pair.account
