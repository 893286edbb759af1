select
    indicator_code,
    {{ code_zh("reference.city_statistic", "indicator_code", "indicator_code") }} as indicator_zh,
    period_kind,
    {{ code_zh("reference.city_statistic", "period_kind", "period_kind") }} as period_kind_zh,
    stat_period,
    left(stat_period, 4)::integer as year,
    {{ dec("value") }} as quantity,
    unit,
    {{ code_zh("reference.city_statistic", "unit", "unit") }} as unit_zh,
    {{ code_zh("reference.city_statistic", "verified", "verified") }} as verified_zh,
    source_document,
    known_from,
    'reference.city_statistic' as source_feed,
    [record_id] as source_record_ids,
    simulated as is_simulated
from {{ ref("stg_silver__city_statistic") }}
where known_to is null
