select
    month, month_start, enterprise_code, enterprise_name, district_code, trade, voyages, ships, distance_nm, cargo_t,
    transport_work_tnm, fuel_t, co2_t, co2_intensity_g_per_tnm, co2_intensity_kg_per_nm
from {{ ref("agg_voyage_company_month") }}
