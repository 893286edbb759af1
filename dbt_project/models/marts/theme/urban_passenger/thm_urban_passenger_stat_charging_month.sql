select
    charge.period as month,
    {{ month_start("charge.period") }} as month_start,
    charge.station_id as facility_id,
    charge.enterprise_code,
    {{ unit_name("charge.enterprise_code", "unit.enterprise_name") }} as enterprise_name,
    charge.district_code,
    charge.station_kind,
    {{ code_zh("road.charging_month", "station_kind", "charge.station_kind") }} as station_kind_zh,
    {{ dec("charge.energy_kwh") }} as charged_kwh,
    {{ dec("charge.peak_kwh") }} as peak_kwh,
    {{ dec("charge.flat_kwh") }} as flat_kwh,
    {{ dec("charge.valley_kwh") }} as valley_kwh,
    charge.sessions as charging_sessions,
    charge.known_from
from {{ ref("stg_silver__charging_month") }} as charge
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
where charge.known_to is null
