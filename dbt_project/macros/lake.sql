{# A table that Spark builds, at its pinned version; typed and empty while it does not exist yet (release.json says so). #}
{% macro lake_table(name, columns) -%}
{%- set version = var('table_versions', {}).get(name) -%}
select
{%- for column, type in columns.items() %}
    {% if version is none %}null::{{ type }}{% else %}{{ column }}{% endif %} as {{ column }}{{ "," if not loop.last }}
{%- endfor %}
{% if version is none -%}
where false
{%- else -%}
from delta_scan('{{ var("warehouse") }}/{{ name.replace(".", "/") }}', version = {{ version }})
{%- endif %}
{%- endmacro %}

{# Schemas are named as configured, without the target's prefix. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
{{ custom_schema_name or target.schema }}
{%- endmacro %}
