-- What changed within the last seven days of knowledge, line by line, and why. A line is an object, period, energy,
-- gas, chain, account and boundary; its value a week ago stands against its value now. A report that comes in the place
-- of its estimate is late data.
with bounds as (
    select as_of, week_before from {{ ref("int_as_of") }}
),
keyed as (
    select
        emission.*,
        -- An enterprise's own part names its report; another version of the report is no other factor.
        regexp_replace(factor_id, 'measured:[^*]*', 'measured', 'g') || '@' || factor_version as factor_key,
        concat_ws('|', entity_id, object_id, period, activity_type, scope, gas, chain, account, memo_item) as line_key
    from {{ ref("stg_gold__emission") }} as emission
    where gas = 'CO2' and boundary <> '{{ var("demonstration_boundary") }}'
),
touched as (
    select distinct line_key
    from keyed, bounds
    where known_from > week_before or (known_to is not null and known_to > week_before)
),
now_known as (
    select line_key, boundary, any_value(entity_id) as entity_id, any_value(sector) as sector,
        any_value(district_code) as district_code, any_value(period_month) as month, any_value(activity_type) as activity_type,
        any_value(account) as account, any_value(scope) as scope, sum(mass_kg) as mass_kg, sum(quantity) as quantity,
        min(factor_key) as factor_key, min(method) as method, min(data_grade) as data_grade,
        bool_or(is_official) as is_official,
        max(known_from) as known_from
    from keyed
    where known_to is null and line_key in (select line_key from touched)
    group by all
),
then_known as (
    select line_key, boundary, any_value(entity_id) as entity_id, any_value(sector) as sector,
        any_value(district_code) as district_code, any_value(period_month) as month, any_value(activity_type) as activity_type,
        any_value(account) as account, any_value(scope) as scope, sum(mass_kg) as mass_kg, sum(quantity) as quantity,
        min(factor_key) as factor_key, min(method) as method, min(data_grade) as data_grade,
        bool_or(is_official) as is_official
    from keyed, bounds
    where known_from <= week_before and (known_to is null or known_to > week_before)
        and line_key in (select line_key from touched)
    group by all
),
compared as (
    select
        coalesce(now_known.line_key, then_known.line_key) as line_key,
        coalesce(now_known.boundary, then_known.boundary) as boundary,
        coalesce(now_known.entity_id, then_known.entity_id) as enterprise_code,
        coalesce(now_known.sector, then_known.sector) as sector,
        coalesce(now_known.district_code, then_known.district_code) as district_code,
        coalesce(now_known.month, then_known.month) as month,
        coalesce(now_known.activity_type, then_known.activity_type) as energy_type,
        coalesce(now_known.account, then_known.account) as account,
        coalesce(now_known.scope, then_known.scope) as scope,
        coalesce(now_known.is_official, then_known.is_official) as is_official,
        {{ dec("coalesce(then_known.mass_kg, 0) / 1000") }} as former_co2_t,
        {{ dec("coalesce(now_known.mass_kg, 0) / 1000") }} as current_co2_t,
        now_known.known_from,
        case
            when then_known.line_key is null and exists (
                select 1 from keyed, bounds
                where keyed.line_key = now_known.line_key and keyed.boundary <> now_known.boundary and keyed.known_from <= week_before
            ) then 'boundary'
            when then_known.line_key is null then 'late_data'
            when now_known.line_key is null then 'withdrawn'
            when then_known.data_grade = 'estimated' and now_known.data_grade <> 'estimated' then 'late_data'
            when now_known.method <> then_known.method then 'method'
            when now_known.quantity <> then_known.quantity then 'correction'
            when now_known.factor_key <> then_known.factor_key then 'factor'
            when now_known.mass_kg <> then_known.mass_kg then 'correction'
            else 'status'
        end as cause
    from now_known
    full outer join then_known on then_known.line_key = now_known.line_key and then_known.boundary = now_known.boundary
)
select
    compared.*,
    compared.current_co2_t - compared.former_co2_t as change_co2_t,
    cause.label_zh as cause_zh,
    enterprise.enterprise_name,
    sector.sector_zh
from compared
left join {{ ref("int_label") }} as cause on cause.kind = 'cause' and cause.code = compared.cause
left join {{ ref("dim_enterprise") }} as enterprise using (enterprise_code)
left join {{ ref("seed_sector") }} as sector on sector.sector = compared.sector
