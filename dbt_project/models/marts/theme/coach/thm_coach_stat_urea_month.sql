select
    urea.period as month,
    {{ month_start("urea.period") }} as month_start,
    urea.enterprise_code,
    {{ unit_name("urea.enterprise_code", "unit.enterprise_name") }} as enterprise_name,
    unit.district_code,
    {{ dec("urea.urea_solution_t") }} as urea_solution_t,
    {{ dec("urea.urea_percent") }} as urea_percent,
    {{ dec("urea.diesel_t") }} as diesel_t,
    urea.status as verification_status,
    urea.known_from
from {{ ref("stg_silver__urea_month") }} as urea
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
where urea.known_to is null
    and case when urea.enterprise_code like 'NONKEY:%' then split_part(urea.enterprise_code, ':', 2) else unit.sector end
    = 'coach'
