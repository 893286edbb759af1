select
    crane.crane_id,
    crane.enterprise_code,
    unit.enterprise_name,
    unit.district_code,
    crane.kind as crane_kind,
    {{ code_zh("water.crane", "kind", "crane.kind") }} as crane_kind_zh,
    {{ dec("crane.rated_load_t") }} as rated_load_t,
    crane.power_source,
    {{ code_zh("water.crane", "power_source", "crane.power_source") }} as power_source_zh,
    crane.has_log,
    crane.has_meter,
    crane.known_from
from {{ ref("stg_silver__port_crane") }} as crane
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
where crane.known_to is null
