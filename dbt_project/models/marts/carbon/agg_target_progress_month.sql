-- To date within the year, against the target and against the same months of last year (comparable basis).
with target as (
    select * from {{ ref("fct_target") }}
),
carbon as (
    select
        month, enterprise_code, sector,
        co2_t,
        case when prior_year_co2_t is not null then co2_t end as comparable_co2_t,
        prior_year_co2_t
    from {{ ref("int_carbon_change") }}
    where boundary = 'legal_entity' and account = 'official' and memo_item = ''
),
energy as (
    select month, enterprise_code, sector, coal_calorific_tce
    from {{ ref("int_energy_change") }}
    where boundary = 'legal_entity' and memo_item = '' and evidence = '{{ var("reported_energy_evidence") }}'
),
carbon_to_date as (
    select
        target.target_id, month.month,
        sum(carbon.co2_t) as co2_to_date_t,
        sum(carbon.comparable_co2_t) as co2_comparable_to_date_t,
        sum(carbon.prior_year_co2_t) as co2_prior_year_to_date_t
    from target
    inner join {{ ref("dim_month") }} as month on month.year = target.year
    inner join carbon
        on carbon.month <= month.month
        and carbon.month >= target.year || '-01'
        and (carbon.enterprise_code = target.enterprise_code or (target.enterprise_code is null and carbon.sector = target.sector))
    group by all
),
energy_to_date as (
    select target.target_id, month.month, sum(energy.coal_calorific_tce) as energy_to_date_tce
    from target
    inner join {{ ref("dim_month") }} as month on month.year = target.year
    inner join energy
        on energy.month <= month.month
        and energy.month >= target.year || '-01'
        and (energy.enterprise_code = target.enterprise_code or (target.enterprise_code is null and energy.sector = target.sector))
    group by all
)
select
    target.target_id,
    month.month,
    month.first_day as month_start,
    target.year,
    case when target.enterprise_code is null then 'sector' else 'enterprise' end as target_level,
    coalesce(target.sector, enterprise.sector) as sector,
    sector.sector_zh,
    target.enterprise_code,
    enterprise.enterprise_name,
    enterprise.district_code,
    target.co2_target_t,
    carbon_to_date.co2_to_date_t,
    {{ ratio("carbon_to_date.co2_to_date_t", "target.co2_target_t") }} as co2_target_used_share,
    target.energy_target_tce,
    energy_to_date.energy_to_date_tce,
    {{ ratio("energy_to_date.energy_to_date_tce", "target.energy_target_tce") }} as energy_target_used_share,
    month(month.first_day) / 12.0::double as year_elapsed_share,
    carbon_to_date.co2_comparable_to_date_t,
    carbon_to_date.co2_prior_year_to_date_t,
    {{ ratio(
        "carbon_to_date.co2_comparable_to_date_t - carbon_to_date.co2_prior_year_to_date_t",
        "carbon_to_date.co2_prior_year_to_date_t"
    ) }} as co2_to_date_yoy_share
from target
inner join {{ ref("dim_month") }} as month on month.year = target.year
left join carbon_to_date on carbon_to_date.target_id = target.target_id and carbon_to_date.month = month.month
left join energy_to_date on energy_to_date.target_id = target.target_id and energy_to_date.month = month.month
left join {{ ref("dim_enterprise") }} as enterprise on enterprise.enterprise_code = target.enterprise_code
left join {{ ref("seed_sector") }} as sector on sector.sector = coalesce(target.sector, enterprise.sector)
