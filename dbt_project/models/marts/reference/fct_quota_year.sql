select
    quota.enterprise_code,
    enterprise.enterprise_name,
    enterprise.sector,
    sector.sector_zh,
    enterprise.district_code,
    quota.year::integer as year,
    {{ code_zh("reference.quota_yearly", "method", "quota.method") }} as quota_method_zh,
    {{ dec("quota.initial_quota_t") }} as initial_quota_t,
    {{ dec("quota.adjustment_t") }} as adjustment_t,
    {{ dec("quota.co2_quota_t") }} as co2_quota_t,
    {{ dec("quota.energy_quota_tce") }} as energy_quota_tce,
    {{ dec("quota.warning_threshold_t") }} as warning_threshold_t,
    quota.known_from,
    'reference.quota_yearly' as source_feed,
    [quota.record_id] as source_record_ids,
    (select is_simulated from {{ ref("seed_feed") }} where feed = 'reference.quota_yearly') as is_simulated
from {{ ref("stg_silver__quota_yearly") }} as quota
left join {{ ref("dim_enterprise") }} as enterprise using (enterprise_code)
left join {{ ref("seed_sector") }} as sector on sector.sector = enterprise.sector
where quota.known_to is null
