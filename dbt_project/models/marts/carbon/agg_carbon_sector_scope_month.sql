select carbon.*, sector.sector_zh
from ({{ carbon_at(["month", "sector", "scope", "boundary", "memo_item", "account", "chain"]) }}) as carbon
left join {{ ref("seed_sector") }} as sector using (sector)
