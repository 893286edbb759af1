select
    figure.figure_id,
    figure.closing_id,
    closing.is_latest_closing,
    figure.month,
    figure.entity_id as enterprise_code,
    enterprise.enterprise_name,
    figure.sector,
    sector.sector_zh,
    figure.boundary,
    boundary_label.label_zh as boundary_zh,
    figure.memo_item,
    figure.account,
    account_label.account_zh,
    figure.gas,
    figure.chain,
    figure.is_official,
    figure.mass_t as closed_mass_t,
    figure.counted_t as closed_counted_t,
    figure.emission_ids
from {{ ref("stg_ops__closing_figure") }} as figure
-- Figures of a closing that a kill cut short belong to no closing yet.
inner join {{ ref("fct_closing") }} as closing using (closing_id)
left join {{ ref("dim_enterprise") }} as enterprise on enterprise.enterprise_code = figure.entity_id
left join {{ ref("seed_sector") }} as sector on sector.sector = figure.sector
left join {{ ref("int_label") }} as boundary_label
    on boundary_label.kind = 'boundary' and boundary_label.code = figure.boundary
left join {{ ref("dim_account") }} as account_label on account_label.account = figure.account
