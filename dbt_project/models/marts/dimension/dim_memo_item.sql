select code as memo_item, label_zh as memo_item_zh, sort_order::integer as sort_order
from {{ ref("int_label") }}
where kind = 'memo_item'
