-- Each year against the base year on a comparable basis: only months of enterprises that both years have. What either year
-- has alone is structure (units that came or went, months that are missing); beyond the threshold the base year must be
-- recalculated before the two are compared as a whole.
with official as (
    select
        month, left(month, 4)::integer as year, right(month, 2) as month_of_year, enterprise_code, sector, boundary,
        sum(co2_t) as co2_t,
        bool_or(is_simulated) as is_simulated
    from {{ ref("int_carbon_enterprise") }}
    where account = 'official' and chain = 'TTW' and memo_item = ''
    group by all
),
base as (
    select * from official where year = {{ var("base_year") }}
),
-- Months of the year that either side has at all: a year that is not over is compared up to where it stands.
calendar as (
    select distinct sector, boundary, year, month_of_year from official
),
paired as (
    select
        coalesce(now.year, calendar.year) as year,
        coalesce(now.sector, base.sector) as sector,
        coalesce(now.boundary, base.boundary) as boundary,
        coalesce(now.month_of_year, base.month_of_year) as month_of_year,
        now.co2_t as now_t,
        base.co2_t as base_t,
        coalesce(now.is_simulated, false) or coalesce(base.is_simulated, false) as is_simulated
    from calendar
    inner join base using (sector, boundary, month_of_year)
    left join official as now
        on now.year = calendar.year and now.enterprise_code = base.enterprise_code and now.sector = base.sector
        and now.boundary = base.boundary and now.month_of_year = base.month_of_year
    union all
    select now.year, now.sector, now.boundary, now.month_of_year, now.co2_t as now_t, null as base_t,
        now.is_simulated
    from official as now
    where not exists (
        select 1 from base
        where base.enterprise_code = now.enterprise_code and base.sector = now.sector
            and base.boundary = now.boundary and base.month_of_year = now.month_of_year
    )
),
summed as (
    select
        year, sector, boundary,
        count(distinct case when now_t is not null and base_t is not null then month_of_year end) as months_compared,
        coalesce(sum(case when base_t is not null then now_t end), 0) as comparable_co2_t,
        coalesce(sum(case when now_t is not null then base_t end), 0) as base_comparable_co2_t,
        coalesce(sum(case when base_t is null then now_t end), 0) as added_co2_t,
        coalesce(sum(case when now_t is null then base_t end), 0) as gone_co2_t,
        coalesce(sum(base_t), 0) as base_co2_t,
        bool_or(is_simulated) as is_simulated
    from paired
    group by all
)
select
    summed.year,
    {{ var("base_year") }}::integer as base_year,
    summed.sector,
    sector.sector_zh,
    summed.boundary,
    boundary_label.label_zh as boundary_zh,
    summed.months_compared,
    {{ dec("summed.comparable_co2_t") }} as comparable_co2_t,
    {{ dec("summed.base_comparable_co2_t") }} as base_comparable_co2_t,
    {{ ratio("summed.comparable_co2_t - summed.base_comparable_co2_t", "summed.base_comparable_co2_t") }} as base_change_share,
    {{ dec("summed.added_co2_t") }} as added_co2_t,
    {{ dec("summed.gone_co2_t") }} as gone_co2_t,
    {{ ratio("summed.added_co2_t + summed.gone_co2_t", "summed.base_co2_t") }} as structure_share,
    {{ var("recalculation_threshold_share") }}::double as recalculation_threshold_share,
    coalesce(
        {{ ratio("summed.added_co2_t + summed.gone_co2_t", "summed.base_co2_t") }} > {{ var("recalculation_threshold_share") }},
        true
    ) as is_recalculation_due,
    summed.is_simulated
from summed
left join {{ ref("seed_sector") }} as sector using (sector)
left join {{ ref("int_label") }} as boundary_label on boundary_label.kind = 'boundary' and boundary_label.code = summed.boundary
