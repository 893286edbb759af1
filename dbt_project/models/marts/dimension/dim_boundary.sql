select code as boundary, label_zh as boundary_zh, sort_order::integer as sort_order
from {{ ref("int_label") }}
where kind = 'boundary'
