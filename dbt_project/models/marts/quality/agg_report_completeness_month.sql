select
    month,
    any_value(month_start) as month_start,
    feed,
    any_value(feed_zh) as feed_zh,
    sector,
    any_value(sector_zh) as sector_zh,
    count(*) as expected_reports,
    count(*) filter (where timeliness = 'on_time') as on_time_reports,
    count(*) filter (where timeliness = 'late') as late_reports,
    count(*) filter (where timeliness = 'missing') as missing_reports,
    count(*) filter (where timeliness <> 'missing') / count(*)::double as completeness_share,
    count(*) filter (where timeliness = 'on_time') / count(*)::double as on_time_share
from {{ ref("fct_report_status") }}
group by month, feed, sector
