-- The model is held against a crane's own meter only in hours that have both.
select
    work.period_month as month,
    {{ month_start("work.period_month") }} as month_start,
    any_value(work.enterprise_code) as enterprise_code,
    any_value(unit.enterprise_name) as enterprise_name,
    any_value(unit.district_code) as district_code,
    work.crane_id,
    any_value(work.kind) as crane_kind,
    any_value({{ code_zh("water.crane", "kind", "work.kind") }}) as crane_kind_zh,
    any_value(work.power_source) as power_source,
    sum(work.moves)::bigint as crane_moves,
    {{ dec("sum(coalesce(work.teu, 0)::decimal(38, 6))") }} as throughput_teu,
    {{ dec("sum(work.electricity_kwh::decimal(38, 12))") }} as modelled_kwh,
    {{ dec("sum(work.regenerated_kwh::decimal(38, 12))") }} as regenerated_kwh,
    {{ dec("sum(work.diesel_kg::decimal(38, 12))") }} as modelled_diesel_kg,
    {{ dec("sum(work.electricity_kwh::decimal(38, 12))::double / nullif(sum(work.moves), 0)") }} as modelled_kwh_per_move,
    {{ dec("sum(work.metered_kwh::decimal(38, 12))") }} as metered_kwh,
    {{ ratio(
        "sum(work.electricity_kwh::decimal(38, 12)) filter (work.metered_kwh is not null) - sum(work.metered_kwh::decimal(38, 12))",
        "sum(work.metered_kwh::decimal(38, 12))"
    ) }} as model_gap_share
from {{ ref("stg_silver__crane_hour_energy") }} as work
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
group by work.period_month, work.crane_id
