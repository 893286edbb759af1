-- Grain: month × enterprise × boundary × memo item × chain × account, with the account that stands behind `official`.
with base as (
    select
        month,
        enterprise_code,
        sector,
        district_code,
        boundary,
        memo_item,
        chain,
        account,
        bool_or(is_official) as is_official,
        bool_or(is_simulated) as is_simulated,
        max(verification_status) as verification_status,
        sum(co2_t) as co2_t,
        sum(co2e_ar5_t) as co2e_ar5_t,
        sum(case when counted_in_city and memo_item = '' then co2_t else 0 end) as co2_counted_t
    from {{ ref("int_carbon_activity") }}
    where account <> 'official'
    group by all
)
select *, account as account_used from base
union all
select * replace ('official' as account), account as account_used from base where is_official
