select
    note.period as month,
    {{ month_start("note.period") }} as month_start,
    note.company_code as enterprise_code,
    any_value(unit.enterprise_name) as enterprise_name,
    any_value(unit.district_code) as district_code,
    note.fuel as fuel_code,
    any_value({{ code_zh("water.fuel_delivery_note", "fuel", "note.fuel") }}) as fuel_zh,
    count(*) as delivery_notes,
    count(distinct note.ship_id) as ships,
    {{ dec("sum(note.mass_t::decimal(38, 6))") }} as delivered_t,
    {{ dec("sum((note.mass_t * note.sulphur_pct)::decimal(38, 6))::double / nullif(sum(note.mass_t::decimal(38, 6))::double, 0)") }}
        as sulphur_pct
from {{ ref("stg_silver__fuel_delivery_note") }} as note
left join {{ ref("dim_enterprise") }} as unit on unit.enterprise_code = note.company_code
where note.known_to is null
group by note.period, note.company_code, note.fuel
