{# A table that Spark builds, at its pinned version; typed and empty while it does not exist yet (release.json says so).
   Versions come by the environment and only at execution, so that a parsed project serves every build. #}
{% macro lake_table(name, columns) -%}
{%- set version = fromjson(env_var("LAKE_TABLE_VERSIONS")).get(name) if execute else none -%}
select
{%- for column, type in columns.items() %}
    {{ "null" if version is none else column }}::{{ type }} as {{ column }}{{ "," if not loop.last }}
{%- endfor %}
{% if version is none -%}
where false
{%- else -%}
from delta_scan('{{ env_var("LAKE_WAREHOUSE") }}/{{ name.replace(".", "/") }}', version = {{ version }})
{%- endif %}
{%- endmacro %}

{# Schemas are named as configured, without the target's prefix. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
{{ custom_schema_name or target.schema }}
{%- endmacro %}
