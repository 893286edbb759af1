"""Columns of the aviation models."""

from __future__ import annotations

from spark_jobs.models.aviation import types
from spark_jobs.models.frame import Column

FLIGHT = Column("flight_id", "text", "", "flight", "航班标识", needed=True)
TYPE = Column("aircraft_type", "text", "", "ICAO type designator, or a usual name", "机型", needed=True,
              codes=types.code_list)  # fmt: skip
_PHASES = (
    ("taxi_out", "taxi from the gate", "滑出"), ("takeoff", "take-off and climb-out to 3,000 ft", "起飞和初始爬升"),
    ("climb", "climb above 3,000 ft", "爬升"), ("cruise", "cruise", "巡航"),
    ("descent", "descent to 3,000 ft", "下降"), ("approach", "approach and landing below 3,000 ft", "进近着陆"),
    ("taxi_in", "taxi to the gate", "滑入"), ("apu", "auxiliary power unit at the gate", "辅助动力装置"),
)  # fmt: skip
FUEL = Column("fuel_kg", "number", "kg", "all fuel of the flight, the sum of the phases", "燃油")
PHASE_FUEL = tuple(Column(f"{name}_fuel_kg", "number", "kg", doc, zh + "燃油") for name, doc, zh in _PHASES)
FUEL_LOW = Column("fuel_low_95_kg", "number", "kg", "lower end of the 95 % interval", "燃油95%区间下限")
FUEL_HIGH = Column("fuel_high_95_kg", "number", "kg", "upper end", "燃油95%区间上限")
CARBON = (
    Column("co2_kg", "number", "kg", "CO2 of the fuel (3.16 kg per kg of jet fuel, CORSIA)", "二氧化碳"),
    Column("co2_low_95_kg", "number", "kg", "lower end of its 95 % interval", "二氧化碳95%区间下限"),
    Column("co2_high_95_kg", "number", "kg", "upper end", "二氧化碳95%区间上限"),
    Column(
        "co2e_ar6_kg",
        "number",
        "kg",
        "CO2, CH4, N2O with AR6 GWP-100; no effects of flying high",
        "二氧化碳当量（AR6）",
    ),
    Column("factor_ids", "text", "", "factors used", "采用的因子"),
)
TIER = Column("tier", "text", "", "what was known and used", "方法层级")
