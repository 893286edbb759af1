-- Key units by their official account, and what is estimated of the rest of their sector; never one sum under one name.
with rest as (
    {{ carbon_at(
        ["month", "sector", "boundary", "chain", "account"],
        "boundary = 'legal_entity' and chain = 'TTW' and account in ('modelled', 'extrapolated') and memo_item = ''"
        " and (enterprise_code like 'NONKEY:%' or enterprise_code like 'remainder:%')"
    ) }}
),
part as (
    select
        month, sector, 'key_units' as sector_part, account, co2_t, co2_low95_t, co2_high95_t, co2_estimated_t, is_simulated
    from {{ ref("agg_carbon_sector_month") }}
    where account = 'official' and boundary = 'legal_entity' and chain = 'TTW' and memo_item = ''
    union all
    select month, sector, 'remainder' as sector_part, account, co2_t, co2_low95_t, co2_high95_t, co2_estimated_t, is_simulated
    from rest
)
select
    part.month,
    strptime(part.month || '-01', '%Y-%m-%d')::date as month_start,
    part.sector,
    sector.sector_zh,
    part.sector_part,
    case part.sector_part when 'key_units' then '重点用能单位' else '行业余量（估算）' end as sector_part_zh,
    part.account,
    account.account_zh,
    part.sector_part = 'remainder' as is_estimated,
    case
        when part.sector_part = 'key_units' then '单位报表，按审定优先的官方口径'
        when part.account = 'modelled' then '重点用能单位以外的车队，按模型估算'
        else '重点用能单位能耗按份额外推；份额为平台假设值，未经统计核定'
    end as estimate_note_zh,
    part.co2_t,
    part.co2_low95_t,
    part.co2_high95_t,
    part.co2_estimated_t,
    part.is_simulated
from part
left join {{ ref("seed_sector") }} as sector using (sector)
left join {{ ref("dim_account") }} as account using (account)
