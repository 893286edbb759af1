with pair as (
    select
        month, sector, boundary, account, chain, activity_type, unit,
        sum(co2_t) as co2_t,
        sum(coal_calorific_tce) as coal_calorific_tce,
        sum(quantity) as quantity,
        sum(quantity_variance) as quantity_variance,
        count(distinct enterprise_code) as enterprises,
        bool_or(is_simulated) as is_simulated
    from {{ ref("int_intensity_pair") }}
    group by all
),
spread as (
    select
        pair.*,
        -- Relative variances of numerator and denominator add up (first order).
        sqrt(
            (variance.co2_variance_t2 + variance.co2_factor_variance_t2)::double / nullif(power(pair.co2_t::double, 2), 0)
            + pair.quantity_variance::double / power(pair.quantity::double, 2)
        ) as relative_uncertainty,
        sqrt(
            (energy.coal_calorific_variance_tce2 + energy.coal_calorific_factor_variance_tce2)::double
            / nullif(power(pair.coal_calorific_tce::double, 2), 0)
            + pair.quantity_variance::double / power(pair.quantity::double, 2)
        ) as energy_relative_uncertainty
    from pair
    left join {{ ref("int_intensity_variance") }} as variance
        using (month, sector, boundary, account, chain, activity_type, unit)
    left join {{ ref("int_intensity_energy_variance") }} as energy
        using (month, sector, boundary, account, chain, activity_type, unit)
)
select
    spread.month,
    strptime(spread.month || '-01', '%Y-%m-%d')::date as month_start,
    spread.sector,
    sector.sector_zh,
    spread.boundary,
    boundary_label.label_zh as boundary_zh,
    spread.account,
    account_label.account_zh,
    spread.chain,
    spread.activity_type,
    label.activity_type_zh,
    spread.unit,
    unit_label.unit_zh,
    spread.co2_t,
    spread.coal_calorific_tce,
    spread.quantity,
    spread.enterprises,
    {{ dec("spread.co2_t::double * 1e6 / spread.quantity::double") }} as co2_intensity_g_per_unit,
    {{ dec("spread.co2_t::double * 1e6 / spread.quantity::double * (1 - " ~ var("normal_quantile_95") ~ " * relative_uncertainty)") }}
        as co2_intensity_low95_g_per_unit,
    {{ dec("spread.co2_t::double * 1e6 / spread.quantity::double * (1 + " ~ var("normal_quantile_95") ~ " * relative_uncertainty)") }}
        as co2_intensity_high95_g_per_unit,
    {{ dec("spread.coal_calorific_tce::double * 1e6 / spread.quantity::double") }} as energy_intensity_gce_per_unit,
    {{ dec("spread.coal_calorific_tce::double * 1e6 / spread.quantity::double * (1 - " ~ var("normal_quantile_95") ~ " * energy_relative_uncertainty)") }}
        as energy_intensity_low95_gce_per_unit,
    {{ dec("spread.coal_calorific_tce::double * 1e6 / spread.quantity::double * (1 + " ~ var("normal_quantile_95") ~ " * energy_relative_uncertainty)") }}
        as energy_intensity_high95_gce_per_unit,
    spread.is_simulated
from spread
left join {{ ref("seed_sector") }} as sector using (sector)
left join {{ ref("seed_transport") }} as label using (activity_type)
left join {{ ref("seed_unit") }} as unit_label using (unit)
left join {{ ref("int_label") }} as boundary_label on boundary_label.kind = 'boundary' and boundary_label.code = spread.boundary
left join {{ ref("dim_account") }} as account_label on account_label.account = spread.account
