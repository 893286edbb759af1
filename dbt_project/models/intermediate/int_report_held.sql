-- Enterprise × month with an energy row that is held in quarantine and has no good version: its total is not complete,
-- so it is no basis of comparison.
with held as (
    select distinct quarantine.business_key
    from {{ ref("stg_silver__quarantine") }} as quarantine
    where quarantine.feed = 'reporting.energy_monthly' and quarantine.layer in ('bronze', 'silver')
)
select distinct
    split_part(held.business_key, '|', 1) as enterprise_code,
    split_part(held.business_key, '|', 2) as month
from held
left join {{ ref("stg_silver__energy_monthly") }} as good on good.business_key = held.business_key
where good.business_key is null
