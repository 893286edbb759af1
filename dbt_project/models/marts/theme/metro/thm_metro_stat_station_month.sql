select
    power.period as month,
    {{ month_start("power.period") }} as month_start,
    power.station_code,
    station.station_name,
    station.line_code,
    power.enterprise_code,
    station.district_code,
    district.district_zh,
    {{ dec("power.electricity_mwh") }} as electricity_mwh,
    {{ dec("power.hvac_mwh") }} as hvac_mwh,
    {{ dec("power.lighting_mwh") }} as lighting_mwh,
    {{ dec("power.escalator_mwh") }} as escalator_mwh,
    {{ dec("power.signal_mwh") }} as signal_mwh,
    {{ dec("power.drainage_mwh") }} as drainage_mwh,
    {{ dec("power.retail_mwh") }} as retail_mwh,
    power.entries,
    power.exits,
    power.known_from
from {{ ref("stg_silver__metro_station_month") }} as power
left join {{ ref("stg_silver__metro_station") }} as station
    on station.station_code = power.station_code and station.known_to is null
left join {{ ref("dim_district") }} as district on district.district_code = station.district_code
where power.known_to is null
