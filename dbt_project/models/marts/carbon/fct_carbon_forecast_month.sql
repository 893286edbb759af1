-- The official account of past months and its forecast, side by side; a past month has no interval here.
with past as (
    select boundary, 'all' as sector, month, sum(co2_counted_t) as co2_t
    from {{ ref("agg_carbon_sector_month") }}
    where account = 'official' and chain = 'TTW' and memo_item = ''
    group by boundary, month
    union all
    select boundary, sector, month, sum(co2_counted_t) as co2_t
    from {{ ref("agg_carbon_sector_month") }}
    where account = 'official' and chain = 'TTW' and memo_item = ''
    group by boundary, sector, month
),
ahead as (
    select boundary, sector, period_month as month, co2_t, low_90_t, high_90_t, method, last_month
    from {{ ref("stg_gold__carbon_forecast") }}
),
lines as (
    select
        boundary, sector, month, false as is_forecast,
        {{ dec("co2_t") }} as co2_t, {{ dec("null") }} as co2_low90_t, {{ dec("null") }} as co2_high90_t,
        null::varchar as forecast_method, null::varchar as forecast_from
    from past
    union all
    select
        boundary, sector, month, true as is_forecast,
        {{ dec("co2_t") }} as co2_t, {{ dec("low_90_t") }} as co2_low90_t, {{ dec("high_90_t") }} as co2_high90_t,
        method as forecast_method, last_month as forecast_from
    from ahead
)
select
    lines.boundary,
    dim_boundary.boundary_zh,
    lines.sector,
    coalesce(dim_sector.sector_zh, '全市') as sector_zh,
    lines.month,
    strptime(lines.month || '-01', '%Y-%m-%d')::date as month_start,
    lines.is_forecast,
    lines.co2_t,
    lines.co2_low90_t,
    lines.co2_high90_t,
    lines.forecast_method,
    lines.forecast_from
from lines
inner join {{ ref("dim_boundary") }} as dim_boundary using (boundary)
left join {{ ref("dim_sector") }} as dim_sector using (sector)
