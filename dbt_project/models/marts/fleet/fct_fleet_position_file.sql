select
    receipt.payload_sm3,
    receipt.file as file_name,
    receipt.received_hour,
    left(receipt.received_hour, 10) as day,
    json_keys(receipt.days_json) as days,
    receipt.bytes as file_b,
    receipt.rows_in,
    receipt.rows_routed,
    receipt.rows_in - receipt.rows_routed as rows_refused,
    receipt.unknown_terminal,
    receipt.not_located,
    receipt.out_of_bounds,
    receipt.wrong_clock,
    receipt.no_speed,
    receipt.closes
    and receipt.rows_in - receipt.rows_routed
    = receipt.unknown_terminal + receipt.not_located + receipt.out_of_bounds + receipt.wrong_clock + receipt.no_speed as is_closed,
    'position.vehicle' as source_feed
from {{ ref("stg_ops__position_receipt") }} as receipt
where receipt.merged
