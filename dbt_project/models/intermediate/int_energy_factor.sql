-- Grain: energy activity × shared factor of its standard coal (calorific value, conversion).
with part as (
    select
        line.*,
        unnest(list_distinct(string_split(line.calorific_factor_id, '*') || string_split(line.coal_factor_id, '*'))) as part_id
    from {{ ref("fct_energy_line") }} as line
),
factor as (
    select factor_id, max(rsu) as rsu from {{ ref("stg_gold__factor") }} group by all
),
own as (
    select max(value) as measured_rsu from {{ ref("stg_gold__factor") }} where factor_id = 'RSU_MEASURED_FACTOR'
)
select
    part.* exclude (part_id),
    part.part_id as factor_key,
    coalesce(case when part.part_id like 'measured:%' then own.measured_rsu else factor.rsu end, 0) as factor_rsu
from part
cross join own
left join factor on factor.factor_id = part.part_id
