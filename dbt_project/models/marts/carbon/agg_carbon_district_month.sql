select carbon.*, district.district_zh, district.is_city_district
from ({{ carbon_at(["month", "district_code", "boundary", "memo_item", "account", "chain"]) }}) as carbon
left join {{ ref("seed_district") }} as district using (district_code)
