select
    strftime(work.hour_start, '%Y-%m-%dT%H') as hour,
    any_value(work.hour_start) as hour_start,
    strftime(any_value(work.hour_start), '%Y-%m-%d') as day,
    work.enterprise_code,
    any_value(unit.enterprise_name) as enterprise_name,
    any_value(unit.district_code) as district_code,
    work.kind as crane_kind,
    any_value({{ code_zh("water.crane", "kind", "work.kind") }}) as crane_kind_zh,
    work.power_source,
    count(distinct work.crane_id) as cranes,
    sum(work.moves)::bigint as crane_moves,
    {{ dec("sum(coalesce(work.teu, 0)::decimal(38, 6))") }} as throughput_teu,
    count(distinct work.crane_id) filter (work.metered_kwh is not null) as metered_cranes,
    {{ dec("sum(work.metered_kwh::decimal(38, 6))") }} as metered_kwh
from {{ ref("stg_silver__port_crane_move") }} as work
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
where work.known_to is null
group by strftime(work.hour_start, '%Y-%m-%dT%H'), work.enterprise_code, work.kind, work.power_source
