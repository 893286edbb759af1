select
    activity_id,
    period_month as month,
    period,
    period_grain,
    entity_id as enterprise_code,
    object_id,
    object_type,
    sector,
    district_code,
    boundary,
    evidence,
    activity_type,
    {{ dec("quantity") }} as quantity,
    unit,
    activity_rsu,
    data_grade,
    verification_status,
    known_from,
    source_feed,
    source_record_ids,
    is_simulated
from {{ ref("stg_gold__activity") }}
where known_to is null and activity_class = 'transport' and object_type = 'enterprise'
