select
    carbon.*,
    change.account_used,
    change.verification_status,
    change.prior_year_co2_t,
    change.prior_month_co2_t,
    {{ ratio("carbon.co2_t - change.prior_year_co2_t", "change.prior_year_co2_t") }} as co2_yoy_share,
    {{ ratio("carbon.co2_t - change.prior_month_co2_t", "change.prior_month_co2_t") }} as co2_mom_share,
    enterprise.enterprise_name,
    sector.sector_zh,
    district.district_zh
from ({{ carbon_at(["month", "enterprise_code", "sector", "district_code", "boundary", "memo_item", "account", "chain"]) }}) as carbon
left join {{ ref("int_carbon_change") }} as change
    using (month, enterprise_code, sector, district_code, boundary, memo_item, account, chain)
left join {{ ref("dim_enterprise") }} as enterprise using (enterprise_code)
left join {{ ref("seed_sector") }} as sector on sector.sector = carbon.sector
left join {{ ref("seed_district") }} as district on district.district_code = carbon.district_code
