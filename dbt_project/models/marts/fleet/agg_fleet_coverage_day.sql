with heard as (
    select day, coalesce(mass_class, 'unlisted') as mass_class, count(distinct vehicle_key) as heard_vehicles
    from {{ ref("fct_fleet_vehicle_hour") }}
    group by all
),
register as (
    select mass_class, count(*) as registered_vehicles, count(*) filter (where positioned) as positioned_vehicles
    from {{ ref("stg_silver__truck") }}
    where known_to is null
    group by mass_class
),
days as (
    select distinct day from heard
),
classes as (
    select mass_class from register
    union
    select mass_class from heard
),
every as (
    select days.day, classes.mass_class
    from days
    cross join classes
)
select
    every.day,
    every.day = max(every.day) over () as is_latest_day,
    every.mass_class,
    case
        when every.mass_class = 'unlisted' then '名录以外' else
            {{ code_zh("road.truck", "mass_class", "every.mass_class") }}
    end as mass_class_zh,
    coalesce(register.registered_vehicles, 0) as registered_vehicles,
    coalesce(register.positioned_vehicles, 0) as positioned_vehicles,
    coalesce(heard.heard_vehicles, 0) as heard_vehicles,
    {{ ratio("coalesce(heard.heard_vehicles, 0)", "register.positioned_vehicles") }} as heard_share,
    {{ ratio("coalesce(heard.heard_vehicles, 0)", "register.registered_vehicles") }} as register_share
from every
left join register using (mass_class)
left join heard using (day, mass_class)
