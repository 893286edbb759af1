-- Cross-check (交叉核验): metered energy a day, scaled up by the share the meters cover, against the report's energy a day.
-- Meters may cover days of a month that is not reported yet: then the newest reported month is compared, and it says so.
with metered as (
    select
        hourly.enterprise_code,
        hourly.medium,
        hourly.unit,
        left(hourly.day, 7) as metered_month,
        sum(hourly.quantity) as metered_quantity,
        sum(hourly.estimated_quantity) as estimated_quantity,
        count(distinct hourly.hour) / 24.0::double as metered_days,
        count(distinct hourly.meter_id) as meters
    from {{ ref("fct_meter_hour") }} as hourly
    where hourly.medium = 'electricity'
    group by all
),
coverage as (
    select enterprise_code, medium, sum(covered_energy_share) as covered_energy_share
    from {{ ref("dim_meter") }}
    group by all
),
reported as (
    select enterprise_code, month, energy_type, sum(quantity) as reported_quantity, any_value(unit) as unit
    from {{ ref("fct_energy_line") }}
    where boundary = 'legal_entity' and object_type = 'enterprise' and evidence = '{{ var("reported_energy_evidence") }}'
    group by all
),
paired as (
    select
        metered.*,
        reported.month as reported_month,
        reported.reported_quantity,
        reported.unit as reported_unit
    from metered
    left join reported
        on reported.enterprise_code = metered.enterprise_code
        and reported.energy_type = metered.medium
        and reported.month <= metered.metered_month
    qualify row_number() over (partition by metered.enterprise_code, metered.medium, metered.metered_month order by reported.month desc) = 1
)
select
    paired.enterprise_code,
    enterprise.enterprise_name,
    enterprise.sector,
    sector.sector_zh,
    enterprise.district_code,
    paired.medium,
    paired.metered_month,
    paired.metered_days,
    paired.meters,
    paired.metered_quantity,
    paired.estimated_quantity,
    paired.unit,
    coverage.covered_energy_share,
    paired.reported_month,
    paired.reported_quantity,
    paired.reported_unit,
    paired.reported_month = paired.metered_month as is_same_month,
    {{ dec("paired.metered_quantity::double / nullif(paired.metered_days, 0) / 1000") }} as metered_mwh_per_day,
    {{ dec("paired.reported_quantity::double / month.days") }} as reported_mwh_per_day,
    {{ ratio(
        "paired.metered_quantity::double / nullif(paired.metered_days, 0) / 1000",
        "paired.reported_quantity::double / month.days"
    ) }} as metered_to_reported_share
from paired
left join coverage using (enterprise_code, medium)
left join {{ ref("dim_month") }} as month on month.month = paired.reported_month
left join {{ ref("dim_enterprise") }} as enterprise using (enterprise_code)
left join {{ ref("seed_sector") }} as sector on sector.sector = enterprise.sector
