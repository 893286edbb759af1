-- The city total of a boundary: each tonne once, memo items apart (counted_in_city and no memo item).
with change as (
    select month, boundary, account, chain, {{ change_columns("co2", "t", counted=true) }}
    from {{ ref("int_carbon_change") }}
    where memo_item = '' and co2_counted_t <> 0
    group by all
)
select
    carbon.*,
    change.co2_yoy_comparable_t,
    change.co2_prior_year_t,
    change.co2_yoy_share,
    change.yoy_comparable_enterprises,
    change.co2_mom_comparable_t,
    change.co2_prior_month_t,
    change.co2_mom_share,
    change.mom_comparable_enterprises
from ({{ carbon_at(["month", "boundary", "account", "chain"], "counted_in_city and memo_item = ''") }}) as carbon
left join change using (month, boundary, account, chain)
