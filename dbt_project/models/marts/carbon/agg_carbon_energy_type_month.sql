select carbon.*, sector.sector_zh, energy.energy_type_zh, energy.energy_group_zh
from ({{ carbon_at(["month", "sector", "energy_type", "boundary", "memo_item", "account", "chain"]) }}) as carbon
left join {{ ref("seed_sector") }} as sector using (sector)
left join {{ ref("seed_energy_type") }} as energy using (energy_type)
