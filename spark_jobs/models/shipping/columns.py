"""Columns of the shipping models."""

from __future__ import annotations

from dataclasses import replace

from spark_jobs.models.codes import CodeList
from spark_jobs.models.frame import Column
from spark_jobs.models.shipping import fuels, ship_types

ENGINES = CodeList(
    "engine type",
    {
        "SSD": "slow-speed diesel, ≤ 300 rpm (低速柴油机)",
        "MSD": "medium-speed diesel (中速柴油机)",
        "HSD": "high-speed diesel, > 900 rpm (高速柴油机)",
        "LNG-Otto-MS": "four-stroke dual fuel, Otto cycle (中速双燃料)",
        "LBSI": "lean-burn spark-ignited gas engine (稀燃气体机)",
        "gas_turbine": "gas turbine (燃气轮机)",
        "steam_turbine": "steam turbine (蒸汽轮机)",
    },
    {
        "slow speed diesel": "SSD",
        "medium speed diesel": "MSD",
        "high speed diesel": "HSD",
        "GT": "gas_turbine",
        "ST": "steam_turbine",
        "LNG": "LNG-Otto-MS",
    },
)
AREAS = CodeList(
    "area",
    {"port": "within a port (港区)", "anchorage": "within an anchorage (锚地)"},
    {"harbour": "port", "harbor": "port", "anchor": "anchorage"},
)

SHIP_ID = Column("ship_id", "text", "", "IMO number or local id", "船舶标识", needed=True)
SHIP_TYPE = Column(
    "ship_type", "text", "", "type by its IMO, EU-MRV or GHG-study name", "船型", needed=True, codes=ship_types.CODES
)
DEADWEIGHT = Column(
    "deadweight_t",
    "number",
    "t",
    "deadweight at summer draught",
    "载重吨",
    low=1,
    high=600_000,
    absence="types measured by GT still compute; others get a reason",
)
GROSS = Column(
    "gross_tonnage",
    "number",
    "GT",
    "gross tonnage (ITC 1969)",
    "总吨",
    low=1,
    high=400_000,
    absence="by ratio to deadweight for types measured by GT (ro-ro, ro-pax, vehicle, passenger ships), tier 4",
)
DISTANCE = Column("distance_nm", "number", "nm", "distance over ground", "航行距离", low=0, high=250_000)
HOURS = Column(
    "hours_under_way",
    "number",
    "h",
    "time under way",
    "在航时间",
    low=0,
    high=8_800,
    absence="speed by type: a share of the reference speed, wider interval",
)
DRAUGHT = Column(
    "draught_m",
    "number",
    "m",
    "actual draught; 0 is AIS for not available",
    "实际吃水",
    low=0,
    high=30,
    absence="design draught is taken",
)
YEAR = Column("year", "integer", "year", "calendar year of the report", "年份", low=1990, high=2100)

SHIPS = (
    SHIP_ID,
    SHIP_TYPE,
    DEADWEIGHT,
    GROSS,
    Column(
        "main_engine_kw",
        "number",
        "kW",
        "installed main-engine power (MCR)",
        "主机功率",
        low=1,
        high=150_000,
        absence="MEPC.333(76) regression by type and size",
    ),
    Column(
        "reference_speed_kn",
        "number",
        "kn",
        "speed in calm water at design draught with the main engine at MCR "
        "(container ships above 14,500 TEU: 75 %, cruise ships: 70 % of MCR)",
        "基准航速",
        low=1,
        high=60,
        absence="MEPC.333(76) regression by type and size, at 75 % of MCR",
    ),
    Column(
        "design_draught_m",
        "number",
        "m",
        "design (scantling) draught",
        "设计吃水",
        low=0.1,
        high=30,
        absence="positions: the ship's deepest draught in the file; voyages: no draught correction",
    ),
    Column(
        "engine_type",
        "text",
        "",
        "main-engine type",
        "主机类型",
        codes=ENGINES,
        absence="SSD; MSD for passenger, service, offshore ships; HSD inland; dual fuel where the fuel is LNG",
    ),
    Column(
        "fuel",
        "text",
        "",
        "fuel at sea",
        "燃料",
        codes=fuels.CODES,
        absence="hfo; lng for LNG carriers, mdo for inland ships",
    ),
    Column(
        "built_year",
        "integer",
        "year",
        "year of build",
        "建造年份",
        low=1850,
        high=2100,
        absence="specific consumption of engines from 2001 on",
    ),
    Column("teu", "number", "TEU", "container capacity", "箱位", low=1, high=30_000, absence="deadweight by a ratio"),
    Column(
        "capacity_m3",
        "number",
        "m3",
        "cargo volume of gas carriers",
        "舱容",
        low=1,
        high=400_000,
        absence="deadweight by a ratio",
    ),
    Column(
        "sfc_main_g_per_kwh",
        "number",
        "g/kWh",
        "specific consumption of the main engine at its best load",
        "主机油耗率",
        low=80,
        high=500,
        absence="GHG4 table 19 by engine, fuel and age",
    ),
    Column(
        "sfc_auxiliary_g_per_kwh",
        "number",
        "g/kWh",
        "of auxiliary engines",
        "辅机油耗率",
        low=80,
        high=500,
        absence="GHG4 table 19",
    ),
    Column(
        "sfc_boiler_g_per_kwh", "number", "g/kWh", "of boilers", "锅炉油耗率", low=80, high=600, absence="GHG4 table 19"
    ),
    Column(
        "shore_power", "flag", "", "auxiliary power at berth comes from shore", "使用岸电", absence="no shore power"
    ),
)

TIER = Column("tier", "text", "", "method tier, 1 best", "方法层级")
CO2 = Column("co2_t", "number", "t", "CO2, tank to wake", "二氧化碳排放量")
CO2_LOW = Column("co2_low_95_t", "number", "t", "lower end of the 95 % interval of co2_t", "95%区间下限")
CO2_HIGH = Column("co2_high_95_t", "number", "t", "upper end of the 95 % interval of co2_t", "95%区间上限")
FUEL_TOTAL = Column("fuel_t", "number", "t", "all fuel burnt, tonnes as burnt", "燃料消耗合计")
FACTORS = Column("factor_ids", "text", "", "ids of the emission factors used", "排放因子标识")


def needed(column: Column) -> Column:
    """The same column, needed."""
    return replace(column, needed=True)
