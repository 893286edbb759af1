-- An empty code is a value of its own (for example: no memo item), not a hole.
select kind, coalesce(code, '') as code, coalesce(label_zh, '') as label_zh, sort_order
from {{ ref("seed_label") }}
