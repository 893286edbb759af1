{%- set processes = {
    "handling": "装卸", "transport": "水平运输", "yard": "堆场", "lighting": "照明", "reefer": "冷藏箱",
    "office": "办公生活", "workshop": "机修", "craft": "港作船舶", "other": "其他",
} -%}
with part as (
{%- for process, label in processes.items() %}
    select
        period, enterprise_code, energy_code, unit, known_from, '{{ process }}' as process, '{{ label }}' as process_zh,
        {{ process }}_quantity as quantity
    from {{ ref("stg_silver__port_energy_month") }}
    where known_to is null
    {{- " union all" if not loop.last }}
{%- endfor %}
)
select
    part.period as month,
    {{ month_start("part.period") }} as month_start,
    part.enterprise_code,
    unit.enterprise_name,
    unit.district_code,
    part.energy_code as energy_type,
    kind.energy_type_zh,
    part.process,
    part.process_zh,
    {{ dec("part.quantity") }} as quantity,
    part.unit,
    part.known_from
from part
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
left join {{ ref("seed_energy_type") }} as kind on kind.energy_type = part.energy_code
