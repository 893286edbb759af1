"""`lake model bridge-crane`: columns and options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spark_jobs.models.bridge_crane.parameters import KINDS, PARAMETERS, SETTINGS
from spark_jobs.models.codes import CodeList
from spark_jobs.models.frame import REASON_COLUMN, Column, Model, Option

SOURCES = CodeList(
    "power source", {"grid": "shore electricity (电网)", "diesel": "diesel genset on the crane (柴油机组)"}
)
KIND = Column("kind", "text", "", "crane kind", "起重机类型", needed=True, codes=KINDS)
CRANE = Column("crane_id", "text", "", "crane", "起重机标识", needed=True)


def _path(name: str) -> Column:
    p = PARAMETERS[name]
    text = "one-way travel" if name == "trolley_m" else "lift, up and down again" if name == "hoist_m" else "travel"
    return Column(
        name, "number", "m", text, p.zh, low=0, high=p.high, absence="the crane's, else the kind's usual path"
    )


INPUTS = (
    Column("move_id", "text", "", "move, or a label of a row of totals", "作业标识", needed=True),
    CRANE,
    KIND,
    Column("mass_t", "number", "t", "load below the spreader; mean load where moves > 1", "载荷质量",
           needed=True, low=0, high=1000),
    _path("hoist_m"),
    _path("trolley_m"),
    _path("gantry_m"),
    Column("time", "time", "", "when", "时间", absence="factors of 2026-01-01; no shift"),
    Column("moves", "number", "moves", "moves the row stands for (totals)", "作业次数", low=0, absence="one move"),
    Column("teu", "number", "TEU", "containers moved", "标准箱数", low=0, absence="nothing per TEU"),
    Column("boom_cycles", "number", "", "raisings of the boom, quay cranes only", "臂架俯仰次数", low=0,
           absence="boom stays down"),
    Column("power_source", "text", "", "grid or diesel", "动力来源", codes=SOURCES, absence="grid"),
)  # fmt: skip
CRANES = (
    CRANE,
    *(Column(p.name, "number", p.unit, p.doc, p.zh, low=p.low, high=p.high, absence="value of the kind, unverified")
      for p in PARAMETERS.values()),
)  # fmt: skip
_ENERGY = (
    Column("electricity_kwh", "number", "kWh", "drawn less fed back, at the grid connection", "净用电量"),
    Column("electricity_hoist_kwh", "number", "kWh", "drawn by the hoist", "起升用电"),
    Column("electricity_trolley_kwh", "number", "kWh", "drawn by the trolley", "小车用电"),
    Column("electricity_gantry_kwh", "number", "kWh", "drawn by the gantry or bridge", "大车用电"),
    Column("electricity_boom_kwh", "number", "kWh", "drawn by the boom", "臂架俯仰用电"),
    Column("electricity_auxiliary_kwh", "number", "kWh", "drawn by auxiliaries", "辅助用电"),
    Column("regenerated_kwh", "number", "kWh", "fed back by braking drives", "回馈电量"),
    Column("electricity_kwh_per_move", "number", "kWh", "net electricity a move", "单次作业用电"),
    Column("electricity_kwh_per_teu", "number", "kWh", "net electricity a TEU", "单箱用电"),
    Column("diesel_kg", "number", "kg", "diesel where power_source is diesel", "柴油消耗"),
    Column("hours", "number", "h", "working time", "作业时间"),
    Column("co2_kg", "number", "kg", "CO2 of electricity (chosen series) and diesel", "二氧化碳排放量"),
    Column("co2_low_95_kg", "number", "kg", "lower end of its 95 % interval", "95%区间下限"),
    Column("co2_high_95_kg", "number", "kg", "upper end", "95%区间上限"),
    Column("tier", "text", "", "method tier", "方法层级"),
    Column("factor_ids", "text", "", "ids of the emission factors used", "排放因子标识"),
    REASON_COLUMN,
)
BY_MOVE = (Column("move_id", "text", "", "move", "作业标识"), CRANE, KIND, *_ENERGY)
SUMMED = (
    CRANE,
    KIND,
    Column("shift", "text", "", "local date and shift, with --by shift", "班次"),
    Column("moves", "number", "moves", "moves", "作业次数"),
    *_ENERGY,
)
SENSITIVITY = (
    Column("kind", "text", "", "crane kind", "起重机类型"),
    Column("parameter", "text", "", "parameter, most important first", "参数"),
    Column("unit", "text", "", "its unit", "单位"),
    Column("low", "number", "", "range it was varied over", "下限"),
    Column("high", "number", "", "the same", "上限"),
    Column("method", "text", "", "sobol or morris", "方法"),
    Column("mean_load_t", "number", "t", "mean load of the log", "平均载荷"),
    Column("first_order", "number", "1", "Sobol index, alone", "一阶指数"),
    Column("total_order", "number", "1", "Sobol index, with interactions", "总阶指数"),
    Column("total_order_ci", "number", "1", "half of its 95 % interval", "总阶指数区间"),
    Column("mu_star", "number", "kWh", "Morris: mean absolute effect over the range", "平均绝对效应"),
    Column("sigma", "number", "kWh", "Morris: its spread (interaction, curvature)", "效应离散"),
)


def _outputs(values: Mapping[str, Any]) -> tuple[Column, ...]:
    if values.get("sensitivity"):
        return SENSITIVITY
    return BY_MOVE if values.get("by", "move") == "move" else SUMMED


CRANE_MODEL = Model(
    name="bridge-crane",
    modules=(140,),
    title="Electricity and CO2 of bridge-type cranes",
    title_zh="桥式类起重机能耗与碳排放",
    compute="spark_jobs.models.bridge_crane.compute:compute",
    inputs=INPUTS,
    outputs=BY_MOVE,
    options=(
        Option("cranes", "file", "parameters of own cranes", columns=CRANES),
        Option("by", "text", "grain of the output (move)", default="move", choices=("move", "shift", "crane")),
        Option("series", "text", "electricity factor series (sh_guide)", default="sh_guide",
               choices=("sh_guide", "mee_province", "ets_national")),
        Option("sensitivity", "text", "instead: which parameters matter most", choices=("sobol", "morris")),
        Option("seed", "integer", "seed of the sensitivity sample (1)", default=1, low=0),
    ),
    settings=SETTINGS,
    sources=(
        "mechanics: lift m g h, kinetic energy, rolling friction, over the chain of efficiencies (library: CRANE)",
        "parameters: engineering values WITHOUT a verified source; energy bounds are tested",
        "Sobol 2001, Saltelli 2010, Morris 1991, as implemented by SALib (MIT)",
    ),
    notes=(
        "With --by shift or crane the output has crane_id, kind, shift, moves and sums of the same columns.",
        "With --sensitivity the output has one row per crane kind and parameter.",
    ),
    card="bridge-crane.md",
    outputs_of=_outputs,
)  # fmt: skip

MODELS = (CRANE_MODEL,)
