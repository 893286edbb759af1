{%- set uses = {
    "freight_locomotive": "货运机车", "passenger_locomotive": "客运机车", "production": "生产", "living": "生活",
} -%}
with part as (
{%- for use, label in uses.items() %}
    select
        period, enterprise_code, energy_code, unit, known_from, '{{ use }}' as process, '{{ label }}' as process_zh,
        {{ use }} as quantity
    from {{ ref("stg_silver__railway_energy_month") }}
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
