"""Columns, settings and sources that the three road models share."""

from __future__ import annotations

from spark_jobs.models.frame import REASON_COLUMN, Column, Setting
from spark_jobs.models.road.vehicles import FUELS, STAGES, class_codes

_EXPERT = "expert judgement, no published value at hand"
DEFAULT_LOAD = Setting("default_load_factor", 0.5, "share", "load where none is given", _EXPERT, False)
LIGHT_T = Setting("light_vehicle_t", 4.5, "t", "classes up to this gross mass get cold starts", _EXPERT, False)
_SD_REPORTED = Setting("sd_reported", 0.02, "relative, k=1", "of reported fuel or charge", _EXPERT, False)
_SD_SPEED = Setting("sd_speed_function", 0.15, "relative, k=1", "of a vehicle's speed function", _EXPERT, False)
_SD_RATE = Setting("sd_rate", 0.25, "relative, k=1", "of a class's rate per distance", _EXPERT, False)
SETTINGS = (DEFAULT_LOAD, LIGHT_T, _SD_REPORTED, _SD_SPEED, _SD_RATE)
DEFAULT_STAGE = "V"  # the stage that most of the registered fleet has passed; said in the cards

REPORTED, SPEED, RATE = "T3 reported", "T2 speed function", "T1 rate"
SD = {REPORTED: _SD_REPORTED.value, SPEED: _SD_SPEED.value, RATE: _SD_RATE.value}

_USED = (
    ("diesel_l", "L", "diesel", "柴油"),
    ("petrol_l", "L", "petrol", "汽油"),
    ("lng_kg", "kg", "liquefied natural gas", "液化天然气"),
    ("cng_m3", "m3", "compressed natural gas, at standard state", "压缩天然气"),
    ("hydrogen_kg", "kg", "hydrogen", "氢气"),
    ("electricity_kwh", "kWh", "electricity charged", "充电量"),
)


def inputs(kind: str) -> tuple[Column, ...]:
    """Input columns of a kind of transport (coach, urban-passenger, road-freight)."""
    return (
        Column("vehicle_id", "text", "", "vehicle", "车辆编号", needed=True),
        Column("fuel", "text", "", "what the vehicle runs on", "燃料", needed=True, codes=FUELS),
        Column(
            "mass_class",
            "text",
            "",
            "class",
            "车型",
            absence="from mass_t; without it the default class",
            codes=lambda: class_codes(kind),
        ),
        Column(
            "mass_t",
            "number",
            "t",
            "permitted gross mass",
            "总质量",
            absence="the class's own function",
            low=0.5,
            high=150,
        ),
        Column(
            "emission_standard", "text", "", "stage I to VI", "排放阶段", absence=f"stage {DEFAULT_STAGE}", codes=STAGES
        ),
        Column(
            "distance_km", "number", "km", "distance driven", "行驶里程", absence="needed where no fuel is given", low=0
        ),
        Column(
            "mean_speed_kmh",
            "number",
            "km/h",
            "mean speed, stops included",
            "平均速度",
            absence="T1: a rate per distance",
            low=0.1,
            high=150,
        ),
        Column("load_factor", "number", "share", "share of the payload", "载荷率", absence="0.5", low=0, high=1),
        Column(
            "slope_percent", "number", "%", "mean slope; held within ±6", "坡度", absence="level road", low=-30, high=30
        ),
        Column(
            "temperature_c",
            "number",
            "°C",
            "outside air",
            "气温",
            absence="no correction for cabin, battery and cold start",
            low=-50,
            high=60,
        ),
        *(
            Column(
                name,
                "number",
                unit,
                f"{doc} used, metered or reported",
                f"{zh}实际用量",
                absence="modelled from the distance",
                low=0,
            )
            for name, unit, doc, zh in _USED
        ),
    )


OUTPUTS = (
    Column("vehicle_id", "text", "", "vehicle", "车辆编号"),
    *(Column(name, "number", unit, f"{doc} used", zh) for name, unit, doc, zh in _USED),
    Column("co2_kg", "number", "kg", "tank-to-wheel CO2; electricity has no tailpipe", "二氧化碳（油箱到车轮）"),
    Column("co2_low_95_kg", "number", "kg", "lower end of the 95 % interval", "95%区间下限"),
    Column("co2_high_95_kg", "number", "kg", "upper end of the 95 % interval", "95%区间上限"),
    Column(
        "co2e_wtw_ar6_kg",
        "number",
        "kg",
        "well-to-wheel CO2e (AR6); empty where no upstream factor is known",
        "油井到车轮二氧化碳当量（AR6）",
    ),
    Column("co2e_wtw_ar6_low_95_kg", "number", "kg", "lower end of its 95 % interval", "95%区间下限"),
    Column("co2e_wtw_ar6_high_95_kg", "number", "kg", "upper end of its 95 % interval", "95%区间上限"),
    Column("tier", "text", "", f"{REPORTED}, {SPEED} or {RATE}", "方法层级"),
    Column("factor_ids", "text", "", "factors used", "所用因子"),
    REASON_COLUMN,
)
SOURCES = (
    "EMEP/EEA air pollutant emission inventory guidebook 2019, 1.A.3.b.i-iv, appendix 4 (COPERT energy functions)",
    "EMEP/EEA guidebook, cold start of light vehicles (table copert_cold_start; average trip length unverified)",
    "Lyu, Cai et al. 2021, road CO2 factors of China (rates per distance, second-hand)",
    "Planning values of electric vehicles (unverified); RD_EF_LNG_HDT (unverified)",
    "Henning, Thomas and Smyth 2019 (electric and fuel-cell buses in the cold); AAA 2019 (electric cars)",
    "NDRC guideline fuel properties; densities (unverified)",
)
