-- Comparable basis: the same enterprise, boundary, memo item and evidence in both months, no energy row held in either.
with this as (
    select
        month, enterprise_code, sector, district_code, boundary, memo_item, evidence,
        bool_or(is_simulated) as is_simulated,
        sum(coal_calorific_tce) as coal_calorific_tce,
        sum(case when counted_in_city and memo_item = '' then coal_calorific_tce else 0 end) as coal_calorific_counted_tce
    from {{ ref("int_energy_activity") }}
    group by all
),
compared as (
    select this.*, case when held.month is null then this.month end as basis_month
    from this left join {{ ref("int_report_held") }} as held using (enterprise_code, month)
),
complete as (
    select * from compared where basis_month is not null
)
select
    this.* exclude (basis_month),
    last_year.coal_calorific_tce as prior_year_coal_calorific_tce,
    last_month.coal_calorific_tce as prior_month_coal_calorific_tce,
    last_year.coal_calorific_counted_tce as prior_year_coal_calorific_counted_tce,
    last_month.coal_calorific_counted_tce as prior_month_coal_calorific_counted_tce
from compared as this
{%- for name, months in [("last_year", 12), ("last_month", 1)] %}
left join complete as {{ name }}
    on {{ name }}.month = {{ month_before("this.basis_month", months) }}
    and {{ name }}.enterprise_code = this.enterprise_code
    and {{ name }}.sector = this.sector
    and {{ name }}.district_code = this.district_code
    and {{ name }}.boundary = this.boundary
    and {{ name }}.memo_item = this.memo_item
    and {{ name }}.evidence = this.evidence
{%- endfor %}
