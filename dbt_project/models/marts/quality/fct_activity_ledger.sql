select
    ledger.feed,
    feed.feed_zh,
    ledger.period_month as month,
    ledger.activity_in,
    ledger.accounted as activity_accounted,
    ledger.quarantined as activity_quarantined,
    ledger.activity_in - ledger.accounted - ledger.quarantined as activity_unexplained
from {{ ref("stg_ops__activity_ledger") }} as ledger
left join {{ ref("int_feed") }} as feed using (feed)
