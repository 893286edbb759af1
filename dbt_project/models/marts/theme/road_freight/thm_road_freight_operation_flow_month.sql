with flow as (
    select
        period as month,
        origin_district,
        destination_district,
        cargo_kind,
        count(*) as waybills,
        {{ dec("sum(cargo_t::decimal(38, 6))") }} as cargo_t,
        {{ dec("sum(tonne_km::decimal(38, 6))") }} as tonne_km
    from {{ ref("stg_silver__waybill") }}
    where known_to is null
    group by period, origin_district, destination_district, cargo_kind
)
select
    flow.month,
    {{ month_start("flow.month") }} as month_start,
    flow.origin_district,
    origin.district_zh as origin_district_zh,
    flow.destination_district,
    destination.district_zh as destination_district_zh,
    flow.cargo_kind,
    {{ code_zh("road.waybill", "cargo_kind", "flow.cargo_kind") }} as cargo_kind_zh,
    flow.waybills,
    flow.cargo_t,
    flow.tonne_km
from flow
left join {{ ref("dim_district") }} as origin on origin.district_code = flow.origin_district
left join {{ ref("dim_district") }} as destination on destination.district_code = flow.destination_district
