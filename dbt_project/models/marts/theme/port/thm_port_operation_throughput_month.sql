select
    cargo.period as month,
    {{ month_start("cargo.period") }} as month_start,
    cargo.enterprise_code,
    unit.enterprise_name,
    unit.district_code,
    cargo.cargo_kind,
    {{ code_zh("water.port_throughput_month", "cargo_kind", "cargo.cargo_kind") }} as cargo_kind_zh,
    cargo.scope as trade_scope,
    {{ code_zh("water.port_throughput_month", "scope", "cargo.scope") }} as trade_scope_zh,
    cargo.route,
    {{ code_zh("water.port_throughput_month", "route", "cargo.route") }} as route_zh,
    {{ dec("cargo.throughput_t") }} as throughput_t,
    {{ dec("cargo.inbound_t") }} as inbound_t,
    {{ dec("cargo.outbound_t") }} as outbound_t,
    {{ dec("cargo.teu") }} as throughput_teu,
    {{ dec("cargo.passengers") }} as throughput_persons,
    cargo.known_from
from {{ ref("stg_silver__port_throughput_month") }} as cargo
left join {{ ref("dim_enterprise") }} as unit using (enterprise_code)
where cargo.known_to is null
