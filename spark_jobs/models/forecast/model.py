"""`lake model forecast`: any series of energy or CO2, 1 to 24 periods ahead, shared by the modules that forecast."""

from __future__ import annotations

from spark_jobs.models.codes import CodeList
from spark_jobs.models.forecast.columns import EVIDENCE, INPUTS, OUTPUTS
from spark_jobs.models.frame import Column, Model, Option

DRIVER_CODES = CodeList(
    "driver",
    {"economy": "经济增长", "tourism": "旅游需求", "technology": "技术进步", "policy": "政策措施"},
    {"gdp": "economy", "经济": "economy", "旅游": "tourism", "技术": "technology", "政策": "policy"},
)
DRIVERS = (
    Column("scenario", "text", "", "name of the scenario", "情景", needed=True),
    Column("driver", "text", "", "what drives it", "驱动因素", needed=True, codes=DRIVER_CODES),
    Column("series_id", "text", "", "series it acts on", "序列编号", absence="acts on every series"),
    Column("period", "text", "", "period it acts on, of the series' grain", "期间", absence="acts on every period"),
    Column(
        "change",
        "number",
        "share",
        "change of the driver against the baseline; 0.03 is +3 %",
        "变化率",
        needed=True,
        low=-0.99,
    ),
    Column("elasticity", "number", "", "percent of the series per percent of the driver", "弹性系数", needed=True),
    Column(
        "elasticity_se", "number", "", "its standard error", "弹性标准误", low=0, absence="the interval is not widened"
    ),
)

MODELS = (
    Model(
        name="forecast",
        modules=(36, 56, 65, 79, 85, 92),
        title="Forecast of any series of energy or CO2, with scenarios and 90 % intervals",
        title_zh="能耗与碳排放通用预测（含情景与区间）",
        compute="spark_jobs.models.forecast.run:compute",
        inputs=INPUTS,
        outputs=(Column("scenario", "text", "", "baseline, or a scenario of --drivers", "情景"), *OUTPUTS),
        options=(
            Option("horizon", "integer", "periods to forecast, 1 to 24 is what it is made for", default=12),
            Option("drivers", "file", "scenarios: changes of drivers and elasticities", columns=DRIVERS),
        ),
        sources=EVIDENCE,
        card="forecast.md",
        notes=(
            "Elasticities are the user's: none is shipped, since none here has a verified source.",
            "Where no candidate beats the seasonal naive by 2 % over the rolling origins, the seasonal naive is given.",
        ),
    ),
)
