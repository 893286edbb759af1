"""The shipping models as `lake model` shows them."""

from __future__ import annotations

from spark_jobs.models.frame import REASON_COLUMN, Column, Model, Option
from spark_jobs.models.shipping import settings
from spark_jobs.models.shipping.columns import (
    AREAS,
    CO2,
    CO2_HIGH,
    CO2_LOW,
    DEADWEIGHT,
    DISTANCE,
    DRAUGHT,
    FACTORS,
    FUEL_TOTAL,
    GROSS,
    HOURS,
    SHIP_ID,
    SHIP_TYPE,
    SHIPS,
    TIER,
    YEAR,
    needed,
)
from spark_jobs.models.shipping.fuels import FUEL_COLUMNS

_PACKAGE = "spark_jobs.models.shipping"
_CARGO = Column(
    "cargo_t", "number", "t", "cargo on board", "载货量", low=0, high=600_000, absence="no intensity per t·nm"
)
_MAIN = Column("main_fuel_t", "number", "t", "fuel of the main engine", "主机燃料")
_AUXILIARY = Column("auxiliary_fuel_t", "number", "t", "fuel of auxiliary engines", "辅机燃料")
_BOILER = Column("boiler_fuel_t", "number", "t", "fuel of boilers", "锅炉燃料")
_SHORE = Column(
    "shore_power_kwh", "number", "kWh", "electricity taken from shore at berth; not in fuel or CO2", "岸电用电量"
)
_PER_NM = Column("co2_kg_per_nm", "number", "kg/nm", "CO2 per nautical mile", "单位航程二氧化碳排放")
_SHIPS_OPTION = Option("ships", "file", "particulars of the ships", columns=SHIPS)

_GHG4 = (
    "Fourth IMO GHG Study 2020: equations 8, 10, 11; tables 16 (phases), 17 (auxiliary, boiler), 19 (consumption), "
    "20 (low load); seen in public copies",
    "IMO MEPC.333(76), appendix: MCR_avg and V_ref,avg by type and size, for absent particulars",
    "IMO MEPC.364(79): carbon factors",
)
_CII = (
    "IMO MEPC.352(78) attained CII, MEPC.353(78) reference lines, MEPC.354(78) rating boundaries (printed as exp(d))",
    "IMO MEPC.338(76) and MEPC.400(83): reduction factors 2019–2030",
)

CII = Model(
    name="cii",
    modules=(135,),
    title="Carbon intensity indicator of ships: attained, required, rating, boundaries",
    title_zh="船舶碳强度指标（CII）",
    compute=f"{_PACKAGE}.cii:compute",
    inputs=(
        SHIP_ID, SHIP_TYPE, DEADWEIGHT, GROSS, needed(YEAR), needed(DISTANCE), *FUEL_COLUMNS, _CARGO,
        Column("transport_work_tnm", "number", "t·nm", "transport work of the year", "周转量", low=0,
               absence="cargo_t × distance, else no EEOI"),
        Column("excluded_co2_t", "number", "t", "CO2 left out by MEPC.355(78): voyage adjustments, cargo heating …",
               "可扣除的二氧化碳", low=0, absence="nothing is left out"),
        Column("excluded_distance_nm", "number", "nm", "distance left out by MEPC.355(78)", "可扣除的航程", low=0,
               absence="nothing is left out"),
        Column("capacity_correction", "number", "1", "f_i f_m f_c f_iVSE of MEPC.355(78), multiplies capacity",
               "载运能力修正系数", low=0.5, high=3, absence="1"),
    ),
    outputs=(
        SHIP_ID, YEAR,
        Column("capacity", "number", "t or GT", "what attained CII divides by", "载运能力"),
        Column("capacity_unit", "text", "", "DWT or GT", "载运能力单位"),
        Column("attained", "number", "g/(t·nm)", "attained CII (per GT·nm for types measured by GT)", "实际碳强度"),
        Column("attained_low_95", "number", "g/(t·nm)", "lower end of its 95 % interval", "95%区间下限"),
        Column("attained_high_95", "number", "g/(t·nm)", "upper end", "95%区间上限"),
        Column("required", "number", "g/(t·nm)", "required CII of the year", "要求碳强度"),
        Column("reference", "number", "g/(t·nm)", "reference line of 2019", "基准线碳强度"),
        Column("rating", "text", "", "A to E", "评级"),
        *(Column(f"boundary_{n}", "number", "g/(t·nm)", text, zh) for n, text, zh in (
            (1, "superior boundary: below it A", "A/B分界"), (2, "lower boundary: below it B", "B/C分界"),
            (3, "upper boundary: below it C", "C/D分界"), (4, "inferior boundary: below it D", "D/E分界"))),
        CO2, _PER_NM,
        Column("aer_g_per_dwtnm", "number", "g/(t·nm)", "annual efficiency ratio, per deadweight", "年度能效比"),
        Column("cgdist_g_per_gtnm", "number", "g/(GT·nm)", "cgDIST, per gross tonnage", "cgDIST指标"),
        Column("eeoi_g_per_tnm", "number", "g/(t·nm)", "energy efficiency operational indicator, per cargo",
               "营运能效指数"),
        TIER, FACTORS, REASON_COLUMN,
    ),
    sources=(*_CII, _GHG4[2]),
    settings=(settings.SD_FACTOR,),
    notes=("What MEPC.355(78) lets a ship leave out or correct is taken from three columns, not reckoned here.",
           "Fixed capacities (279,000 t, 65,000 t, 57,700 GT) hold for the reference line only."),
    card="cii.md",
)  # fmt: skip

VOYAGES = Model(
    name="shipping-voyages",
    modules=(135,),
    title="Fuel and CO2 of voyages",
    title_zh="船舶航次能耗与碳排放",
    compute=f"{_PACKAGE}.voyages:compute",
    inputs=(
        SHIP_ID, Column("voyage_id", "text", "", "voyage", "航次标识"), needed(DISTANCE), HOURS, _CARGO, DRAUGHT,
        Column("hours_berth", "number", "h", "time at berth to add",
               "靠泊时间", low=0, high=8_800, absence="no berth fuel"),
        *FUEL_COLUMNS,
    ),
    outputs=(
        SHIP_ID, Column("voyage_id", "text", "", "voyage", "航次标识"), FUEL_TOTAL, _MAIN, _AUXILIARY, _BOILER,
        CO2, CO2_LOW, CO2_HIGH, _PER_NM,
        Column("co2_g_per_tnm", "number", "g/(t·nm)", "CO2 per cargo and distance", "单位周转量二氧化碳排放"),
        TIER, FACTORS, REASON_COLUMN,
    ),
    options=(_SHIPS_OPTION,),
    sources=_GHG4,
    settings=settings.POWER_SETTINGS,
    notes=("Tier 1 needs no --ships; tiers 2 and 3 do.",
           "A row with any fuel column is tier 1: list all fuels it burnt."),
    card="shipping-voyages.md",
)  # fmt: skip

YEARLY = Model(
    name="shipping-year",
    modules=(135,),
    title="CO2 per nautical mile of a ship-year from particulars",
    title_zh="按船舶参数估算年度单位航程碳排放",
    compute=f"{_PACKAGE}.year:compute",
    inputs=(
        SHIP_ID, SHIP_TYPE, DEADWEIGHT, GROSS, DISTANCE, HOURS, YEAR,
        *(column for column in SHIPS if column not in (SHIP_ID, SHIP_TYPE, DEADWEIGHT, GROSS)),
    ),
    outputs=(
        SHIP_ID, _PER_NM,
        Column("co2_low_95_kg_per_nm", "number", "kg/nm", "lower end of the 95 % interval of one ship-year",
               "95%区间下限"),
        Column("co2_high_95_kg_per_nm", "number", "kg/nm", "upper end", "95%区间上限"),
        Column("fuel_kg_per_nm", "number", "kg/nm", "fuel per nautical mile", "单位航程燃料"),
        FUEL_TOTAL, CO2, Column("speed_kn", "number", "kn", "speed used", "采用航速"), TIER, FACTORS, REASON_COLUMN,
    ),
    sources=(*_CII, *_GHG4),
    settings=settings.ALL,
    notes=("fuel_t and co2_t need distance_nm; per nautical mile nothing but type and size is needed.",),
    card="shipping-year.md",
)  # fmt: skip

POSITIONS = Model(
    name="shipping-positions",
    modules=(135,),
    title="Fuel and CO2 of ships from AIS positions",
    title_zh="基于AIS船位的船舶能耗与碳排放",
    compute=f"{_PACKAGE}.positions:compute",
    inputs=(
        SHIP_ID,
        Column("time", "time", "", "time of the fix", "时间", needed=True),
        Column("latitude_deg", "number", "deg", "WGS-84", "纬度", needed=True, low=-90, high=90),
        Column("longitude_deg", "number", "deg", "WGS-84", "经度", needed=True, low=-180, high=180),
        Column("speed_kn", "number", "kn", "speed over ground; 102.2 and more is AIS for not available", "航速", low=0,
               high=102.3, absence="distance over time between fixes"),
        DRAUGHT,
        Column("area", "text", "", "port, anchorage or empty", "区域", codes=AREAS,
               absence="nothing is at berth: stopped ships count as anchored"),
        Column("eca", "flag", "", "within an emission control area: oil-fuelled ships burn mdo there", "排放控制区",
               absence="the ship's own fuel everywhere"),
    ),
    outputs=(
        SHIP_ID, Column("phase", "text", "", "cruise, slow, manoeuvre, anchor, berth; gap is silence", "航行状态"),
        Column("positions", "integer", "", "positions that end an interval in the phase", "船位数"),
        Column("hours", "number", "h", "time in the phase", "时长"), DISTANCE, _MAIN, _AUXILIARY, _BOILER, FUEL_TOTAL,
        CO2, CO2_LOW, CO2_HIGH, _SHORE, TIER, FACTORS, REASON_COLUMN,
    ),
    point_outputs=(
        SHIP_ID, Column("time", "time", "", "time of the fix", "时间"),
        Column("phase", "text", "", "phase since the fix before", "航行状态"),
        Column("hours", "number", "h", "time since the fix before", "时长"), DISTANCE,
        Column("speed_used_kn", "number", "kn", "mean of both fixes", "采用航速"),
        Column("main_load", "number", "1", "load of the main engine", "主机负荷"), _MAIN, _AUXILIARY, _BOILER,
        FUEL_TOTAL, CO2, _SHORE, REASON_COLUMN,
    ),
    options=(
        Option("ships", "file", "particulars of the ships", needed=True, columns=SHIPS),
        Option("points", "flag", "one row per input row, in the same order", default=False),
    ),
    sources=_GHG4,
    settings=settings.POWER_SETTINGS,
    card="shipping-positions.md",
)  # fmt: skip

MODELS = (CII, VOYAGES, YEARLY, POSITIONS)
