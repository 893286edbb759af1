with summed as (
    select
        former_closing_id, later_closing_id, month, boundary, account, sector, enterprise_code, gas, chain, cause,
        count(*) as lines,
        sum(bridge_change_t) as bridge_change_t,
        sum(bridge_change_counted_t) as bridge_change_counted_t
    from {{ ref("fct_closing_bridge_line") }}
    group by all
)
select
    summed.*,
    enterprise.enterprise_name,
    sector.sector_zh,
    boundary_label.label_zh as boundary_zh,
    account_label.account_zh,
    cause_label.label_zh as cause_zh
from summed
left join {{ ref("dim_enterprise") }} as enterprise using (enterprise_code)
left join {{ ref("seed_sector") }} as sector on sector.sector = summed.sector
left join {{ ref("int_label") }} as boundary_label
    on boundary_label.kind = 'boundary' and boundary_label.code = summed.boundary
left join {{ ref("int_label") }} as cause_label on cause_label.kind = 'cause' and cause_label.code = summed.cause
left join {{ ref("dim_account") }} as account_label on account_label.account = summed.account
