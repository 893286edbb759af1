-- An enterprise's own variances: rows of one factor err together, so their sensitivities add up before they are squared.
with carbon_factor as (
    select month, enterprise_code, sector, boundary, account, chain, factor_key,
        {{ dec("power(max(factor_rsu) * sum(co2_t)::double, 2)") }} as shared_variance_t2
    from {{ ref("int_carbon_factor") }}
    where memo_item = ''
    group by all
),
carbon as (
    select month, enterprise_code, sector, boundary, account, chain, sum(variance_t2) as variance_t2
    from (
        select month, enterprise_code, sector, boundary, account, chain, co2_variance_t2 as variance_t2
        from {{ ref("int_carbon_activity") }}
        where memo_item = ''
        union all
        select month, enterprise_code, sector, boundary, account, chain, shared_variance_t2
        from carbon_factor
    )
    group by all
),
energy_factor as (
    select month, enterprise_code, sector, boundary, factor_key,
        {{ dec("power(max(factor_rsu) * sum(coal_calorific_tce)::double, 2)") }} as shared_variance_tce2
    from {{ ref("int_energy_factor") }}
    where memo_item = '' and evidence = '{{ var("reported_energy_evidence") }}'
    group by all
),
energy as (
    select month, enterprise_code, sector, boundary, sum(variance_tce2) as variance_tce2
    from (
        select month, enterprise_code, sector, boundary, coal_calorific_variance_tce2 as variance_tce2
        from {{ ref("int_energy_activity") }}
        where memo_item = '' and evidence = '{{ var("reported_energy_evidence") }}'
        union all
        select month, enterprise_code, sector, boundary, shared_variance_tce2
        from energy_factor
    )
    group by all
),
pair as (
    select
        line.*,
        -- Relative variances of numerator and denominator add up (first order).
        {{ var("normal_quantile_95") }} * sqrt(
            carbon.variance_t2::double / nullif(power(line.co2_t::double, 2), 0)
            + line.quantity_variance::double / power(line.quantity::double, 2)
        ) as half_width,
        {{ var("normal_quantile_95") }} * sqrt(
            energy.variance_tce2::double / nullif(power(line.coal_calorific_tce::double, 2), 0)
            + line.quantity_variance::double / power(line.quantity::double, 2)
        ) as energy_half_width
    from {{ ref("int_intensity_pair") }} as line
    left join carbon using (month, enterprise_code, sector, boundary, account, chain)
    left join energy using (month, enterprise_code, sector, boundary)
)
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
    {{ dec("pair.co2_t::double * 1e6 / pair.quantity::double * (1 - half_width)") }} as co2_intensity_low95_g_per_unit,
    {{ dec("pair.co2_t::double * 1e6 / pair.quantity::double * (1 + half_width)") }} as co2_intensity_high95_g_per_unit,
    {{ dec("pair.coal_calorific_tce::double * 1e6 / pair.quantity::double") }} as energy_intensity_gce_per_unit,
    {{ dec("pair.coal_calorific_tce::double * 1e6 / pair.quantity::double * (1 - energy_half_width)") }}
        as energy_intensity_low95_gce_per_unit,
    {{ dec("pair.coal_calorific_tce::double * 1e6 / pair.quantity::double * (1 + energy_half_width)") }}
        as energy_intensity_high95_gce_per_unit,
    pair.is_simulated
from pair
left join {{ ref("dim_enterprise") }} as enterprise using (enterprise_code)
left join {{ ref("seed_sector") }} as sector on sector.sector = pair.sector
left join {{ ref("seed_transport") }} as label using (activity_type)
left join {{ ref("seed_unit") }} as unit_label using (unit)
left join {{ ref("int_label") }} as boundary_label on boundary_label.kind = 'boundary' and boundary_label.code = pair.boundary
left join {{ ref("dim_account") }} as account_label on account_label.account = pair.account
