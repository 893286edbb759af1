select
    feed,
    feed_zh,
    source,
    source_zh,
    is_simulated::boolean as is_simulated,
    try_cast(deadline_days as integer) as deadline_days,
    allowed_lateness_months::integer as allowed_lateness_months,
    key_is_enterprise::boolean as key_is_enterprise
from {{ ref("seed_feed") }}
