select
    month,
    sector,
    any_value(sector_zh) as sector_zh,
    boundary,
    account,
    cause,
    any_value(cause_zh) as cause_zh,
    count(*) as lines,
    count(distinct enterprise_code) as enterprises,
    sum(former_co2_t) as former_co2_t,
    sum(current_co2_t) as current_co2_t,
    sum(change_co2_t) as change_co2_t,
    sum(case when is_official then change_co2_t else 0 end) as change_official_co2_t
from {{ ref("fct_restatement") }}
group by month, sector, boundary, account, cause
