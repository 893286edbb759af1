select energy.*, district.district_zh, district.is_city_district
from ({{ energy_at(["month", "district_code", "boundary", "memo_item", "evidence"]) }}) as energy
left join {{ ref("seed_district") }} as district using (district_code)
