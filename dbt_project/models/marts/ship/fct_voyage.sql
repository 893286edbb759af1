with emission as (
    select
        record.record_id,
        sum(line.co2_t) as co2_t,
        sum(line.co2e_ar5_t) as co2e_ar5_t
    from {{ ref("fct_emission_line") }} as line, unnest(line.source_record_ids) as record(record_id)
    where line.source_feed = 'ship_energy.voyage' and line.chain = 'TTW'
        -- Fuel's TTW gases are the same in every electricity series: one account is taken, never their sum.
        and line.account = (
            select min(account) from {{ ref("fct_emission_line") }} where source_feed = 'ship_energy.voyage' and chain = 'TTW'
        )
        and line.boundary = (
            select min(boundary) from {{ ref("fct_emission_line") }} where source_feed = 'ship_energy.voyage' and chain = 'TTW'
        )
    group by all
)
select
    voyage.voyage_id,
    voyage.period as month,
    strptime(voyage.period || '-01', '%Y-%m-%d')::date as month_start,
    voyage.ship_id,
    ship.ship_name,
    ship.ship_type,
    voyage.company_code as enterprise_code,
    enterprise.enterprise_name,
    enterprise.district_code,
    voyage.trade,
    voyage.departure_port,
    voyage.departure_at,
    voyage.arrival_port,
    voyage.arrival_at,
    {{ dec("voyage.distance_nm") }} as distance_nm,
    {{ dec("voyage.hours_under_way") }} as under_way_h,
    {{ dec("voyage.hours_berth") }} as berth_h,
    {{ dec("voyage.cargo_t") }} as cargo_t,
    {{ dec("voyage.transport_work_tnm") }} as transport_work_tnm,
    {{ dec("coalesce(voyage.hfo_t, 0) + coalesce(voyage.lfo_t, 0) + coalesce(voyage.mdo_t, 0) + coalesce(voyage.lng_t, 0) + coalesce(voyage.methanol_t, 0)") }}
        as fuel_t,
    {{ dec("voyage.shore_power_kwh") }} as shore_power_kwh,
    emission.co2_t,
    emission.co2e_ar5_t,
    {{ dec("emission.co2_t::double * 1e6 / nullif(voyage.transport_work_tnm, 0)") }} as co2_intensity_g_per_tnm,
    {{ dec("emission.co2_t::double * 1e3 / nullif(voyage.distance_nm, 0)") }} as co2_intensity_kg_per_nm,
    voyage.known_from,
    'ship_energy.voyage' as source_feed,
    [voyage.record_id] as source_record_ids
from {{ ref("stg_silver__voyage") }} as voyage
left join emission on emission.record_id = voyage.record_id
left join {{ ref("dim_ship") }} as ship on ship.ship_id = voyage.ship_id
left join {{ ref("dim_enterprise") }} as enterprise on enterprise.enterprise_code = voyage.company_code
where voyage.known_to is null
