{# Energy at a published grain with 95 % intervals of standard coal; calorific values are shared factors. #}
{% macro energy_at(grain, where="true") -%}
with by_activity as (
    select
        {{ grain | join(", ") }},
        sum(energy_gj) as energy_gj,
        sum(coal_calorific_tce) as coal_calorific_tce,
        -- One line without a factor (electricity, heat) leaves the whole without a value: a sum of the rest is no total.
        case when count(*) = count(coal_equal_tce) then sum(coal_equal_tce) end as coal_equal_tce,
        sum(case when counted_in_city and memo_item = '' then coal_calorific_tce else 0 end) as coal_calorific_counted_tce,
        sum(coal_calorific_variance_tce2) as coal_calorific_variance_tce2,
        count(distinct enterprise_code) as enterprises,
        bool_or(is_simulated) as is_simulated
    from {{ ref("int_energy_activity") }}
    where {{ where }}
    group by all
),
by_factor as (
    select
        {{ grain | join(", ") }},
        power(max(factor_rsu) * sum(coal_calorific_tce)::double, 2) as factor_variance
    from {{ ref("int_energy_factor") }}
    where {{ where }}
    group by {{ grain | join(", ") }}, factor_key
),
factor_variance as (
    select {{ grain | join(", ") }}, sum({{ dec("factor_variance") }}) as coal_calorific_factor_variance_tce2
    from by_factor
    group by all
)
select
    by_activity.*,
    coalesce(coal_calorific_factor_variance_tce2, 0)::decimal(38, 15) as coal_calorific_factor_variance_tce2,
    {{ interval_columns("coal_calorific", "tce", "coal_calorific_variance_tce2", "coalesce(coal_calorific_factor_variance_tce2, 0)") }},
    strptime(month || '-01', '%Y-%m-%d')::date as month_start,
    boundary_label.label_zh as boundary_zh,
    evidence_label.label_zh as evidence_zh
from by_activity
left join factor_variance using ({{ grain | join(", ") }})
left join {{ ref("int_label") }} as boundary_label
    on boundary_label.kind = 'boundary' and boundary_label.code = by_activity.boundary
left join {{ ref("int_label") }} as evidence_label
    on evidence_label.kind = 'evidence' and evidence_label.code = by_activity.evidence
{%- endmacro %}
