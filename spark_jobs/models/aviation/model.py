"""The aviation models as `lake model` shows them."""

from __future__ import annotations

from spark_jobs.models.aviation import settings
from spark_jobs.models.aviation.columns import CARBON, FLIGHT, FUEL, FUEL_HIGH, FUEL_LOW, PHASE_FUEL, TIER, TYPE
from spark_jobs.models.frame import REASON_COLUMN, Column, Model, Setting

_PACKAGE = "spark_jobs.models.aviation"
_SETTINGS = tuple(value for value in vars(settings).values() if isinstance(value, Setting))
_SOURCES = (
    "FEAT: Seymour et al., Transportation Research D 88 (2020) 102528, coefficients of 133 types",
    "Poll and Schumann, The Aeronautical Journal 125 (2021) 257 and 296, 129 (2025), parameters of 68 types",
    "ICAO Aircraft Engine Emissions Databank; ICAO Annex 16 Vol II reference cycle; EMEP/EEA 2009 for turboprops",
    "ICAO Carbon Emissions Calculator methodology: distance correction, passenger and freight split",
    "ICAO Annex 16 Vol IV (CORSIA): 3.16 kg CO2 per kg of jet fuel",
)


def _time(name: str, doc: str, zh: str, absence: str) -> Column:
    return Column(name, "time", "", doc, zh, absence=absence)


FLIGHTS = Model(
    name="aviation",
    modules=(134,),
    title="Fuel and CO2 of flights by phase, from records",
    title_zh="航班记录分阶段燃油与碳排放",
    compute=f"{_PACKAGE}.flights:compute",
    inputs=(
        FLIGHT, TYPE,
        Column("tail", "text", "", "registration; kept for the reader", "机号"),
        Column("origin", "text", "", "IATA or ICAO code", "起飞机场", absence="distance_km, else from the times alone"),
        Column("destination", "text", "", "IATA or ICAO code", "到达机场", absence="as origin"),
        Column("distance_km", "number", "km", "great circle between the airports", "大圆距离", low=0, high=20_040,
               absence="from origin and destination"),
        _time("off_block_at", "leaves the gate", "撤轮挡时间", "usual taxi-out time"),
        _time("takeoff_at", "leaves the ground", "起飞时间", "off-block and usual taxi time, else ICAO's detour"),
        _time("landing_at", "touches the ground", "落地时间", "on-block and usual taxi time, else ICAO's detour"),
        _time("on_block_at", "reaches the gate", "挡轮挡时间", "usual taxi-in time"),
        Column("passengers", "number", "1", "passengers on board", "旅客人数", low=0, high=900,
               absence="usual load factor; no CO2 per passenger"),
        Column("freight_kg", "number", "kg", "freight and mail", "货邮重量", low=0, high=300_000,
               absence="usual belly freight of wide bodies; all CO2 is the passengers'"),
        Column("seats", "number", "1", "seats of this aircraft", "座位数", low=0, high=900, absence="usual for the type"),
        Column("apu_min", "number", "min", "auxiliary power unit running for this flight", "APU运行时间", low=0,
               high=1_440, absence="usual time"),
    ),
    outputs=(
        FLIGHT, TYPE, FUEL, *PHASE_FUEL, FUEL_LOW, FUEL_HIGH, *CARBON,
        Column("passenger_share", "number", "1", "share of CO2 that is the passengers'", "旅客分摊比例"),
        Column("co2_kg_per_passenger", "number", "kg", "CO2 per passenger", "人均二氧化碳"),
        Column("co2_kg_per_tkm", "number", "kg/(t·km)", "CO2 of freight per tonne and great-circle kilometre",
               "货运单位周转量二氧化碳"),
        Column("fuel_kg_per_air_h", "number", "kg/h", "fuel over hours in the air", "空中小时油耗"),
        Column("distance_km", "number", "km", "great circle", "大圆距离"),
        Column("air_distance_km", "number", "km", "equivalent distance in still air", "静风等效距离"),
        TIER, REASON_COLUMN,
    ),
    sources=_SOURCES,
    settings=_SETTINGS,
    notes=("A distance of zero without time in the air is no flight: zero fuel.",
           "Types of aviation gasoline get fuel but no CO2: the CORSIA factor set has no such fuel."),
    card="aviation.md",
)  # fmt: skip

MODELS = (FLIGHTS,)
