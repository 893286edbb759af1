{# 同比 and 环比 on a comparable basis: only what is there in both periods enters either side. #}
{% macro change_columns(measure, unit, counted=false) -%}
{%- set value = measure ~ ("_counted_" if counted else "_") ~ unit -%}
{%- for name, label in [("prior_year", "yoy"), ("prior_month", "mom")] %}
sum(case when {{ name }}_{{ value }} is not null then {{ value }} end) as {{ measure }}_{{ label }}_comparable_{{ unit }},
sum({{ name }}_{{ value }}) as {{ measure }}_{{ name }}_{{ unit }},
count(distinct case when {{ name }}_{{ value }} is not null then enterprise_code end) as {{ label }}_comparable_enterprises,
{{ ratio(
    "sum(case when " ~ name ~ "_" ~ value ~ " is not null then " ~ value ~ " - " ~ name ~ "_" ~ value ~ " end)",
    "sum(" ~ name ~ "_" ~ value ~ ")"
) }} as {{ measure }}_{{ label }}_share{{ "," if not loop.last }}
{%- endfor %}
{%- endmacro %}
