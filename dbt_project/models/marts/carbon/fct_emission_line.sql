with emission as (
    select * from {{ ref("stg_gold__emission") }} where known_to is null and boundary <> '{{ var("demonstration_boundary") }}'
),
activity as (
    select activity_id, source_feed, source_record_ids
    from {{ ref("stg_gold__activity") }}
    where known_to is null
),
gwp as (
    select gas, max(gwp_ar5) as gwp_ar5 from {{ ref("int_gwp") }} group by gas
)
select
    emission.emission_id,
    emission.activity_id,
    emission.period_month as month,
    emission.period,
    emission.period_grain,
    emission.entity_id as enterprise_code,
    emission.object_id,
    emission.object_type,
    emission.sector,
    emission.district_code,
    emission.boundary,
    emission.memo_item,
    emission.account,
    emission.scope,
    emission.activity_type as energy_type,
    emission.gas,
    emission.chain,
    {{ dec("emission.quantity") }} as quantity,
    emission.unit,
    {{ dec("emission.mass_kg") }} as mass_kg,
    {{ dec("case when emission.gas = 'CO2' then emission.mass_kg / 1000 else 0 end") }} as co2_t,
    {{ dec("emission.mass_kg / 1000 * gwp.gwp_ar5") }} as co2e_ar5_t,
    emission.factor_id,
    emission.factor_version,
    emission.factor_rung,
    emission.factor_value,
    emission.factor_unit,
    emission.factor_verified,
    emission.factor_rsu,
    emission.factor_rsu_verified,
    emission.activity_rsu,
    emission.method,
    emission.method_tier,
    emission.data_grade,
    emission.verification_status,
    emission.estimated_share,
    emission.is_official,
    emission.counted_in_city,
    emission.known_from,
    activity.source_feed,
    activity.source_record_ids,
    emission.is_simulated
from emission
left join activity using (activity_id)
left join gwp using (gas)
