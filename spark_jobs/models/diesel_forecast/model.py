"""`lake model diesel-forecast`: module 143."""

from __future__ import annotations

from spark_jobs.models.forecast.columns import EVIDENCE, INPUTS, OUTPUTS
from spark_jobs.models.frame import Column, Model, Option

MODELS = (
    Model(
        name="diesel-forecast",
        modules=(143,),
        title="Flow and emission of heavy diesel trucks at roads and key points",
        title_zh="道路及重点点位重型柴油车流量、排放预测",
        compute="spark_jobs.models.diesel_forecast.run:compute",
        inputs=(
            *INPUTS,
            Column(
                "parent_id",
                "text",
                "",
                "series of which this one is a part: point → road → city",
                "上级序列编号",
                absence="the series stands alone and is not reconciled",
            ),
        ),
        outputs=OUTPUTS,
        options=(
            Option("horizon", "integer", "periods to forecast: up to 168 hours or 12 months", default=168),
            Option("outage_run", "integer", "zeros in a row that count as a detector's outage; 0: none", default=12),
        ),
        sources=(
            *EVIDENCE,
            "Wickramasuriya, Athanasopoulos and Hyndman 2019, J. Am. Stat. Assoc. 114 (reconciliation)",
            "State Council's holiday notices, as kept by the Python package chinesecalendar (MIT)",
        ),
        card="diesel-forecast.md",
        notes=("Make-up working days (调休) are working days; a year without a published calendar has weekends only.",),
    ),
)
