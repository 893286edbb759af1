with change as (
    select month, sector, boundary, memo_item, account, chain, {{ change_columns("co2", "t") }}
    from {{ ref("int_carbon_change") }}
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
    change.mom_comparable_enterprises,
    sector.sector_zh
from ({{ carbon_at(["month", "sector", "boundary", "memo_item", "account", "chain"]) }}) as carbon
left join change using (month, sector, boundary, memo_item, account, chain)
left join {{ ref("seed_sector") }} as sector on sector.sector = carbon.sector
