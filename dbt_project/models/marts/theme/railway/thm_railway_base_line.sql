select
    line.line_code,
    line.line_name,
    line.kind as line_kind,
    {{ code_zh("rail.railway_line", "kind", "line.kind") }} as line_kind_zh,
    line.electrified as is_electrified,
    {{ dec("line.length_km") }} as length_km,
    line.enterprise_code,
    unit.enterprise_name,
    unit.district_code,
    line.known_from
from {{ ref("stg_silver__railway_line") }} as line
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
where line.known_to is null
