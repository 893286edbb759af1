with used as (
    select factor_id, factor_version, count(*) as lines
    from {{ ref("fct_emission_line") }}
    group by all
)
select
    factor.factor_id,
    factor.factor_version,
    factor.title_zh as factor_zh,
    factor.quantity_kind,
    factor.energy_or_fuel,
    factor.gas,
    factor.value as factor_value,
    factor.unit as factor_unit,
    factor.region,
    factor.series as factor_series,
    factor.valid_from,
    factor.valid_to,
    factor.rsu as factor_rsu,
    factor.rsu_verified as factor_rsu_verified,
    factor.verified as factor_verified,
    factor.publication,
    factor.source_document,
    factor.source_table,
    factor.note,
    coalesce(used.lines, 0)::bigint as emission_lines
from {{ ref("stg_gold__factor") }} as factor
left join used using (factor_id, factor_version)
