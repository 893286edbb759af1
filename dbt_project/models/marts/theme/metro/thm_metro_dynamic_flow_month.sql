select
    flow.period as month,
    {{ month_start("flow.period") }} as month_start,
    flow.origin_district,
    origin.district_zh as origin_district_zh,
    flow.destination_district,
    destination.district_zh as destination_district_zh,
    flow.passengers,
    flow.workday_passengers,
    flow.restday_passengers,
    {{ dec("flow.passenger_km") }} as passenger_km,
    flow.known_from
from {{ ref("stg_silver__metro_flow_month") }} as flow
left join {{ ref("dim_district") }} as origin on origin.district_code = flow.origin_district
left join {{ ref("dim_district") }} as destination on destination.district_code = flow.destination_district
where flow.known_to is null
