with metered as (
    select enterprise_code, count(*) as meters from {{ ref("stg_silver__meter") }} where known_to is null group by all
)
select
    enterprise.enterprise_code,
    enterprise.enterprise_name,
    enterprise.sector,
    sector.sector_zh,
    enterprise.district_code,
    district.district_zh,
    enterprise.legal_boundary,
    enterprise.key_unit as is_key_unit,
    enterprise.invented as is_invented,
    {{ dec("enterprise.annual_energy_tce") }} as annual_energy_tce,
    coalesce(metered.meters, 0)::bigint as meters,
    enterprise.known_from,
    enterprise.record_id
from {{ ref("stg_silver__enterprise") }} as enterprise
left join {{ ref("seed_sector") }} as sector using (sector)
left join {{ ref("seed_district") }} as district using (district_code)
left join metered using (enterprise_code)
where enterprise.known_to is null
