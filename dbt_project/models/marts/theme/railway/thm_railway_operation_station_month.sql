select
    work.period as month,
    {{ month_start("work.period") }} as month_start,
    work.station_code,
    station.station_name,
    work.enterprise_code,
    station.district_code,
    district.district_zh,
    work.passengers,
    {{ dec("work.tonnes") }} as freight_t,
    {{ dec("work.electricity_mwh") }} as electricity_mwh,
    work.known_from
from {{ ref("stg_silver__railway_station_month") }} as work
left join {{ ref("stg_silver__railway_station") }} as station
    on station.station_code = work.station_code and station.known_to is null
left join {{ ref("dim_district") }} as district on district.district_code = station.district_code
where work.known_to is null
