select
    target_id,
    year::integer as year,
    sector,
    enterprise_code,
    {{ dec("energy_target_tce") }} as energy_target_tce,
    {{ dec("co2_target_t") }} as co2_target_t,
    known_from,
    'reporting.target_yearly' as source_feed,
    [record_id] as source_record_ids
from {{ ref("stg_silver__target_yearly") }}
where known_to is null
