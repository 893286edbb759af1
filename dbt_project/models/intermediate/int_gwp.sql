-- What is published as CO2e carries its publication's own GWP set and is taken as it is.
select gas, value as gwp_ar5, factor_id
from {{ ref("stg_gold__factor") }}
where quantity_kind = 'gwp' and series = 'AR5'
union all
select 'CO2e' as gas, 1.0::double as gwp_ar5, 'as published' as factor_id
