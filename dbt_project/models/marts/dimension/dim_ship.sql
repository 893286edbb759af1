select
    ship_id,
    ship_name,
    ship_type,
    company_code,
    deadweight_t,
    gross_tonnage,
    trade,
    built_year::integer as built_year,
    main_engine_kw,
    known_from,
    record_id
from {{ ref("stg_silver__ship") }}
where known_to is null
