with change as (
    select month, sector, boundary, memo_item, evidence, {{ change_columns("coal_calorific", "tce") }}
    from {{ ref("int_energy_change") }}
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
    change.mom_comparable_enterprises,
    sector.sector_zh
from ({{ energy_at(["month", "sector", "boundary", "memo_item", "evidence"]) }}) as energy
left join change using (month, sector, boundary, memo_item, evidence)
left join {{ ref("seed_sector") }} as sector on sector.sector = energy.sector
