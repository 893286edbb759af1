select
    report_id, year, ship_id, ship_name, enterprise_code, enterprise_name, district_code, distance_nm, under_way_h,
    cargo_t, transport_work_tnm, mdo_t, lng_t, electricity_mwh, known_from
from {{ ref("fct_inland_ship_year") }}
