with refused as (
    select
        *,
        unreadable + bad_checksum + incomplete + no_clock + other_type + not_a_ship + not_located + out_of_area
        + wrong_clock as rows_refused
    from {{ ref("stg_ops__ais_receipt") }}
    where merged
)
select
    payload_sm3,
    file as file_name,
    received_hour,
    left(received_hour, 10) as day,
    json_keys(days_json) as days,
    bytes as file_b,
    rows_in,
    rows_routed,
    rows_static,
    rows_refused,
    unreadable,
    bad_checksum,
    incomplete,
    no_clock,
    other_type,
    not_a_ship,
    not_located,
    out_of_area,
    wrong_clock,
    closes and rows_in = rows_routed + rows_static + rows_refused as is_closed,
    'position.ship' as source_feed
from refused
