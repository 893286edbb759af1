with figure as (
    select known.* from (values
        ('reported', '单位自报'), ('computed', '按燃料和电力核算'), ('metered', '计量'), ('modelled', '按运输活动推算')
    ) as known (figure, figure_zh)
),
simulated as (
    select entity_id as enterprise_code, bool_or(is_simulated) as is_simulated
    from {{ ref("stg_gold__activity") }}
    group by all
)
select
    pair.period_month as month,
    strptime(pair.period_month || '-01', '%Y-%m-%d')::date as month_start,
    pair.enterprise_code,
    enterprise.enterprise_name,
    pair.sector,
    sector.sector_zh,
    enterprise.district_code,
    pair.pair as figure_pair,
    pair.checked_figure,
    checked.figure_zh as checked_figure_zh,
    pair.evidence_figure,
    evidence.figure_zh as evidence_figure_zh,
    {{ dec("pair.checked_co2_t") }} as checked_co2_t,
    {{ dec("pair.evidence_co2_t") }} as evidence_co2_t,
    pair.relative_difference as relative_difference_share,
    pair.difference_rsu,
    -- The difference is tested on its logarithm, so its interval stands on either side of it as a factor.
    (1 + pair.relative_difference) * exp(-{{ var("normal_quantile_95") }}::double * pair.difference_rsu) - 1
        as difference_low95_share,
    (1 + pair.relative_difference) * exp({{ var("normal_quantile_95") }}::double * pair.difference_rsu) - 1
        as difference_high95_share,
    pair.z as difference_z,
    pair.p as under_report_p,
    pair.usual_difference as usual_difference_share,
    pair.month_z,
    pair.is_alarmed,
    pair.alarm_tests,
    pair.under_report_share,
    pair.under_report_rsu,
    pair.flag,
    case pair.flag when 'alarm' then '疑似少报' when 'level' then '长期差异' else '一致' end as flag_zh,
    pair.advice_zh,
    pair.metered_media,
    pair.model_elasticity,
    pair.model_intercept,
    coalesce(simulated.is_simulated, false) as is_simulated
from {{ ref("stg_gold__triangulation") }} as pair
inner join figure as checked on checked.figure = pair.checked_figure
inner join figure as evidence on evidence.figure = pair.evidence_figure
left join {{ ref("dim_enterprise") }} as enterprise using (enterprise_code)
left join {{ ref("seed_sector") }} as sector on sector.sector = pair.sector
left join simulated using (enterprise_code)
