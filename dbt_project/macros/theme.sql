{# Queries that all thematic databases share: thin views of marts that have the sector as a column. #}

{# Grain: enterprise. Months of reports and the newest annual target beside the register. #}
{% macro theme_base_enterprise(sector) -%}
with reported as (
    select enterprise_code, min(month) as first_month, max(month) as last_month
    from {{ ref("agg_energy_enterprise_month") }}
    where evidence = '{{ var("reported_energy_evidence") }}'
    group by enterprise_code
),
target as (
    select
        enterprise_code, max(year) as target_year,
        max_by(energy_target_tce, year) as energy_target_tce, max_by(co2_target_t, year) as co2_target_t
    from {{ ref("fct_target") }}
    where enterprise_code is not null
    group by enterprise_code
)
select
    unit.enterprise_code,
    unit.enterprise_name,
    unit.sector,
    unit.sector_zh,
    unit.district_code,
    unit.district_zh,
    unit.legal_boundary,
    unit.is_key_unit,
    unit.is_invented,
    unit.annual_energy_tce,
    unit.meters,
    reported.first_month,
    reported.last_month,
    target.target_year,
    target.energy_target_tce,
    target.co2_target_t,
    unit.known_from
from {{ ref("dim_enterprise") }} as unit
left join reported using (enterprise_code)
left join target using (enterprise_code)
where unit.sector = '{{ sector }}'
{%- endmacro %}

{# Grain: meter. #}
{% macro theme_base_meter(sector) -%}
select
    meter_id, enterprise_code, enterprise_name, district_code, medium, unit, covers, covered_energy_share,
    accuracy_class, calibrated_on, calibration_due, is_calibration_overdue, known_from
from {{ ref("dim_meter") }}
where sector = '{{ sector }}'
{%- endmacro %}

{# Grain: month × enterprise × district × boundary × memo item. Reported energy beside the official carbon (TTW). #}
{% macro theme_stat_month(sector) -%}
with carbon as (
    select * from {{ ref("agg_carbon_enterprise_month") }}
    where sector = '{{ sector }}' and account = 'official' and chain = 'TTW'
        and boundary <> '{{ var("demonstration_boundary") }}'
),
energy as (
    select * from {{ ref("agg_energy_enterprise_month") }}
    where sector = '{{ sector }}' and evidence = '{{ var("reported_energy_evidence") }}'
        and boundary <> '{{ var("demonstration_boundary") }}'
)
select
    month,
    coalesce(carbon.month_start, energy.month_start) as month_start,
    enterprise_code,
    coalesce(carbon.enterprise_name, energy.enterprise_name) as enterprise_name,
    sector,
    district_code,
    coalesce(carbon.district_zh, energy.district_zh) as district_zh,
    boundary,
    coalesce(carbon.boundary_zh, energy.boundary_zh) as boundary_zh,
    memo_item,
    energy.energy_gj,
    energy.coal_calorific_tce,
    energy.coal_equal_tce,
    energy.coal_calorific_counted_tce,
    energy.coal_calorific_yoy_share,
    carbon.co2_t,
    carbon.co2_low95_t,
    carbon.co2_high95_t,
    carbon.co2_counted_t,
    carbon.co2e_ar5_t,
    carbon.co2_unverified_factor_t,
    carbon.co2_estimated_t,
    carbon.account_used,
    carbon.verification_status,
    carbon.prior_year_co2_t,
    carbon.co2_yoy_share,
    coalesce(carbon.is_simulated, false) or coalesce(energy.is_simulated, false) as is_simulated
from carbon
full outer join energy using (month, enterprise_code, sector, district_code, boundary, memo_item)
{%- endmacro %}

{# Grain: month × enterprise × district × scope × energy type × boundary × memo item. #}
{% macro theme_stat_energy_month(sector) -%}
select
    month, month_start, enterprise_code, enterprise_name, sector, district_code, district_zh, scope, energy_type,
    energy_type_zh, energy_group_zh, boundary, boundary_zh, memo_item, quantity, unit, energy_gj, coal_calorific_tce,
    coal_equal_tce, coal_calorific_counted_tce, is_simulated
from {{ ref("fct_energy_month") }}
where sector = '{{ sector }}' and evidence = '{{ var("reported_energy_evidence") }}'
    and boundary <> '{{ var("demonstration_boundary") }}'
{%- endmacro %}

{# Grain: month × enterprise; NONKEY:<sector> are the operators that are no key unit. #}
{% macro theme_stat_urea_month(sector) -%}
select
    urea.period as month,
    {{ month_start("urea.period") }} as month_start,
    urea.enterprise_code,
    {{ unit_name("urea.enterprise_code", "unit.enterprise_name") }} as enterprise_name,
    unit.district_code,
    {{ dec("urea.urea_solution_t") }} as urea_solution_t,
    {{ dec("urea.urea_percent") }} as urea_percent,
    {{ dec("urea.diesel_t") }} as diesel_t,
    urea.status as verification_status,
    urea.known_from
from {{ ref("stg_silver__urea_month") }} as urea
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
where urea.known_to is null
    and case when urea.enterprise_code like 'NONKEY:%' then split_part(urea.enterprise_code, ':', 2) else unit.sector end
    = '{{ sector }}'
{%- endmacro %}

{# Grain: hour × enterprise × medium × unit. #}
{% macro theme_dynamic_meter_hour(sector) -%}
select
    hour,
    any_value(hour_start) as hour_start,
    any_value(day) as day,
    enterprise_code,
    any_value(enterprise_name) as enterprise_name,
    any_value(sector) as sector,
    any_value(district_code) as district_code,
    medium,
    sum(quantity) as quantity,
    unit,
    sum(estimated_quantity) as estimated_quantity,
    {{ ratio("sum(estimated_quantity)", "sum(quantity)") }} as estimated_share,
    avg(covered_share::decimal(18, 9)) as covered_share,
    count(distinct meter_id) as meters
from {{ ref("fct_meter_hour") }}
where sector = '{{ sector }}'
group by hour, enterprise_code, medium, unit
{%- endmacro %}

{# Grain: month × enterprise × district × boundary × activity type × unit. Intensities of the official account (TTW). #}
{% macro theme_operation_month(sector) -%}
select
    activity.month,
    activity.month_start,
    activity.enterprise_code,
    activity.enterprise_name,
    activity.sector,
    activity.district_code,
    activity.district_zh,
    activity.boundary,
    label.label_zh as boundary_zh,
    activity.activity_type,
    activity.activity_type_zh,
    activity.quantity,
    activity.unit,
    activity.unit_zh,
    activity.prior_year_quantity,
    activity.quantity_yoy_share,
    intensity.co2_t,
    intensity.coal_calorific_tce,
    intensity.co2_intensity_g_per_unit,
    intensity.co2_intensity_low95_g_per_unit,
    intensity.co2_intensity_high95_g_per_unit,
    intensity.energy_intensity_gce_per_unit,
    intensity.energy_intensity_low95_gce_per_unit,
    intensity.energy_intensity_high95_gce_per_unit,
    activity.is_simulated
from {{ ref("fct_transport_month") }} as activity
left join {{ ref("agg_intensity_enterprise_month") }} as intensity
    on intensity.month = activity.month
    and intensity.enterprise_code = activity.enterprise_code
    and intensity.sector = activity.sector
    and intensity.boundary = activity.boundary
    and intensity.activity_type = activity.activity_type
    and intensity.unit = activity.unit
    and intensity.account = 'official'
    and intensity.chain = 'TTW'
left join {{ ref("int_label") }} as label on label.kind = 'boundary' and label.code = activity.boundary
where activity.sector = '{{ sector }}' and activity.boundary <> '{{ var("demonstration_boundary") }}'
{%- endmacro %}

{# Chinese name of a contract's code (seed_code); the code itself where it has none. #}
{% macro code_zh(feed, field, column) -%}
coalesce(
    (
        select code.code_zh from {{ ref("seed_code") }} as code
        where code.feed = '{{ feed }}' and code.field = '{{ field }}' and code.code = {{ column }}
    ),
    {{ column }}
)
{%- endmacro %}

{# First day of a month given as text. #}
{% macro month_start(month) %}strptime({{ month }} || '-01', '%Y-%m-%d')::date{% endmacro %}

{# Name of an enterprise from the register; operators beyond the key units (NONKEY:<sector>) stand together. #}
{% macro unit_name(code, name) %}case when {{ code }} like 'NONKEY:%' then '重点用能单位以外（合计）' else {{ name }} end{% endmacro %}
