"""`lake model diesel-regional` as shown on the command line."""

from __future__ import annotations

from spark_jobs.models.diesel_regional import parameters, settings
from spark_jobs.models.frame import REASON_COLUMN, Column, Model, Option
from spark_jobs.models.road.vehicles import STAGES

_VEHICLE = Column("vehicle_id", "text", "", "truck", "车辆标识", needed=True)
_TIME = Column("time", "time", "", "time of the fix", "时间", needed=True)
_HOURS = Column("hours", "number", "h", "time covered by intervals between fixes", "时长")
_KM = Column("distance_km", "number", "km", "distance, from the speeds", "行驶里程")
_FUEL = Column("fuel_kg", "number", "kg", "diesel burnt", "柴油消耗")
_CO2 = Column("co2_kg", "number", "kg", "CO2, tank to wheel", "二氧化碳排放")
_NOX = Column("nox_g", "number", "g", "NOx of driving by the 2014 guide; empty for VI and for idling", "氮氧化物排放")
_PM = Column("pm_g", "number", "g", "PM10 of driving by the 2014 guide; empty for VI and for idling", "颗粒物排放")

DIESEL_REGIONAL = Model(
    name="diesel-regional",
    modules=(144,),
    title="Fuel, CO2, NOx and PM of heavy diesel trucks from positions, second by second or at 30 s",
    title_zh="区域重型柴油货车能耗与排放",
    compute="spark_jobs.models.diesel_regional.run:compute",
    inputs=(
        _VEHICLE, _TIME,
        Column("speed_kmh", "number", "km/h", "speed at the fix", "速度", needed=True, low=0, high=200),
        Column("altitude_m", "number", "m", "altitude", "海拔", low=-500, high=6000, absence="the road is level"),
        Column("latitude_deg", "number", "deg", "latitude", "纬度", low=-90, high=90,
               absence="frozen speeds are not found out"),
        Column("longitude_deg", "number", "deg", "longitude", "经度", low=-180, high=180,
               absence="frozen speeds are not found out"),
        Column("mass_t", "number", "t", "actual mass with load", "总质量", low=0.5, high=200,
               absence="typical mass of the class, wider interval"),
        Column("mass_class", "text", "", "class of the truck", "质量分级", codes=parameters.class_codes,
               absence="by mass_t, else gt_12t"),
        Column("emission_standard", "text", "", "emission stage", "排放标准", codes=STAGES, absence="no NOx, no PM"),
        Column("trace_id", "text", "", "trace of the truck; a new one breaks the track", "轨迹标识",
               absence="one track a truck"),
        Column("engine_on", "flag", "", "engine running", "发动机运行",
               absence="running; a silence longer than MAX_GAP is taken as off"),
    ),
    outputs=(
        _VEHICLE, Column("hour_start", "time", "", "start of the local hour, with --by hour", "小时"),
        Column("h3", "text", "", "H3 cell, with --by cell; empty where the place is unknown", "网格"),
        Column("positions", "integer", "", "fixes used", "使用点数"),
        Column("refused_positions", "integer", "", "fixes that could not be used", "未用点数"), _HOURS, _KM,
        Column("idle_hours", "number", "h", "of these at rest", "静止时长"),
        Column("silent_hours", "number", "h", "silences longer than MAX_GAP, not in hours", "信号中断时长"), _FUEL,
        Column("fuel_low_95_kg", "number", "kg", "lower end of the 95 % interval of fuel_kg", "柴油消耗95%区间下限"),
        Column("fuel_high_95_kg", "number", "kg", "upper end", "柴油消耗95%区间上限"), _CO2,
        Column("co2_low_95_kg", "number", "kg", "lower end of the 95 % interval of co2_kg", "95%区间下限"),
        Column("co2_high_95_kg", "number", "kg", "upper end", "95%区间上限"), _NOX, _PM,
        Column("tier", "text", "", "method tier, 1 best", "方法层级"),
        Column("factor_ids", "text", "", "ids of the emission factors used", "排放因子标识"), REASON_COLUMN,
    ),
    point_outputs=(
        _VEHICLE, _TIME, _HOURS, _KM, Column("speed_used_kmh", "number", "km/h", "mean, after cleaning", "采用速度"),
        Column("slope_percent", "number", "%", "slope used", "采用坡度"),
        Column("wheel_power_kw", "number", "kW", "power at the wheels", "轮边功率"),
        Column("operating_mode", "integer", "", "MOVES operating mode", "运行工况"), _FUEL, _CO2, _NOX, _PM,
        Column("break", "flag", "", "a silence longer than MAX_GAP ends here", "中断"), REASON_COLUMN,
    ),
    options=(
        Option("points", "flag", "one row per input row, in the same order", default=False),
        Option("by", "text", "a row per vehicle, or per vehicle and hour or H3 cell", default="vehicle",
               choices=("vehicle", "hour", "cell")),
        Option("resolution", "integer", "H3 resolution of the cells", default=8, low=0, high=15),
    ),
    settings=settings.ALL,
    sources=(
        "US EPA MOVES5 (movesdb20241112): SourceUseTypePhysics (road load), OperatingMode, diesel energy content",
        "NREL T3CO (BSD-3) and FASTSim (Apache-2.0): maps and particulars of two class 8 trucks; cycles",
        "道路机动车大气污染物排放清单编制技术指南（试行）, 2014 No. 92: NOx, PM10 (as in R package vein)",
        "Collier et al. 2019, doi 10.1177/0361198119834548: 79 trucks, 0.058 gal/bhp-h (check only)",
    ),
    notes=("One parameter set for a fleet of mixed age; nothing is fitted to measured trucks.",
           "Between fixes farther apart than a second the unseen work is modelled from the change of acceleration."),
    card="diesel-regional.md",
)  # fmt: skip

MODELS = (DIESEL_REGIONAL,)
