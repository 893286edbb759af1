-- The airport's enterprise is the one that reports its energy.
with operator as (
    select airport, max_by(enterprise_code, period) as enterprise_code
    from {{ ref("stg_silver__air_airport_energy_month") }}
    where known_to is null
    group by airport
)
select
    strftime(flight.flight_date, '%Y-%m-%d') as day,
    flight.shanghai_airport as airport,
    any_value(operator.enterprise_code) as enterprise_code,
    any_value(unit.enterprise_name) as enterprise_name,
    any_value(unit.district_code) as district_code,
    case when flight.origin = flight.shanghai_airport then 'departure' else 'arrival' end as direction,
    coalesce(flight.route_kind, '') as route_kind,
    coalesce(any_value(label.label_zh), '不明') as route_kind_zh,
    count(*) as flights,
    coalesce(sum(flight.passengers), 0)::bigint as passengers,
    {{ dec("coalesce(sum(flight.cargo_kg::decimal(38, 6)), 0)") }} as cargo_kg
from {{ ref("stg_silver__air_flight") }} as flight
left join operator on operator.airport = flight.shanghai_airport
left join {{ ref("dim_enterprise") }} as unit on unit.enterprise_code = operator.enterprise_code
left join {{ ref("int_label") }} as label on label.kind = 'route_kind' and label.code = flight.route_kind
where flight.known_to is null
group by
    flight.flight_date, flight.shanghai_airport,
    case when flight.origin = flight.shanghai_airport then 'departure' else 'arrival' end,
    coalesce(flight.route_kind, '')
