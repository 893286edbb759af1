select
    bridge.bridge_id,
    bridge.former_closing_id,
    bridge.later_closing_id,
    closing.month,
    bridge.boundary,
    bridge.account,
    bridge.sector,
    bridge.entity_id as enterprise_code,
    bridge.object_id,
    bridge.period,
    bridge.activity_type as energy_type,
    bridge.scope,
    bridge.gas,
    bridge.chain,
    bridge.cause,
    bridge.change_t as bridge_change_t,
    bridge.change_counted_t as bridge_change_counted_t,
    bridge.former_emission_ids,
    bridge.later_emission_ids
from {{ ref("stg_ops__closing_bridge") }} as bridge
inner join {{ ref("fct_closing") }} as closing on closing.closing_id = bridge.later_closing_id
