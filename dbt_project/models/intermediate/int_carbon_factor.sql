-- Grain: activity × account × chain × gas × shared factor: what a figure moves when that factor moves (sensitivity).
-- A composite factor is a product: each of its parts carries the whole, with its own uncertainty.
with part as (
    select
        line.*,
        unnest(string_split(line.factor_id, '*')) as part_id,
        unnest(string_split(line.factor_version, '*')) as part_version
    from {{ ref("int_carbon_line") }} as line
    where not line.is_stated
),
own as (
    select max(value) as measured_rsu
    from {{ ref("stg_gold__factor") }}
    where factor_id = 'RSU_MEASURED_FACTOR'
)
select
    part.activity_id,
    part.account,
    part.chain,
    part.month,
    part.enterprise_code,
    part.sector,
    part.district_code,
    part.boundary,
    part.memo_item,
    part.scope,
    part.energy_type,
    part.part_id as factor_id,
    part.part_version as factor_version,
    part.part_id || '@' || part.part_version as factor_key,
    case when part.part_id like 'measured:%' then own.measured_rsu else factor.rsu end as factor_rsu,
    case when part.part_id like 'measured:%' then false else factor.rsu_verified end as factor_rsu_verified,
    part.counted_in_city,
    part.co2_t,
    part.co2e_ar5_t
from part
cross join own
left join {{ ref("stg_gold__factor") }} as factor
    on factor.factor_id = part.part_id and factor.factor_version = part.part_version
