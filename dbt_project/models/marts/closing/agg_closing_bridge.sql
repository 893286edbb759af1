-- Former and later closing of a month with what lies between, by sector; an account, or the official one.
with figure as (
    select closing_id, boundary, account, sector, gas, chain, closed_counted_t from {{ ref("fct_closing_figure") }}
    union all
    select closing_id, boundary, 'official' as account, sector, gas, chain, closed_counted_t
    from {{ ref("fct_closing_figure") }} where is_official
),
part as (
    select former_closing_id, closing_id as later_closing_id, boundary, account, sector, gas, chain, 'later' as what, closed_counted_t as value_t
    from figure inner join {{ ref("fct_closing") }} using (closing_id)
    where former_closing_id <> ''
    union all
    select closing.former_closing_id, closing.closing_id, boundary, account, sector, gas, chain, 'former' as what, closed_counted_t as value_t
    from figure inner join {{ ref("fct_closing") }} as closing on closing.former_closing_id = figure.closing_id
    union all
    select former_closing_id, later_closing_id, boundary, account, sector, gas, chain, cause as what, bridge_change_counted_t as value_t
    from {{ ref("fct_closing_bridge_line") }}
),
summed as (
    select
        former_closing_id, later_closing_id, split_part(later_closing_id, '.', 1) as month, boundary, account, sector, gas, chain,
        coalesce(sum(value_t) filter (where what = 'former'), 0)::decimal(38, 15) as former_closed_t,
        {%- for cause in ["late_data", "correction", "factor", "method", "boundary"] %}
        coalesce(sum(value_t) filter (where what = '{{ cause }}'), 0)::decimal(38, 15) as {{ cause }}_t,
        {%- endfor %}
        coalesce(sum(value_t) filter (where what = 'later'), 0)::decimal(38, 15) as later_closed_t
    from part
    group by all
)
select
    summed.*,
    sector.sector_zh,
    boundary_label.label_zh as boundary_zh,
    account_label.account_zh
from summed
left join {{ ref("seed_sector") }} as sector on sector.sector = summed.sector
left join {{ ref("int_label") }} as boundary_label
    on boundary_label.kind = 'boundary' and boundary_label.code = summed.boundary
left join {{ ref("dim_account") }} as account_label on account_label.account = summed.account
