with bounds as (
    select min(period_month) as first_month, max(period_month) as last_month
    from {{ ref("stg_gold__activity") }}
    where known_to is null and boundary <> '{{ var("demonstration_boundary") }}'
),
-- A month's reports come from the next month on: before the first receipt window only late corrections are known.
first_received as (
    select min(receipt_window) as receipt_window
    from {{ ref("stg_ops__ledger") }}
    where feed = 'reporting.energy_monthly'
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
    date_diff('day', starts_at, starts_at + interval 1 month)::integer as days,
    coalesce(strftime(starts_at + interval 1 month, '%Y-%m') >= first_received.receipt_window, false) as is_whole
from month
cross join first_received
