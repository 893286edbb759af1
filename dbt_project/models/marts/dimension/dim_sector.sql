select sector, sector_zh, sort_order::integer as sort_order from {{ ref("seed_sector") }}
