with bounds as (
    select min(period_month) as first_month, max(period_month) as last_month
    from {{ ref("stg_gold__activity") }}
    where known_to is null and boundary <> '{{ var("demonstration_boundary") }}'
),
month as (
    select unnest(generate_series(
        strptime(first_month || '-01', '%Y-%m-%d'), strptime(last_month || '-01', '%Y-%m-%d'), interval 1 month
    )) as starts_at
    from bounds
    where first_month is not null
)
select
    strftime(starts_at, '%Y-%m') as month,
    starts_at::date as first_day,
    last_day(starts_at)::date as last_day,
    year(starts_at)::integer as year,
    quarter(starts_at)::integer as quarter,
    date_diff('day', starts_at, starts_at + interval 1 month)::integer as days
from month
