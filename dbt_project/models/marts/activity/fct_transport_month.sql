with this as (
    select
        month, enterprise_code, sector, district_code, boundary, activity_type, unit,
        sum(quantity) as quantity,
        sum({{ dec("power(quantity::double * activity_rsu, 2)") }}) as quantity_variance,
        bool_or(is_simulated) as is_simulated
    from {{ ref("fct_transport_line") }}
    group by all
)
select
    this.*,
    strptime(this.month || '-01', '%Y-%m-%d')::date as month_start,
    last_year.quantity as prior_year_quantity,
    {{ ratio("this.quantity - last_year.quantity", "last_year.quantity") }} as quantity_yoy_share,
    label.activity_type_zh,
    unit_label.unit_zh,
    enterprise.enterprise_name,
    sector.sector_zh,
    district.district_zh
from this
left join this as last_year
    on last_year.month = {{ month_before("this.month", 12) }}
    and last_year.enterprise_code = this.enterprise_code
    and last_year.sector = this.sector
    and last_year.district_code = this.district_code
    and last_year.boundary = this.boundary
    and last_year.activity_type = this.activity_type
    and last_year.unit = this.unit
left join {{ ref("seed_transport") }} as label on label.activity_type = this.activity_type
left join {{ ref("seed_unit") }} as unit_label on unit_label.unit = this.unit
left join {{ ref("dim_enterprise") }} as enterprise on enterprise.enterprise_code = this.enterprise_code
left join {{ ref("seed_sector") }} as sector on sector.sector = this.sector
left join {{ ref("seed_district") }} as district on district.district_code = this.district_code
