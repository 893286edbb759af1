{# Any of these conditions is true of every row; NULL passes. #}
{% test holds(model, conditions) %}
{%- for condition in conditions %}
select {{ "'" ~ condition.replace("'", "''") ~ "'" }} as broken, * from (select 1 as one from {{ model }} where not ({{ condition }}) limit 5)
{{ "union all" if not loop.last }}
{%- endfor %}
{% endtest %}

{# Summed to `columns`, a measure equals another model's, exactly: DECIMAL sums do not round. Where engines added up
   doubles in another order, `within` is the relative difference that rounding explains. #}
{% test sums_to(model, columns, measure, to, where="true", to_where="true", to_measure=none, within=0) %}
with here as (
    select {{ columns | join(", ") }}, sum({{ measure }}) as total from {{ model }} where {{ where }} group by all
),
there as (
    select {{ columns | join(", ") }}, sum({{ to_measure or measure }}) as total from {{ to }} where {{ to_where }} group by all
)
select {{ columns | join(", ") }}, here.total as here_total, there.total as there_total
from here
full outer join there using ({{ columns | join(", ") }})
where abs(coalesce(here.total, 0) - coalesce(there.total, 0)) > {{ within }} * abs(coalesce(there.total, 0)::double)
{% endtest %}
