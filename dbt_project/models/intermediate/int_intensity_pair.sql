-- Grain: month × enterprise × boundary × activity type × account: numerators only beside a denominator of the same unit.
with carbon as (
    select month, enterprise_code, sector, boundary, account, chain, sum(co2_t) as co2_t, bool_or(is_simulated) as is_simulated
    from {{ ref("int_carbon_activity") }}
    where memo_item = ''
    group by all
),
energy as (
    select month, enterprise_code, sector, boundary, sum(coal_calorific_tce) as coal_calorific_tce
    from {{ ref("fct_energy_line") }}
    where memo_item = '' and evidence = '{{ var("reported_energy_evidence") }}'
    group by all
),
-- Transport work is reported once, for the legal entity; it serves both boundaries' intensities.
denominator as (
    select
        line.month, line.enterprise_code, line.sector, line.activity_type, line.unit,
        sum(line.quantity) as quantity,
        sum({{ dec("power(line.quantity::double * line.activity_rsu, 2)") }}) as quantity_variance
    from {{ ref("fct_transport_line") }} as line
    inner join {{ ref("seed_transport") }} as label using (activity_type)
    where label.is_denominator and line.object_type = 'enterprise' and line.boundary = 'legal_entity'
    group by all
)
select
    carbon.month,
    carbon.enterprise_code,
    carbon.sector,
    carbon.boundary,
    carbon.account,
    carbon.chain,
    denominator.activity_type,
    denominator.unit,
    carbon.co2_t,
    energy.coal_calorific_tce,
    denominator.quantity,
    denominator.quantity_variance,
    carbon.is_simulated
from carbon
inner join denominator using (month, enterprise_code, sector)
left join energy using (month, enterprise_code, sector, boundary)
where denominator.quantity > 0
