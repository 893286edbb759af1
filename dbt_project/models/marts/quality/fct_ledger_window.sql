select
    ledger.feed,
    feed.feed_zh,
    feed.source_zh,
    ledger.receipt_window,
    ledger.payloads,
    ledger.rows_in,
    ledger.rows_accepted,
    ledger.rows_duplicate,
    ledger.rows_superseded,
    ledger.rows_quarantined,
    ledger.rows_in - ledger.rows_accepted - ledger.rows_duplicate - ledger.rows_superseded - ledger.rows_quarantined
        as rows_unexplained,
    {{ ratio("ledger.rows_quarantined", "ledger.rows_in") }} as quarantined_share,
    feed.is_simulated
from {{ ref("stg_ops__ledger") }} as ledger
left join {{ ref("int_feed") }} as feed using (feed)
