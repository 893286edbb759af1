-- Energy's variance for exactly the enterprises that stand in an intensity's numerator; the counterpart of carbon's.
with independent as (
    select pair.month, pair.sector, pair.boundary, pair.account, pair.chain, pair.activity_type, pair.unit,
        sum(activity.coal_calorific_variance_tce2) as coal_calorific_variance_tce2
    from {{ ref("int_intensity_pair") }} as pair
    inner join {{ ref("int_energy_activity") }} as activity using (month, enterprise_code, sector, boundary)
    where activity.memo_item = '' and activity.evidence = '{{ var("reported_energy_evidence") }}'
    group by all
),
by_factor as (
    select pair.month, pair.sector, pair.boundary, pair.account, pair.chain, pair.activity_type, pair.unit, factor.factor_key,
        {{ dec("power(max(factor.factor_rsu) * sum(factor.coal_calorific_tce)::double, 2)") }} as factor_variance_tce2
    from {{ ref("int_intensity_pair") }} as pair
    inner join {{ ref("int_energy_factor") }} as factor using (month, enterprise_code, sector, boundary)
    where factor.memo_item = '' and factor.evidence = '{{ var("reported_energy_evidence") }}'
    group by all
),
shared as (
    select * exclude (factor_key, factor_variance_tce2), sum(factor_variance_tce2) as coal_calorific_factor_variance_tce2
    from by_factor
    group by all
)
select
    independent.*,
    coalesce(shared.coal_calorific_factor_variance_tce2, 0) as coal_calorific_factor_variance_tce2
from independent
left join shared using (month, sector, boundary, account, chain, activity_type, unit)
