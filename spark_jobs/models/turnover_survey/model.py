"""`lake model turnover-survey`: columns and options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spark_jobs.models.frame import REASON_COLUMN, Column, Model, Option

STRATUM = Column("stratum", "text", "", "stratum: type, size or trade", "层", needed=True)
SHIP = Column("ship_id", "text", "", "ship", "船舶标识", needed=True)
SHIPS = Column(
    "ships", "number", "ships", "ships in the population of the stratum", "层内船舶数", needed=True, low=1, high=1e9
)

PLAN_IN = (
    STRATUM,
    SHIPS,
    Column("mean", "number", "any", "expected mean of the surveyed figure per ship", "均值", needed=True,
           low=-1e15, high=1e15),
    Column("standard_deviation", "number", "as mean", "expected standard deviation within the stratum", "标准差",
           needed=True, low=0, high=1e15, aliases=("standard deviation", "sd", "std", "stdev", "s")),
    Column("cost", "number", "any", "cost of asking one ship", "单位成本", low=1e-9, high=1e12, aliases=("unit_cost",),
           absence="one for every stratum: optimal is then Neyman"),
)  # fmt: skip
PLAN_OUT = (
    STRATUM,
    SHIPS,
    Column("sample_size", "integer", "ships", "answers needed", "样本量"),
    Column("ships_to_ask", "integer", "ships", "sample size over the response rate, at most all", "抽取船舶数"),
    Column("weight", "number", "", "ships over ships to ask", "设计权数"),
    Column("expected_mean", "number", "as mean", "mean, of all strata in TOTAL", "预期均值"),
    Column("expected_standard_error", "number", "as mean", "standard error of that mean", "预期标准误"),
    Column("expected_relative_half_width", "number", "share", "planned precision: half interval over mean", "计划精度"),
    Column("cost", "number", "as cost", "cost of the ships to ask", "成本"),
    REASON_COLUMN,
)
DRAW_IN = (STRATUM, SHIP)
DRAW_OUT = (
    STRATUM,
    SHIP,
    Column("drawn", "flag", "", "to be asked", "是否抽中"),
    Column("weight", "number", "", "N_h / n_h of drawn ships", "设计权数"),
    REASON_COLUMN,
)
ESTIMATE_IN = (
    STRATUM,
    SHIP,
    Column("co2_t", "number", "t", "CO2 of the ship in the survey period", "二氧化碳排放量", low=0,
           absence="the ship did not answer"),
    Column("turnover_tnm", "number", "t·nm", "turnover of the ship in the period", "周转量", low=0,
           absence="the ship did not answer"),
    Column("weight", "number", "", "design weight N_h / n_h, of drawn ships", "设计权数", low=0,
           absence="--strata gives the sizes; without either the sample counts as the population: no error is left"),
)  # fmt: skip


def _figures(name: str, unit: str, text: str, zh: str) -> tuple[Column, ...]:
    return (
        Column(name, "number", unit, text, zh),
        Column(f"{name}_se", "number", unit, "its standard error", f"{zh}标准误"),
        Column(f"{name}_low", "number", unit, "lower end of its interval", f"{zh}区间下限"),
        Column(f"{name}_high", "number", unit, "upper end of its interval", f"{zh}区间上限"),
    )


ESTIMATE_OUT = (
    STRATUM,
    SHIPS,
    Column("drawn", "number", "ships", "ships drawn; in refusal rows: ships refused", "抽取数"),
    Column("answered", "number", "ships", "ships with both figures", "应答数"),
    Column("response_rate", "number", "share", "answered over drawn", "应答率"),
    *_figures("intensity_g_per_tnm", "g/(t·nm)", "combined ratio of CO2 to turnover", "碳强度"),
    *_figures("co2_t", "t", "CO2 of the population, by expansion", "二氧化碳总量"),
    *_figures("turnover_tnm", "t·nm", "turnover of the population, by expansion", "周转量总量"),
    *_figures("combined_ratio_co2_t", "t", "CO2 by combined ratio × known turnover", "联合比估计排放量"),
    *_figures("separate_ratio_co2_t", "t", "CO2 by stratum ratios × known turnover", "分别比估计排放量"),
    Column("design_effect", "number", "", "variance of the intensity over that of a simple random sample", "设计效应"),
    Column("achieved_relative_half_width", "number", "share", "achieved precision of the intensity", "达到精度"),
    Column("planned_relative_half_width", "number", "share", "--precision", "计划精度"),
    REASON_COLUMN,
)
STRATA_FILE = (
    STRATUM,
    SHIPS,
    Column("turnover_total_tnm", "number", "t·nm", "known turnover of the stratum", "已知周转量", low=0,
           absence="no ratio estimate of the total"),
)  # fmt: skip
PLAN_FILE = (
    STRATUM,
    Column(
        "ships_to_ask", "number", "ships", "as written by plan", "抽取船舶数", low=0, absence="sample_size is taken"
    ),
    Column("sample_size", "number", "ships", "answers needed", "样本量", low=0, absence="ships_to_ask is taken"),
)
_IN = {"plan": PLAN_IN, "draw": DRAW_IN, "estimate": ESTIMATE_IN}
_OUT = {"plan": PLAN_OUT, "draw": DRAW_OUT, "estimate": ESTIMATE_OUT}


def mode_of(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, str]:
    """The mode, from the columns where it is not given: ``ships`` plans, ``co2_t`` estimates, else a draw."""
    if values.get("mode"):
        return {}
    columns = {name.strip().lower() for name in names}
    return {"mode": "estimate" if "co2_t" in columns else "draw" if "ship_id" in columns else "plan"}


SURVEY = Model(
    name="turnover-survey",
    modules=(139,),
    title="Sampling survey of ship turnover intensity: plan, draw, estimate",
    title_zh="船舶周转量碳强度抽样调查",
    compute="spark_jobs.models.turnover_survey.compute:compute",
    inputs=ESTIMATE_IN,
    outputs=ESTIMATE_OUT,
    options=(
        Option("mode", "text", "what to do; else told from the columns", choices=("plan", "draw", "estimate")),
        Option("precision", "number", "plan: wanted relative half-width of the interval (0.05)", default=0.05,
               low=1e-6, high=10),
        Option("confidence", "number", "confidence of intervals (0.95)", default=0.95,
               low=0.5, high=0.9999),
        Option("allocation", "text", "plan: how the sample is shared (neyman)", default="neyman",
               choices=("neyman", "optimal", "proportional", "equal")),
        Option("size", "integer", "plan: this many answers instead of a precision", low=1),
        Option("budget", "number", "plan: spend this instead of a precision", low=0),
        Option("response_rate", "number", "plan: expected share of ships that answer (1)", default=1.0, low=0.01,
               high=1),
        Option("plan", "file", "draw: output of plan", columns=PLAN_FILE),
        Option("seed", "integer", "draw: seed of the random numbers (1)", default=1, low=0),
        Option("strata", "file", "estimate: ships, and turnover where known, by stratum", columns=STRATA_FILE),
    ),
    sources=(
        "Cochran 1977, Sampling Techniques, 3rd ed.: equations 5.6, 5.13, 5.23, 5.25, 5.26, 6.44, 6.48; section 5.8",
        "Lohr 2019, Sampling: Design and Analysis, chapters 3, 4, 8 (non-response weighting classes)",
        "Kish 1965, Survey Sampling: design effect",
        "GB/T 46531-2025 annexes B and C are the subject; their text was not at hand and is not followed [unverified]",
    ),
    notes=(
        "A ship without co2_t or turnover_tnm is a non-answer: the weights of its stratum's answers are raised.",
        "Intervals are Student's t with answers minus strata degrees of freedom.",
    ),
    card="turnover-survey.md",
    inputs_of=lambda values: _IN[values["mode"]],
    outputs_of=lambda values: _OUT[values["mode"]],
    values_of=mode_of,
)  # fmt: skip

MODELS = (SURVEY,)
