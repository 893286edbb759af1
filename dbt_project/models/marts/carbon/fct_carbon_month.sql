select
    carbon.*,
    enterprise.enterprise_name,
    sector.sector_zh,
    district.district_zh,
    energy.energy_type_zh
from ({{ carbon_at(["month", "enterprise_code", "sector", "district_code", "scope", "energy_type", "boundary", "memo_item", "account", "chain"]) }}) as carbon
left join {{ ref("dim_enterprise") }} as enterprise using (enterprise_code)
left join {{ ref("seed_sector") }} as sector on sector.sector = carbon.sector
left join {{ ref("seed_district") }} as district on district.district_code = carbon.district_code
left join {{ ref("seed_energy_type") }} as energy using (energy_type)
