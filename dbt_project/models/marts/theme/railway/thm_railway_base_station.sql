select
    station.station_code,
    station.station_name,
    station.kind as service,
    {{ code_zh("rail.railway_station", "kind", "station.kind") }} as service_zh,
    station.line_codes,
    station.enterprise_code,
    station.district_code,
    district.district_zh,
    station.longitude as lon,
    station.latitude as lat,
    station.known_from
from {{ ref("stg_silver__railway_station") }} as station
left join {{ ref("dim_district") }} as district using (district_code)
where station.known_to is null
