select day, pollutant, district_code, district_zh, mass_kg, half_hours
from {{ ref("agg_pollutant_day") }}
where emitter = 'motor_vehicle'
