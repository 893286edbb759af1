select
    strftime(day, '%Y-%m-%d') as date,
    month.month,
    month.year,
    isodow(day)::integer as iso_weekday
from {{ ref("dim_month") }} as month,
    unnest(generate_series(month.first_day::timestamp, month.last_day::timestamp, interval 1 day)) as series(day)
