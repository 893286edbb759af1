-- Grain: activity × account × chain. Gases of one activity share its activity data, so they are summed before squaring.
select
    activity_id,
    account,
    chain,
    month,
    enterprise_code,
    sector,
    district_code,
    boundary,
    memo_item,
    scope,
    energy_type,
    any_value(source_feed) as source_feed,
    bool_or(is_official) as is_official,
    bool_or(counted_in_city) as counted_in_city,
    bool_or(is_simulated) as is_simulated,
    bool_or(is_unverified) as has_unverified_factor,
    max(verification_status) as verification_status,
    sum(co2_t) as co2_t,
    sum(co2e_ar5_t) as co2e_ar5_t,
    {{ dec("sum(co2_t)::double * max(estimated_share)") }} as estimated_co2_t,
    {{ dec("power(sum(co2_t)::double, 2) * (power(max(activity_rsu), 2) + max(case when is_stated then power(factor_rsu, 2) else 0 end))") }}
        as co2_variance_t2,
    {{ dec("power(sum(co2e_ar5_t)::double, 2) * (power(max(activity_rsu), 2) + max(case when is_stated then power(factor_rsu, 2) else 0 end))") }}
        as co2e_ar5_variance_t2
from {{ ref("int_carbon_line") }}
group by all
