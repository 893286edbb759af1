-- Each line once under its own account and, if it is the official one, once more under the account `official`.
with line as (
    select
        *,
        -- A statement's own uncertainty is nobody else's: it counts as independent, not as a shared factor.
        factor_id = 'reported' as is_stated,
        factor_verified in ('no', 'partly') as is_unverified
    from {{ ref("fct_emission_line") }}
)
select * from line
union all
select * replace ('official' as account) from line where is_official
