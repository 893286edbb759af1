select district_code, district_zh, is_city_district, lon::double as lon, lat::double as lat
from {{ ref("seed_district") }}
