select
    feed,
    any_value(feed_zh) as feed_zh,
    layer,
    first_rule_id,
    any_value(reason_zh) as reason_zh,
    count(*) as rows,
    count(distinct enterprise_code) as enterprises,
    min(period) as first_period,
    max(period) as last_period
from {{ ref("fct_quarantine") }}
group by feed, layer, first_rule_id
