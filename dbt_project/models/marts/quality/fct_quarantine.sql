select
    row_number() over (order by quarantine.feed, quarantine.payload_sm3, quarantine.row_no, quarantine.layer, quarantine.rule_ids::varchar)
        as quarantine_no,
    quarantine.layer,
    quarantine.feed,
    feed.feed_zh,
    quarantine.period,
    quarantine.receipt_window,
    quarantine.business_key,
    case when feed.key_is_enterprise then split_part(quarantine.business_key, '|', 1) end as enterprise_code,
    quarantine.rule_ids,
    quarantine.rule_ids[1] as first_rule_id,
    quarantine.reason_zh,
    quarantine.field,
    quarantine.value,
    -- Above silver there is no payload: the column names the activity.
    quarantine.payload_sm3,
    quarantine.row_no,
    case when quarantine.layer in ('bronze', 'silver') then [quarantine.payload_sm3] else [] end as payload_sm3s
from {{ ref("stg_silver__quarantine") }} as quarantine
left join {{ ref("int_feed") }} as feed using (feed)
