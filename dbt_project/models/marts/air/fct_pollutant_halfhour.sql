select
    strftime(pollutant.snapshot_at, '%Y-%m-%dT%H:%M') as half_hour,
    pollutant.snapshot_at,
    pollutant.period as day,
    pollutant.emitter,
    pollutant.pollutant,
    pollutant.district_code,
    district.district_zh,
    {{ dec("pollutant.kg") }} as mass_kg,
    pollutant.known_from,
    'pollutant.total_halfhour' as source_feed,
    [pollutant.record_id] as source_record_ids
from {{ ref("stg_silver__pollutant_halfhour") }} as pollutant
left join {{ ref("seed_district") }} as district using (district_code)
where pollutant.known_to is null
