-- Who should have reported what, and when it came. Expected: every registered key unit, every feed with a deadline,
-- every month whose reports fall into receipt windows that were asked for (a month is reported in the month after).
-- Only feeds that every key unit owes: lists of one sector's operations are owed by some units, and not known by whom.
with asked as (
    select feed, min(left(receipt_window, 7)) as first_window from {{ ref("stg_ops__ledger") }} group by all
),
feed as (
    select feed, feed_zh, deadline_days, {{ month_before("first_window", 1) }} as first_month
    from {{ ref("int_feed") }}
    inner join asked using (feed)
    where deadline_days is not null and key_is_enterprise
        and feed in (select arrival.feed from {{ ref("int_report_arrival") }} as arrival)
),
expected as (
    select feed.*, enterprise.enterprise_code, month.month, month.last_day
    from feed
    cross join {{ ref("dim_month") }} as month
    cross join {{ ref("dim_enterprise") }} as enterprise
    where enterprise.is_key_unit
        and month.month >= feed.first_month
        and month.last_day + feed.deadline_days::integer <= (select max(as_of_day) from {{ ref("int_as_of") }})
)
select
    expected.month,
    strptime(expected.month || '-01', '%Y-%m-%d')::date as month_start,
    expected.feed,
    expected.feed_zh,
    expected.enterprise_code,
    enterprise.enterprise_name,
    enterprise.sector,
    enterprise.sector_zh,
    enterprise.district_code,
    expected.last_day + expected.deadline_days::integer as due_on,
    arrival.first_known_at,
    arrival.versions,
    arrival.record_count,
    arrival.verification_status,
    status.label_zh as verification_status_zh,
    case
        when arrival.first_known_at is null then 'missing'
        when arrival.first_known_at::date > expected.last_day + expected.deadline_days::integer then 'late'
        else 'on_time'
    end as timeliness,
    case
        when arrival.first_known_at is not null
            then greatest(date_diff('day', expected.last_day + expected.deadline_days::integer, arrival.first_known_at::date), 0)
    end as late_days
from expected
left join {{ ref("int_report_arrival") }} as arrival using (feed, month, enterprise_code)
left join {{ ref("dim_enterprise") }} as enterprise using (enterprise_code)
left join {{ ref("int_label") }} as status
    on status.kind = 'verification_status' and status.code = coalesce(arrival.verification_status, '')
