-- Every silver record that a published line names.
with line as (
    {%- for model in [
        "fct_emission_line", "fct_energy_line", "fct_transport_line", "fct_voyage", "fct_inland_ship_year",
        "fct_pollutant_halfhour", "fct_target", "fct_demo_flight", "fct_weather_day", "fct_city_statistic_period",
        "fct_quota_year",
    ] %}
    select distinct unnest(source_record_ids) as record_id from {{ ref(model) }}
    {{ "union" if not loop.last }}
    {%- endfor %}
    {%- for model in ["dim_enterprise", "dim_meter", "dim_ship", "dim_calendar_day"] %}
    union
    select record_id from {{ ref(model) }}
    {%- endfor %}
)
select record_id from line where record_id is not null
