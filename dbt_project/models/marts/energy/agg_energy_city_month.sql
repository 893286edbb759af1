with change as (
    select month, boundary, evidence, {{ change_columns("coal_calorific", "tce", counted=true) }}
    from {{ ref("int_energy_change") }}
    where memo_item = '' and coal_calorific_counted_tce <> 0
    group by all
)
select
    energy.*,
    change.coal_calorific_yoy_comparable_tce,
    change.coal_calorific_prior_year_tce,
    change.coal_calorific_yoy_share,
    change.yoy_comparable_enterprises,
    change.coal_calorific_mom_comparable_tce,
    change.coal_calorific_prior_month_tce,
    change.coal_calorific_mom_share,
    change.mom_comparable_enterprises
from ({{ energy_at(["month", "boundary", "evidence"], "counted_in_city and memo_item = ''") }}) as energy
left join change using (month, boundary, evidence)
