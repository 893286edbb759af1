select
    station.station_code,
    station.station_name,
    station.line_code,
    line.line_name,
    line.system,
    station.sequence as station_sequence,
    station.enterprise_code,
    station.district_code,
    district.district_zh,
    station.longitude as lon,
    station.latitude as lat,
    station.known_from
from {{ ref("stg_silver__metro_station") }} as station
left join {{ ref("stg_silver__metro_line") }} as line on line.line_code = station.line_code and line.known_to is null
left join {{ ref("dim_district") }} as district on district.district_code = station.district_code
where station.known_to is null
