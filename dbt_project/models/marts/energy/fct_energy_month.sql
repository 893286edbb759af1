with quantity as (
    select
        month, enterprise_code, sector, district_code, scope, energy_type, boundary, memo_item, evidence,
        sum(quantity) as quantity,
        any_value(unit) as unit
    from {{ ref("fct_energy_line") }}
    group by all
    having count(distinct unit) = 1
)
select
    energy.*,
    quantity.quantity,
    quantity.unit,
    enterprise.enterprise_name,
    sector.sector_zh,
    district.district_zh,
    kind.energy_type_zh,
    kind.energy_group_zh
from ({{ energy_at(["month", "enterprise_code", "sector", "district_code", "scope", "energy_type", "boundary", "memo_item", "evidence"]) }}) as energy
left join quantity using (month, enterprise_code, sector, district_code, scope, energy_type, boundary, memo_item, evidence)
left join {{ ref("dim_enterprise") }} as enterprise using (enterprise_code)
left join {{ ref("seed_sector") }} as sector on sector.sector = energy.sector
left join {{ ref("seed_district") }} as district on district.district_code = energy.district_code
left join {{ ref("seed_energy_type") }} as kind using (energy_type)
