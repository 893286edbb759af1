-- Comparable basis (可比口径): the same enterprise, boundary, memo item, chain and underlying account in both months, and
-- no energy row held in quarantine in either.
with this as (
    -- The month to compare as; NULL compares with nothing. Joins stay on equality, so that they hash.
    select enterprise_month.*, case when held.month is null then enterprise_month.month end as basis_month
    from {{ ref("int_carbon_enterprise") }} as enterprise_month
    left join {{ ref("int_report_held") }} as held using (enterprise_code, month)
),
complete as (
    select * from this where basis_month is not null
)
select
    this.* exclude (basis_month),
    last_year.co2_t as prior_year_co2_t,
    last_month.co2_t as prior_month_co2_t,
    last_year.co2_counted_t as prior_year_co2_counted_t,
    last_month.co2_counted_t as prior_month_co2_counted_t
from this
left join complete as last_year
    on last_year.month = {{ month_before("this.basis_month", 12) }}
    and last_year.enterprise_code = this.enterprise_code
    and last_year.sector = this.sector
    and last_year.district_code = this.district_code
    and last_year.boundary = this.boundary
    and last_year.memo_item = this.memo_item
    and last_year.chain = this.chain
    and last_year.account = this.account_used
left join complete as last_month
    on last_month.month = {{ month_before("this.basis_month", 1) }}
    and last_month.enterprise_code = this.enterprise_code
    and last_month.sector = this.sector
    and last_month.district_code = this.district_code
    and last_month.boundary = this.boundary
    and last_month.memo_item = this.memo_item
    and last_month.chain = this.chain
    and last_month.account = this.account_used
