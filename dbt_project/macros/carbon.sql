{# Carbon at a published grain with its 95 % interval: independent variance adds up; each shared factor's
   sensitivity adds up first and is squared then, so a factor that many rows share does not average away. #}
{% macro carbon_at(grain, where="true") -%}
with by_activity as (
    select
        {{ grain | join(", ") }},
        sum(co2_t) as co2_t,
        sum(co2e_ar5_t) as co2e_ar5_t,
        sum(case when counted_in_city and memo_item = '' then co2_t else 0 end) as co2_counted_t,
        sum(co2_variance_t2) as co2_variance_t2,
        sum(co2e_ar5_variance_t2) as co2e_ar5_variance_t2,
        sum(case when has_unverified_factor then co2_t else 0 end) as co2_unverified_factor_t,
        sum(estimated_co2_t) as co2_estimated_t,
        count(distinct enterprise_code) as enterprises,
        bool_or(is_simulated) as is_simulated
    from {{ ref("int_carbon_activity") }}
    where {{ where }}
    group by all
),
by_factor as (
    select
        {{ grain | join(", ") }},
        power(max(factor_rsu) * sum(co2_t)::double, 2) as co2_factor_variance,
        power(max(factor_rsu) * sum(co2e_ar5_t)::double, 2) as co2e_factor_variance
    from {{ ref("int_carbon_factor") }}
    where {{ where }}
    group by {{ grain | join(", ") }}, factor_key
),
factor_variance as (
    select
        {{ grain | join(", ") }},
        sum({{ dec("co2_factor_variance") }}) as co2_factor_variance_t2,
        sum({{ dec("co2e_factor_variance") }}) as co2e_ar5_factor_variance_t2
    from by_factor
    group by all
)
select
    by_activity.*,
    coalesce(co2_factor_variance_t2, 0)::decimal(38, 15) as co2_factor_variance_t2,
    coalesce(co2e_ar5_factor_variance_t2, 0)::decimal(38, 15) as co2e_ar5_factor_variance_t2,
    {{ interval_columns("co2", "t", "co2_variance_t2", "coalesce(co2_factor_variance_t2, 0)") }},
    {{ interval_columns("co2e_ar5", "t", "co2e_ar5_variance_t2", "coalesce(co2e_ar5_factor_variance_t2, 0)") }},
    strptime(month || '-01', '%Y-%m-%d')::date as month_start,
    boundary_label.label_zh as boundary_zh,
    account_label.account_zh
from by_activity
left join factor_variance using ({{ grain | join(", ") }})
left join {{ ref("int_label") }} as boundary_label
    on boundary_label.kind = 'boundary' and boundary_label.code = by_activity.boundary
left join {{ ref("dim_account") }} as account_label using (account)
{%- endmacro %}
