-- Twelve months, so that the change of stocks on board and voyages across month ends weigh little; window_months says
-- how many of them there are yet.
with note as (
    select
        note.period as month,
        note.company_code as enterprise_code,
        note.fuel as fuel_code,
        sum(note.mass_t::decimal(38, 6)) as delivered_t,
        0::decimal(38, 6) as voyage_t
    from {{ ref("stg_silver__fuel_delivery_note") }} as note
    inner join {{ ref("stg_silver__fleet_register") }} as ship
        on ship.ship_id = note.ship_id and ship.known_to is null and ship.trade <> 'inland'
    where note.known_to is null
    group by note.period, note.company_code, note.fuel
),
voyage as (
    select
        voyage.period as month,
        voyage.company_code as enterprise_code,
        burnt.fuel.code as fuel_code,
        0::decimal(38, 6) as delivered_t,
        sum(burnt.fuel.tonnes::decimal(38, 6)) as voyage_t
    from {{ ref("stg_silver__voyage") }} as voyage,
        unnest([
            {'code': 'hfo', 'tonnes': voyage.hfo_t}, {'code': 'lfo', 'tonnes': voyage.lfo_t},
            {'code': 'mdo', 'tonnes': voyage.mdo_t}, {'code': 'lng', 'tonnes': voyage.lng_t},
            {'code': 'methanol', 'tonnes': voyage.methanol_t}
        ]) as burnt(fuel)
    where voyage.known_to is null and burnt.fuel.tonnes > 0
    group by voyage.period, voyage.company_code, burnt.fuel.code
),
recorded as (
    select * from note
    union all
    select * from voyage
),
monthly as (
    select month, enterprise_code, fuel_code, sum(delivered_t) as delivered_t, sum(voyage_t) as voyage_t
    from recorded
    group by month, enterprise_code, fuel_code
),
rolling as (
    select
        month, enterprise_code, fuel_code,
        sum(delivered_t) over last_year as delivered_year_t,
        sum(voyage_t) over last_year as voyage_year_t,
        count(*) over last_year as months
    from monthly
    window last_year as (
        partition by enterprise_code, fuel_code order by strptime(month || '-01', '%Y-%m-%d')
        range between interval 11 month preceding and current row
    )
)
select
    rolling.month,
    {{ month_start("rolling.month") }} as month_start,
    rolling.enterprise_code,
    unit.enterprise_name,
    unit.district_code,
    rolling.fuel_code,
    {{ code_zh("water.fuel_delivery_note", "fuel", "rolling.fuel_code") }} as fuel_zh,
    rolling.months as window_months,
    {{ dec("rolling.delivered_year_t") }} as delivered_year_t,
    {{ dec("rolling.voyage_year_t") }} as voyage_fuel_year_t,
    {{ ratio("rolling.delivered_year_t - rolling.voyage_year_t", "rolling.voyage_year_t") }} as delivered_gap_share
from rolling
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
