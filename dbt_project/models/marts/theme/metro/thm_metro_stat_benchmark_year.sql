select
    benchmark_id,
    year::integer as year,
    city,
    country,
    operator,
    indicator,
    {{ code_zh("reference.metro_benchmark", "indicator", "indicator") }} as indicator_zh,
    {{ dec("value") }} as quantity,
    unit,
    boundary as stated_boundary,
    grid_basis,
    {{ code_zh("reference.metro_benchmark", "verified", "verified") }} as verified_zh,
    source_document,
    known_from
from {{ ref("stg_silver__metro_benchmark") }}
where known_to is null
