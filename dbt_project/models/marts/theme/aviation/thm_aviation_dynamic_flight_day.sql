-- A code of operator belongs to one airline of the register; foreign operators have none.
with airline as (
    select operator, min(enterprise_code) as enterprise_code
    from {{ ref("stg_silver__air_aircraft") }}
    where known_to is null
    group by operator
)
select
    strftime(flight.flight_date, '%Y-%m-%d') as day,
    flight.operator,
    any_value(airline.enterprise_code) as enterprise_code,
    any_value(unit.enterprise_name) as enterprise_name,
    any_value(unit.district_code) as district_code,
    flight.shanghai_airport as airport,
    coalesce(flight.route_kind, '') as route_kind,
    coalesce(any_value(label.label_zh), '不明') as route_kind_zh,
    count(*) as flights,
    count(*) filter (flight.passengers is not null)::bigint as flights_with_passengers,
    coalesce(sum(flight.passengers), 0)::bigint as passengers,
    {{ dec("coalesce(sum(flight.cargo_kg::decimal(38, 6)), 0)") }} as cargo_kg
from {{ ref("stg_silver__air_flight") }} as flight
left join airline using (operator)
left join {{ ref("dim_enterprise") }} as unit on unit.enterprise_code = airline.enterprise_code
left join {{ ref("int_label") }} as label on label.kind = 'route_kind' and label.code = flight.route_kind
where flight.known_to is null
group by flight.flight_date, flight.operator, flight.shanghai_airport, coalesce(flight.route_kind, '')
