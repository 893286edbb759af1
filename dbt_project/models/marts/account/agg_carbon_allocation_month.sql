-- An enterprise's official carbon, shared out by activity. A share is a whole number of billionths, and DECIMAL times
-- DECIMAL is exact: parts add up to the whole to the last digit, and a part divided by its share is the whole again.
with whole as (
    select
        month, enterprise_code, sector, scope,
        sum(co2_t) as whole_co2_t,
        bool_or(is_simulated) as is_simulated
    from {{ ref("int_carbon_activity") }}
    where account = 'official' and boundary = 'legal_entity' and chain = 'TTW' and memo_item = ''
        and scope in ('direct', 'indirect')
    group by all
),
dimension as (
    select known.* from (values ('district', '区域'), ('use', '用途')) as known (dimension, dimension_zh)
),
use_label as (
    select known.* from (values ('transport', '运输'), ('production', '生产辅助'), ('other', '其他')) as known (part, part_zh)
)
select
    whole.month,
    strptime(whole.month || '-01', '%Y-%m-%d')::date as month_start,
    whole.enterprise_code,
    enterprise.enterprise_name,
    whole.sector,
    sector.sector_zh,
    whole.scope,
    scope_label.label_zh as scope_zh,
    dimension.dimension,
    dimension.dimension_zh,
    coalesce(part.part, 'unallocated') as part,
    coalesce(use_label.part_zh, district.district_zh, part.part, '未分摊') as part_zh,
    coalesce(part.key_code, 'none') as key_code,
    coalesce(part.key_zh, '没有可用的分摊依据，整体列为未分摊') as key_zh,
    coalesce(part.share_ppb, 1000000000)::bigint as share_ppb,
    coalesce(part.share_ppb, 1000000000) / 1e9::double as allocated_share,
    whole.whole_co2_t,
    whole.whole_co2_t::decimal(28, 15)
    * (coalesce(part.share_ppb, 1000000000)::decimal(10, 0) * 0.000000001::decimal(9, 9))::decimal(10, 9)
        as allocated_co2_t,
    whole.is_simulated
from whole
cross join dimension
left join {{ ref("stg_gold__allocation_share") }} as part
    on part.enterprise_code = whole.enterprise_code
    and part.period_month = whole.month
    and part.scope = whole.scope
    and part.dimension = dimension.dimension
left join use_label on use_label.part = part.part and dimension.dimension = 'use'
left join {{ ref("seed_district") }} as district on district.district_code = part.part and dimension.dimension = 'district'
left join {{ ref("dim_enterprise") }} as enterprise on enterprise.enterprise_code = whole.enterprise_code
left join {{ ref("seed_sector") }} as sector on sector.sector = whole.sector
left join {{ ref("int_label") }} as scope_label on scope_label.kind = 'scope' and scope_label.code = whole.scope
