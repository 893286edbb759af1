select energy_type, energy_type_zh, energy_group, energy_group_zh, sort_order::integer as sort_order
from {{ ref("seed_energy_type") }}
