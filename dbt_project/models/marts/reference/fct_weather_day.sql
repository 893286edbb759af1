select
    strftime(day, '%Y-%m-%d') as day,
    {{ dec("mean_c") }} as mean_temperature_c,
    {{ dec("max_c") }} as max_temperature_c,
    {{ dec("min_c") }} as min_temperature_c,
    {{ dec("precipitation_mm") }} as precipitation_mm,
    {{ dec("humidity_pct") }} as humidity_percent,
    {{ dec("wind_ms") }} as wind_m_per_s,
    known_from,
    'reference.weather_day' as source_feed,
    [record_id] as source_record_ids,
    record_id,
    (select is_simulated from {{ ref("seed_feed") }} where feed = 'reference.weather_day') as is_simulated
from {{ ref("stg_silver__weather_day") }}
where known_to is null
