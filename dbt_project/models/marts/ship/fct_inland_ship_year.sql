select
    report.report_id,
    report.year::integer as year,
    report.ship_id,
    ship.ship_name,
    report.company_code as enterprise_code,
    enterprise.enterprise_name,
    enterprise.district_code,
    {{ dec("report.distance_nm") }} as distance_nm,
    {{ dec("report.hours_under_way") }} as under_way_h,
    {{ dec("report.cargo_t") }} as cargo_t,
    {{ dec("report.transport_work_tnm") }} as transport_work_tnm,
    {{ dec("report.mdo_t") }} as mdo_t,
    {{ dec("report.lng_t") }} as lng_t,
    {{ dec("report.electricity_mwh") }} as electricity_mwh,
    report.known_from,
    'ship_energy.inland_yearly' as source_feed,
    [report.record_id] as source_record_ids
from {{ ref("stg_silver__inland_yearly") }} as report
left join {{ ref("dim_ship") }} as ship on ship.ship_id = report.ship_id
left join {{ ref("dim_enterprise") }} as enterprise on enterprise.enterprise_code = report.company_code
where report.known_to is null
