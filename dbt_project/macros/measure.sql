{# A measure: DECIMAL, so that sums do not depend on the order of rows. 15 places keep a double's digits. #}
{% macro dec(expression) %}cast(({{ expression }}) as decimal(38, 15)){% endmacro %}

{# Ratio of two measures; NULL where the base is missing or zero. #}
{% macro ratio(numerator, denominator) %}({{ numerator }})::double / nullif(({{ denominator }})::double, 0){% endmacro %}

{# The month so many months before (2026-10, 12 → 2025-10). #}
{% macro month_before(month, count) %}strftime(strptime({{ month }} || '-01', '%Y-%m-%d') - interval {{ count }} month, '%Y-%m'){% endmacro %}

{# The three columns an interval needs: standard uncertainty from independent variance and factor variance. #}
{% macro interval_columns(measure, unit, variance, factor_variance) -%}
{%- set half = var("normal_quantile_95") ~ " * sqrt(" ~ variance ~ "::double + " ~ factor_variance ~ "::double)" -%}
{{ dec(measure ~ "_" ~ unit ~ "::double - " ~ half) }} as {{ measure }}_low95_{{ unit }},
{{ dec(measure ~ "_" ~ unit ~ "::double + " ~ half) }} as {{ measure }}_high95_{{ unit }}
{%- endmacro %}
