-- Grain: feed × enterprise × month: when its first version was known, how many versions came, and the lowest current status.
with report as (
    {%- for feed, model in [
        ("reporting.energy_monthly", "stg_silver__energy_monthly"),
        ("reporting.activity_monthly", "stg_silver__activity_monthly"),
        ("reporting.emission_monthly", "stg_silver__emission_monthly"),
    ] %}
    select '{{ feed }}' as feed, enterprise_code, period as month, status, version_no, known_from, known_to
    from {{ ref(model) }}
    {{ "union all" if not loop.last }}
    {%- endfor %}
)
select
    feed,
    enterprise_code,
    month,
    min(known_from) as first_known_at,
    max(version_no)::integer as versions,
    count(*) filter (where known_to is null) as record_count,
    ['submitted', 'reviewed', 'verified', 'approved'][
        min(list_position(['submitted', 'reviewed', 'verified', 'approved'], status)) filter (where known_to is null)
    ] as verification_status
from report
group by all
