-- Carbon's variance for exactly the enterprises that stand in an intensity's numerator.
with independent as (
    select pair.month, pair.sector, pair.boundary, pair.account, pair.chain, pair.activity_type, pair.unit,
        sum(activity.co2_variance_t2) as co2_variance_t2
    from {{ ref("int_intensity_pair") }} as pair
    inner join {{ ref("int_carbon_activity") }} as activity
        using (month, enterprise_code, sector, boundary, account, chain)
    where activity.memo_item = ''
    group by all
),
by_factor as (
    select pair.month, pair.sector, pair.boundary, pair.account, pair.chain, pair.activity_type, pair.unit, factor.factor_key,
        {{ dec("power(max(factor.factor_rsu) * sum(factor.co2_t)::double, 2)") }} as factor_variance_t2
    from {{ ref("int_intensity_pair") }} as pair
    inner join {{ ref("int_carbon_factor") }} as factor
        using (month, enterprise_code, sector, boundary, account, chain)
    where factor.memo_item = ''
    group by all
),
shared as (
    select * exclude (factor_key, factor_variance_t2), sum(factor_variance_t2) as co2_factor_variance_t2
    from by_factor
    group by all
)
select independent.*, coalesce(shared.co2_factor_variance_t2, 0) as co2_factor_variance_t2
from independent
left join shared using (month, sector, boundary, account, chain, activity_type, unit)
