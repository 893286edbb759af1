"""Fuel below 3,000 ft by type: engine flows of the ICAO databank, or of EMEP/EEA where it holds no such engine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from factor_library.library import library
from spark_jobs.models.frame import FloatArray

_SECONDS_PER_MINUTE = 60.0


@dataclass(frozen=True)
class LtoTimes:
    """Minutes of the ICAO landing and take-off cycle (Annex 16 Vol II)."""

    take_off: float
    climb_out: float
    approach: float
    idle: float


@cache
def lto_times() -> LtoTimes:
    """The reference times, from the factor library."""
    minutes = [library().value(f"AV_LTO_TIM_{mode}", "min") for mode in ("TO", "CO", "APP", "IDLE")]
    return LtoTimes(*minutes)


def lto_fuel_kg(take_off: FloatArray, climb_out: FloatArray, approach: FloatArray, idle: FloatArray) -> FloatArray:
    """Fuel (kg) of the reference cycle from the four flows (kg/s), per engine."""
    t = lto_times()
    seconds = take_off * t.take_off + climb_out * t.climb_out + approach * t.approach + idle * t.idle
    return seconds * _SECONDS_PER_MINUTE


@dataclass(frozen=True)
class LtoFlows:
    """By type, all engines together: fuel (kg) of take-off with climb-out, of approach, and taxi flow (kg/min)."""

    take_off_kg: FloatArray
    approach_kg: FloatArray
    taxi_kg_per_min: FloatArray


@cache
def type_flows() -> LtoFlows:
    """Flows of every row of ``aviation_aircraft_types``, in its order.

    Raises:
        KeyError: a type names an engine or an EMEP/EEA type that is not in the tables.
    """
    rows = library().table("aviation_aircraft_types").to_pylist()
    engines = {row["name"]: row for row in library().table("aviation_icao_engine_lto").to_pylist()}
    values = [_databank(row, engines[row["engine"]]) if row["engine"] else _emep(row["eea_type"]) for row in rows]
    return LtoFlows(*np.array(values, dtype=np.float64).T)


def _databank(row: dict, engine: dict) -> tuple[float, float, float]:
    t = lto_times()
    seconds = row["engines"] * _SECONDS_PER_MINUTE
    take_off = engine["ff_to"] * t.take_off + engine["ff_co"] * t.climb_out
    return seconds * take_off, seconds * engine["ff_app"] * t.approach, seconds * engine["ff_idl"]


@cache
def _emep_phases() -> dict[tuple[str, str], float]:
    rows = library().table("aviation_eea2009_fuel").to_pylist()
    return {(row["type"], row["phase"]): row["fuel_kg"] for row in rows}


def _emep(name: str) -> tuple[float, float, float]:
    phases = _emep_phases()
    take_off, approach = phases[name, "takeoff"] + phases[name, "climbout"], phases[name, "approach_landing"]
    return take_off, approach, (phases[name, "taxi_out"] + phases[name, "taxi_in"]) / lto_times().idle
