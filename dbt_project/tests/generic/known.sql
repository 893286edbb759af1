{# Every code stands in its dimension. `columns` maps a column to the model that lists it (under the same name unless given). #}
{% test known_in(model, columns, where="true") %}
{%- for column, place in columns.items() %}
{%- set listed = place.split(".") %}
select '{{ column }}' as column_name, {{ column }}::varchar as code
from {{ model }}
where {{ where }} and {{ column }} is not null
    and {{ column }} not in (select {{ listed[1] if listed | length > 1 else column }} from {{ ref(listed[0]) }})
{{ "union all" if not loop.last }}
{%- endfor %}
{% endtest %}
