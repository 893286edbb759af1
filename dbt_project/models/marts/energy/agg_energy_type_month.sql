select energy.*, sector.sector_zh, kind.energy_type_zh, kind.energy_group_zh
from ({{ energy_at(["month", "sector", "energy_type", "boundary", "memo_item", "evidence"]) }}) as energy
left join {{ ref("seed_sector") }} as sector using (sector)
left join {{ ref("seed_energy_type") }} as kind using (energy_type)
