-- Sensitivity: tonnes that hang on one shared factor. Square after summing, never before.
select
    month,
    enterprise_code,
    sector,
    district_code,
    scope,
    energy_type,
    boundary,
    memo_item,
    account,
    chain,
    factor_id,
    factor_version,
    max(factor_rsu) as factor_rsu,
    bool_and(factor_rsu_verified) as factor_rsu_verified,
    sum(co2_t) as co2_t,
    sum(co2e_ar5_t) as co2e_ar5_t,
    sum(case when counted_in_city and memo_item = '' then co2_t else 0 end) as co2_counted_t
from {{ ref("int_carbon_factor") }}
group by all
