{# Each key once, and no hole in it. #}
{% test grain_is_unique(model, columns) %}
select {{ columns | join(", ") }}, count(*) as rows
from {{ model }}
group by all
having count(*) > 1
{%- for column in columns %} or {{ column }} is null{% endfor %}
{% endtest %}
