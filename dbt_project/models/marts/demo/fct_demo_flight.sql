-- One row a flight that flew: fuel of the model, and its TTW gases. Grain: activity.
with emission as (
    select
        activity_id,
        max(case when gas = 'CO2' then emission.emission_id end) as emission_id,
        max(case when gas = 'CO2' then emission.mass_kg end) as mass_kg,
        max(case when gas = 'CO2' then emission.factor_id end) as factor_id,
        max(case when gas = 'CO2' then emission.factor_version end) as factor_version,
        sum(emission.mass_kg / 1000 * gwp.gwp_ar5) as co2e_ar5_t
    from {{ ref("stg_gold__emission") }} as emission
    left join {{ ref("int_gwp") }} as gwp using (gas)
    where known_to is null and chain = 'TTW' and boundary = '{{ var("demonstration_boundary") }}'
    group by all
)
select
    activity.activity_id,
    activity.period_month as month,
    activity.entity_id as carrier,
    activity.object_id,
    {{ dec("activity.quantity") }} as quantity,
    activity.unit,
    {{ dec("energy.energy_gj") }} as energy_gj,
    {{ dec("emission.mass_kg") }} as mass_kg,
    {{ dec("emission.mass_kg / 1000") }} as co2_t,
    {{ dec("emission.co2e_ar5_t") }} as co2e_ar5_t,
    emission.emission_id,
    emission.factor_id,
    emission.factor_version,
    activity.data_grade,
    activity.method_tier,
    activity.source_feed,
    activity.source_record_ids
from {{ ref("stg_gold__activity") }} as activity
left join {{ ref("stg_gold__energy") }} as energy on energy.activity_id = activity.activity_id and energy.known_to is null
left join emission on emission.activity_id = activity.activity_id
where activity.known_to is null and activity.activity_class = 'energy'
    and activity.boundary = '{{ var("demonstration_boundary") }}'
