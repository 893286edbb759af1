-- Power that an enterprise passed on to others is theirs to count. What other lists say it supplied is held against what its
-- own monthly report deducts as resold: the part not deducted is counted twice, by it and by who used it.
with supplied as (
    select enterprise_code, period, 'port_to_ships' as supply, '船舶岸电与驻港单位' as counted_by_zh,
        sold_shore_mwh + sold_tenant_mwh as supplied_mwh, known_from
    from {{ ref("stg_silver__port_energy_month") }}
    where known_to is null and energy_code = 'electricity'
    union all
    select enterprise_code, period, 'airport_to_aircraft' as supply, '停场航空器（航空公司）' as counted_by_zh,
        sum(of_which_aircraft::decimal(28, 9))::double as supplied_mwh, max(known_from) as known_from
    from {{ ref("stg_silver__air_airport_energy_month") }}
    where known_to is null and energy_code = 'electricity'
    group by all
),
reported as (
    select enterprise_code, period, resold, consumption
    from {{ ref("stg_silver__energy_monthly") }}
    where known_to is null and energy_code = 'electricity'
),
paired as (
    select
        supplied.*,
        reported.consumption,
        reported.resold,
        greatest(supplied.supplied_mwh - reported.resold, 0) as undeducted_mwh
    from supplied
    inner join reported using (enterprise_code, period)
),
simulated as (
    select entity_id as enterprise_code, bool_or(is_simulated) as is_simulated
    from {{ ref("stg_gold__activity") }}
    group by all
)
select
    paired.period as month,
    {{ month_start("paired.period") }} as month_start,
    paired.enterprise_code,
    enterprise.enterprise_name,
    enterprise.sector,
    enterprise.sector_zh,
    enterprise.district_code,
    paired.supply,
    paired.counted_by_zh,
    {{ dec("paired.consumption") }} as reported_consumption_mwh,
    {{ dec("paired.resold") }} as reported_resold_mwh,
    {{ dec("paired.supplied_mwh") }} as supplied_mwh,
    {{ dec("paired.undeducted_mwh") }} as undeducted_mwh,
    {{ ratio("paired.undeducted_mwh", "paired.consumption") }} as undeducted_share,
    paired.undeducted_mwh > {{ var("double_count_tolerance_share") }} * paired.consumption as is_double_counted,
    case
        when paired.undeducted_mwh > {{ var("double_count_tolerance_share") }} * paired.consumption
            then '转供电量未从月报扣除，与' || paired.counted_by_zh || '重复计算：请单位核对转供量并更正月报'
        else '转供电量已扣除'
    end as advice_zh,
    paired.known_from,
    coalesce(simulated.is_simulated, false) as is_simulated
from paired
left join {{ ref("dim_enterprise") }} as enterprise using (enterprise_code)
left join simulated using (enterprise_code)
