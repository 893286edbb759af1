-- Grain: activity × account × chain × gas × shared factor: what a figure moves when that factor moves (sensitivity).
-- A composite factor is a product: each of its parts carries the whole, with its own uncertainty. An enterprise's own
-- measurements share one name: n of them count once, with √n times the uncertainty of one.
with split as (
    select
        line.*,
        list_zip(string_split(line.factor_id, '*'), string_split(line.factor_version, '*')) as pairs
    from {{ ref("int_carbon_line") }} as line
    where not line.is_stated
),
pair as (
    select split.* exclude (pairs), pairs, unnest(list_distinct(pairs)) as this_pair from split
),
part as (
    select
        pair.* exclude (pairs, this_pair),
        this_pair[1] as part_id,
        this_pair[2] as part_version,
        sqrt(len(list_filter(pairs, lambda x: x = this_pair))) as repeated
    from pair
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
    case when part.part_id like 'measured:%' then own.measured_rsu * part.repeated else factor.rsu end as factor_rsu,
    case when part.part_id like 'measured:%' then false else factor.rsu_verified end as factor_rsu_verified,
    part.counted_in_city,
    part.co2_t,
    part.co2e_ar5_t
from part
cross join own
left join {{ ref("stg_gold__factor") }} as factor
    on factor.factor_id = part.part_id and factor.factor_version = part.part_version
