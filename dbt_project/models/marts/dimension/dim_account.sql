with account as (
    select distinct account from {{ ref("int_carbon_line") }}
),
parts as (
    select
        account,
        split_part(account, ':', 1) as evidence,
        split_part(account, ':', 2) as electricity_series
    from account
)
select
    parts.account,
    parts.evidence,
    parts.electricity_series,
    evidence.label_zh || case when parts.electricity_series = '' then '' else '·' || series.label_zh end as account_zh,
    (evidence.sort_order * 10 + series.sort_order)::integer as sort_order
from parts
left join {{ ref("int_label") }} as evidence on evidence.kind = 'evidence' and evidence.code = parts.evidence
left join {{ ref("int_label") }} as series
    on series.kind = 'electricity_series' and series.code = parts.electricity_series
