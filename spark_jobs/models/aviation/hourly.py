"""`lake model aviation-hourly`: fuel and CO2 per hour by phase, by type and scenario."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from factor_library.library import library
from spark_jobs.models.aviation import mission, types
from spark_jobs.models.aviation import performance as perf
from spark_jobs.models.aviation import settings as s
from spark_jobs.models.aviation.anchor import anchor, flow_ratio, in_service
from spark_jobs.models.aviation.carbon import carbon_columns
from spark_jobs.models.aviation.engines import lto_times, type_flows
from spark_jobs.models.aviation.flights import type_index
from spark_jobs.models.frame import FloatArray, Frame, Options, arrow, choose

PHASES = ("taxi", "takeoff", "climb", "cruise", "descent", "approach", "block")
_MINUTES_PER_HOUR, _KMH_PER_KNOT = 60.0, 1.852


def compute(frame: Frame, options: Options) -> pa.Table:
    """One row a scenario and phase; ``block`` is the flight from gate to gate. Scenarios keep their order."""
    index = type_index(frame)
    known = np.maximum(index, 0)
    wide = types.is_wide()[known]
    distance = frame.number("distance_km")
    distance = np.where(
        np.isfinite(distance), distance, np.where(wide, s.REFERENCE_LONG.value, s.REFERENCE_SHORT.value)
    )
    tas = _tas_kmh(frame, known)
    wind = np.nan_to_num(frame.number("headwind_kt")) * _KMH_PER_KNOT
    frame.refuse(wind >= s.LARGEST_WIND_SHARE.value * tas, "headwind_kt is too near the air speed of this type")
    air_km = distance * tas / np.maximum(tas - wind, 1.0)
    hours, fuel = _flight(frame, known, air_km)
    taxi_min = frame.number("taxi_min")
    taxi_h = np.where(np.isfinite(taxi_min), taxi_min, s.TAXI_OUT.value + s.TAXI_IN.value) / _MINUTES_PER_HOUR
    taxi_flow = type_flows().taxi_kg_per_min[known] * _MINUTES_PER_HOUR
    hours["taxi"], fuel["taxi"] = taxi_h, taxi_flow * taxi_h
    hours["block"], fuel["block"] = (np.sum(list(of.values()), axis=0) for of in (hours, fuel))
    per_hour = {name: _over(fuel[name], hours[name]) for name in PHASES}
    per_hour["taxi"] = taxi_flow
    return _long(frame, known, hours, fuel, per_hour)


def _tas_kmh(frame: Frame, known: npt.NDArray[np.int32]) -> FloatArray:
    """Cruise TAS by type, at the given altitude where there is performance data."""
    position = types.performance_index()[known]
    level = frame.number("cruise_altitude_ft")
    usual = anchor().altitude_ft[known, -1]
    level = np.where(np.isfinite(level), level, np.nan_to_num(usual, nan=s.LEVEL_LEAST.value))
    frame.refuse((position >= 0) & (level > perf.airframes().max_flight_level[position] * 100),
                 "cruise_altitude_ft is above the ceiling of this type")  # fmt: skip
    flown = mission.cruise_mach(perf.airframes().take(np.maximum(position, 0))) * perf.sound_ms(level)
    return np.where(position >= 0, flown * 3.6, types.numbers("cruise_tas_kt")[known] * _KMH_PER_KNOT)


def _flight(
    frame: Frame, known: npt.NDArray[np.int32], air_km: FloatArray
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Hours and fuel (kg) of the phases in the air."""
    lto, times = type_flows(), lto_times()
    rows = len(known)
    hours = {
        "takeoff": np.full(rows, (times.take_off + times.climb_out) / _MINUTES_PER_HOUR),
        "approach": np.full(rows, times.approach / _MINUTES_PER_HOUR),
    }
    fuel = {"takeoff": lto.take_off_kg[known].copy(), "approach": lto.approach_kg[known].copy()}
    position = types.performance_index()[known]
    flown = np.flatnonzero(position >= 0)
    trip = mission.fly(
        perf.airframes().take(position[flown]), air_km[flown], _payload_kg(frame, known)[flown],
        altitude_ft=frame.number("cruise_altitude_ft")[flown],
    )  # fmt: skip
    tables = anchor()
    below = lto.take_off_kg[known] + lto.approach_kg[known]
    rest = np.maximum(tables.at(tables.air_kg, known, air_km) - below, 0.0)
    air_h = tables.at(tables.air_h, known, air_km) - hours["takeoff"] - hours["approach"]
    ratio = flow_ratio()[known[flown]]
    for name in ("climb", "cruise", "descent"):
        share = tables.at(getattr(tables, name), known, air_km)
        fuel[name], hours[name] = rest * share, np.maximum(air_h, 0.0) * _time_share(name)
        fuel[name][flown] = getattr(trip, f"{name}_kg") * ratio
        hours[name][flown] = getattr(trip, f"{name}_h")
    for name in fuel:
        fuel[name] = fuel[name] * in_service()
    order = PHASES[1:-1]
    return {name: hours[name] for name in order}, {name: fuel[name] for name in order}


def _time_share(name: str) -> float:
    """Share of the time above 3,000 ft, for types without performance data."""
    ends = s.CLIMB_TIME_SHARE.value
    return 1 - 2 * ends if name == "cruise" else ends


def _payload_kg(frame: Frame, known: npt.NDArray[np.int32]) -> FloatArray:
    factor = frame.number("load_factor")
    usual = types.usual_payload_kg()[known]
    per_passenger = library().value("AV_PAXMASS", "kg/passenger incl. baggage")
    change = (factor - s.LOAD_FACTOR.value) * types.numbers("seats")[known] * per_passenger
    return usual + np.nan_to_num(change)


def _over(kg: FloatArray, hours: FloatArray) -> FloatArray:
    return np.divide(kg, hours, out=np.full_like(kg, np.nan), where=hours > 0)


def _long(
    frame: Frame, known: npt.NDArray[np.int32], hours: dict[str, FloatArray], fuel: dict[str, FloatArray],
    per_hour: dict[str, FloatArray],
) -> pa.Table:  # fmt: skip
    count, each = len(known), len(PHASES)
    ok = np.repeat(frame.usable, each)

    def long(columns: dict[str, FloatArray]) -> FloatArray:
        return np.where(ok, np.stack([columns[name] for name in PHASES], axis=1).ravel(), np.nan)

    rate = long(per_hour)
    carbon = carbon_columns(rate, np.zeros(len(rate)), np.repeat(types.is_piston()[known], each))
    flown = types.performance_index()[known] >= 0
    own = types.has_own("performance_type")[known]
    tier = choose(own, "1 flown with own performance", choose(flown, "2 flown with a relative's performance",
                  "3 by distance: load and altitude have no effect"))  # fmt: skip
    repeat = {name: np.repeat(frame.text(name), each) for name in ("scenario", "aircraft_type")}
    return arrow(
        {
            "row": np.repeat(np.arange(1, count + 1), each), **repeat,
            "phase": np.tile(np.array(PHASES, dtype=object), count),
            "fuel_kg_per_h": rate, "co2_kg_per_h": carbon["co2_kg"], "co2e_ar6_kg_per_h": carbon["co2e_ar6_kg"],
            "hours": long(hours), "fuel_kg": long(fuel), "factor_ids": carbon["factor_ids"],
            "tier": np.repeat(choose(frame.usable, tier), each), "reason": np.repeat(frame.reasons, each),
        }
    )  # fmt: skip
