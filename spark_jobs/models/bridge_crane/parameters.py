"""Parameters of crane kinds: expert values with the range they are drawn from; none has a verified source yet."""

from __future__ import annotations

from dataclasses import dataclass

from spark_jobs.models.codes import CodeList
from spark_jobs.models.frame import Setting

SOURCE = "engineering value without a source"
GRAVITY = 9.80665  # m/s², standard acceleration of gravity (CGPM 1901)
KJ_PER_KWH = 3600.0  # by definition


@dataclass(frozen=True)
class Parameter:
    """One quantity: unit, meaning, and whether a crane file may give it. Bounds are physical."""

    name: str
    unit: str
    doc: str
    zh: str
    low: float
    high: float


PARAMETERS: dict[str, Parameter] = {
    p.name: p
    for p in (
        Parameter("spreader_t", "t", "spreader, head block or hook with ropes", "吊具质量", 0, 60),
        Parameter("trolley_t", "t", "trolley", "小车质量", 0, 200),
        Parameter("crane_t", "t", "what travels with the gantry or bridge, without the load", "大车质量", 0, 4000),
        Parameter("hoist_loaded_m_per_s", "m/s", "hoisting speed with load", "满载起升速度", 0.01, 5),
        Parameter("hoist_empty_m_per_s", "m/s", "hoisting speed without load", "空载起升速度", 0.01, 8),
        Parameter("trolley_m_per_s", "m/s", "trolley speed", "小车速度", 0.01, 10),
        Parameter("gantry_m_per_s", "m/s", "gantry or bridge speed", "大车速度", 0.01, 10),
        Parameter("acceleration_m_per_s2", "m/s2", "acceleration of all drives", "加速度", 0.01, 3),
        Parameter(
            "rotating_share", "1", "inertia of motors and drums over that of the moved mass", "转动惯量系数", 0, 3
        ),
        Parameter("trolley_friction", "1", "rolling resistance of the trolley", "小车阻力系数", 0, 0.1),
        Parameter("gantry_friction", "1", "rolling resistance of the gantry (rail or tyre)", "大车阻力系数", 0, 0.1),
        Parameter("efficiency_supply", "1", "transformer and cable", "供电效率", 0.01, 1),
        Parameter("efficiency_drive", "1", "inverter and motor", "变频电机效率", 0.01, 1),
        Parameter("efficiency_gear", "1", "gearbox, ropes and sheaves", "传动效率", 0.01, 1),
        Parameter("regeneration", "1", "share of braking power fed back (rest: resistors)", "回馈比例", 0, 1),
        Parameter("auxiliary_kw", "kW", "lights, control, cooling while working", "辅助功率", 0, 500),
        Parameter("dwell_s", "s", "locking, waiting and positioning per move", "辅助时间", 0, 3600),
        Parameter("boom_t", "t", "boom, quay cranes only", "臂架质量", 0, 500),
        Parameter("boom_rise_m", "m", "rise of the boom's centre of mass when it is raised", "臂架重心升高", 0, 100),
        Parameter("hoist_m", "m", "lift of a move where the log has none", "起升高度", 0, 100),
        Parameter("trolley_m", "m", "one-way trolley travel of a move where the log has none", "小车行程", 0, 200),
        Parameter("gantry_m", "m", "gantry travel of a move where the log has none", "大车行程", 0, 2000),
    )
}

# kind → parameter → (value, low, high); low and high bound the sensitivity analysis.
_VALUES: dict[str, dict[str, tuple[float, float, float]]] = {
    "quay": {
        "spreader_t": (15, 10, 20), "trolley_t": (30, 15, 80), "crane_t": (1400, 900, 2000),
        "hoist_loaded_m_per_s": (1.5, 1.0, 1.6), "hoist_empty_m_per_s": (3.0, 2.0, 3.2), "trolley_m_per_s": (4, 3, 4.5),
        "gantry_m_per_s": (0.75, 0.6, 0.9), "acceleration_m_per_s2": (0.6, 0.4, 0.9), "rotating_share": (0.3, 0.1, 0.6),
        "trolley_friction": (0.006, 0.004, 0.010), "gantry_friction": (0.007, 0.005, 0.012),
        "efficiency_supply": (0.97, 0.94, 0.99), "efficiency_drive": (0.91, 0.86, 0.94),
        "efficiency_gear": (0.92, 0.85, 0.95),
        "regeneration": (0.8, 0.0, 1.0), "auxiliary_kw": (40, 20, 80), "dwell_s": (40, 20, 90),
        "boom_t": (130, 90, 180),
        "boom_rise_m": (28, 20, 40), "hoist_m": (25, 12, 45), "trolley_m": (45, 30, 70), "gantry_m": (1, 0, 10),
    },
    "rmg": {
        "spreader_t": (11, 8, 14), "trolley_t": (30, 20, 50), "crane_t": (250, 150, 450),
        "hoist_loaded_m_per_s": (0.5, 0.3, 0.75), "hoist_empty_m_per_s": (1.0, 0.6, 1.5),
        "trolley_m_per_s": (1.2, 1, 2),
        "gantry_m_per_s": (2.0, 0.7, 4.5), "acceleration_m_per_s2": (0.35, 0.2, 0.5), "rotating_share": (0.3, 0.1, 0.6),
        "trolley_friction": (0.006, 0.004, 0.010), "gantry_friction": (0.007, 0.005, 0.012),
        "efficiency_supply": (0.97, 0.94, 0.99), "efficiency_drive": (0.90, 0.85, 0.94),
        "efficiency_gear": (0.92, 0.85, 0.95),
        "regeneration": (0.8, 0.0, 1.0), "auxiliary_kw": (20, 8, 40), "dwell_s": (40, 20, 90), "boom_t": (0, 0, 0),
        "boom_rise_m": (0, 0, 0), "hoist_m": (12, 6, 20), "trolley_m": (15, 5, 35), "gantry_m": (30, 0, 120),
    },
    "rtg": {
        "spreader_t": (10, 8, 13), "trolley_t": (25, 15, 35), "crane_t": (130, 100, 180),
        "hoist_loaded_m_per_s": (0.4, 0.25, 0.55), "hoist_empty_m_per_s": (0.85, 0.5, 1.1),
        "trolley_m_per_s": (1.2, 1, 1.4),
        "gantry_m_per_s": (2.0, 1.5, 2.5), "acceleration_m_per_s2": (0.3, 0.15, 0.5), "rotating_share": (0.3, 0.1, 0.6),
        "trolley_friction": (0.006, 0.004, 0.010), "gantry_friction": (0.020, 0.012, 0.030),
        "efficiency_supply": (0.97, 0.94, 0.99), "efficiency_drive": (0.90, 0.85, 0.94),
        "efficiency_gear": (0.92, 0.85, 0.95),
        "regeneration": (0.0, 0.0, 1.0), "auxiliary_kw": (15, 8, 30), "dwell_s": (40, 20, 90), "boom_t": (0, 0, 0),
        "boom_rise_m": (0, 0, 0), "hoist_m": (12, 6, 18), "trolley_m": (12, 5, 22), "gantry_m": (20, 0, 100),
    },
    "overhead": {
        "spreader_t": (1, 0.2, 4), "trolley_t": (8, 2, 30), "crane_t": (35, 10, 120),
        "hoist_loaded_m_per_s": (0.15, 0.05, 0.4), "hoist_empty_m_per_s": (0.3, 0.1, 0.8),
        "trolley_m_per_s": (0.6, 0.3, 1.2),
        "gantry_m_per_s": (1.2, 0.5, 2.0), "acceleration_m_per_s2": (0.2, 0.1, 0.4), "rotating_share": (0.5, 0.2, 1.0),
        "trolley_friction": (0.008, 0.005, 0.015), "gantry_friction": (0.008, 0.005, 0.015),
        "efficiency_supply": (0.97, 0.94, 0.99), "efficiency_drive": (0.85, 0.75, 0.92),
        "efficiency_gear": (0.88, 0.80, 0.94),
        "regeneration": (0.0, 0.0, 1.0), "auxiliary_kw": (3, 1, 8), "dwell_s": (60, 20, 180), "boom_t": (0, 0, 0),
        "boom_rise_m": (0, 0, 0), "hoist_m": (6, 2, 15), "trolley_m": (8, 2, 20), "gantry_m": (20, 0, 80),
    },
}  # fmt: skip

KINDS = CodeList(
    "crane kind",
    {
        "quay": "ship-to-shore quay crane (岸边集装箱起重机)",
        "rmg": "rail-mounted gantry crane (轨道式龙门起重机)",
        "rtg": "rubber-tyred gantry crane (轮胎式龙门起重机)",
        "overhead": "overhead travelling crane (桥式起重机)",
    },
    {"STS": "quay", "quay crane": "quay", "quay-side": "quay", "rail-mounted": "rmg", "tyre-mounted": "rtg",
     "rail-mounted gantry crane": "rmg", "tyre-mounted gantry": "rtg", "rubber-tired gantry": "rtg", "ARTG": "rtg",
     "rubber-tyred": "rtg", "overhead crane": "overhead", "bridge crane": "overhead",
     "岸桥": "quay", "ship-to-shore": "quay", "ASC": "rmg", "ARMG": "rmg",
     "rail mounted gantry": "rmg", "轨道吊": "rmg", "rubber tyred gantry": "rtg", "ERTG": "rtg", "轮胎吊": "rtg",
     "bridge": "overhead", "EOT": "overhead", "桥吊": "overhead", "行车": "overhead"},
)  # fmt: skip


def value(kind: str, name: str) -> float:
    """Expert value of a parameter for a kind."""
    return _VALUES[kind][name][0]


def span(kind: str, name: str) -> tuple[float, float]:
    """Range of a parameter for a kind."""
    return _VALUES[kind][name][1:]


SD_MODEL = Setting("SD_CRANE_MODEL", 0.20, "1", "relative standard uncertainty of a modelled move", SOURCE, False)
GENSET = Setting(
    "GENSET_DIESEL", 0.25, "kg/kWh", "diesel of a genset per electricity where power_source is diesel", SOURCE, False
)
SHIFT_HOURS = Setting("SHIFT_LENGTH", 8.0, "h", "shifts start at local midnight", SOURCE, False)
SETTINGS = (
    SD_MODEL,
    GENSET,
    SHIFT_HOURS,
    *(
        Setting(f"{kind}.{name}", values[0], PARAMETERS[name].unit,
                f"{PARAMETERS[name].doc}, {values[1]:g} to {values[2]:g}", SOURCE, False)
        for kind, table in _VALUES.items()
        for name, values in table.items()
    ),
)  # fmt: skip
