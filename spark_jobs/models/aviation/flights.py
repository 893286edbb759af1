"""`lake model aviation`: fuel and CO2 of flights by phase, from records."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from factor_library.library import library
from spark_jobs.models.aviation import settings as s
from spark_jobs.models.aviation import types
from spark_jobs.models.aviation.airports import airport_distance_km, usual_extra_km
from spark_jobs.models.aviation.anchor import anchor, in_service
from spark_jobs.models.aviation.carbon import carbon_columns, co2_kg
from spark_jobs.models.aviation.engines import type_flows
from spark_jobs.models.frame import BoolArray, FloatArray, Frame, Options, arrow, choose
from spark_jobs.models.interval import combined, lognormal_95

_MINUTES_PER_HOUR, _SECONDS_PER_MINUTE, _SECONDS_PER_HOUR = 60.0, 60.0, 3600.0
PHASES = ("taxi_out", "takeoff", "climb", "cruise", "descent", "approach", "taxi_in", "apu")


@dataclass(frozen=True)
class Times:
    """Minutes of taxi and hours in the air, with what is measured, taken from block times, or usual."""

    taxi_out_min: FloatArray
    taxi_in_min: FloatArray
    air_h: FloatArray
    taxi_known: BoolArray
    air_measured: BoolArray
    air_from_block: BoolArray


@dataclass(frozen=True)
class Distance:
    """Great circle (NaN where unknown), equivalent still-air distance, where the latter comes from, relative sd."""

    great_circle_km: FloatArray
    air_km: FloatArray
    source: npt.NDArray[np.object_]
    sd: FloatArray


def compute(frame: Frame, options: Options) -> pa.Table:
    """One row per input row, same order."""
    index = type_index(frame)
    known = np.maximum(index, 0)
    times = _times(frame)
    distance = _distance(frame, known, times)
    payload, given = _payload(frame, known)
    fuel = _phases(frame, known, times, distance, payload)
    usable = frame.usable
    fuel = {name: np.where(usable, kg, np.nan) for name, kg in fuel.items()}
    total = np.sum(list(fuel.values()), axis=0)
    sd = combined(_sd_type(known), distance.sd, _sd_taxi(fuel, total, times))
    low, high = lognormal_95(total, sd)
    tier = choose(usable, _tier(known, distance, times, given))
    return arrow(
        {
            "flight_id": frame.text("flight_id"), "aircraft_type": frame.text("aircraft_type"),
            "fuel_kg": total, **{f"{name}_fuel_kg": kg for name, kg in fuel.items()},
            "fuel_low_95_kg": low, "fuel_high_95_kg": high,
            **carbon_columns(total, sd, types.is_piston()[known]),
            **_intensity(frame, known, total, distance, times),
            "distance_km": np.where(usable, distance.great_circle_km, np.nan),
            "air_distance_km": np.where(usable, distance.air_km, np.nan),
            "tier": tier, "reason": frame.reasons,
        }
    )  # fmt: skip


def type_index(frame: Frame) -> npt.NDArray[np.int32]:
    """Position of each row's type in ``types.designators``; −1 where there is none."""
    codes, names = frame.index("aircraft_type")
    return np.append(types.positions(names), -1).astype(np.int32)[codes]


def _times(frame: Frame) -> Times:
    off, up, down, on = (frame.seconds(n) for n in ("off_block_at", "takeoff_at", "landing_at", "on_block_at"))
    out_min, in_min = (up - off) / _SECONDS_PER_MINUTE, (on - down) / _SECONDS_PER_MINUTE
    frame.refuse(out_min < 0, "takeoff_at is before off_block_at")
    frame.refuse(in_min < 0, "on_block_at is before landing_at")
    frame.refuse(down < up, "landing_at is before takeoff_at")
    frame.refuse(on < off, "on_block_at is before off_block_at")
    taxi_known = np.isfinite(out_min) & np.isfinite(in_min)
    taxi_out = np.where(np.isfinite(out_min), out_min, s.TAXI_OUT.value)
    taxi_in = np.where(np.isfinite(in_min), in_min, s.TAXI_IN.value)
    start = np.where(np.isfinite(up), up, off + taxi_out * _SECONDS_PER_MINUTE)
    end = np.where(np.isfinite(down), down, on - taxi_in * _SECONDS_PER_MINUTE)
    air = (end - start) / _SECONDS_PER_HOUR
    measured = np.isfinite(up) & np.isfinite(down)
    too_short = np.isfinite(air) & ~measured & (air <= 0)
    frame.refuse(too_short, "times leave no flight once usual taxi times are taken off; give takeoff_at and landing_at")
    frame.refuse(air > s.LONGEST_FLIGHT.value, "more hours in the air than any flight; check the dates and --tz")
    return Times(taxi_out, taxi_in, air, taxi_known, measured, np.isfinite(air) & ~measured)


def _distance(frame: Frame, known: npt.NDArray[np.int32], times: Times) -> Distance:
    given = frame.number("distance_km")
    great = np.where(np.isfinite(given), given, airport_distance_km(frame))
    unknown = ~np.isfinite(great) & ~np.isfinite(times.air_h)
    frame.refuse(unknown, "no distance: give distance_km, or origin and destination, or takeoff_at and landing_at")
    same = (great < s.SHORTEST_FLIGHT.value) & ~np.isfinite(given) & ~np.isfinite(times.air_h)
    frame.refuse(same, "origin and destination are one place; give takeoff_at and landing_at")
    still = anchor().still_air_distance_km(known, np.nan_to_num(times.air_h))
    usual = great + usual_extra_km(np.nan_to_num(great))
    most = s.EQUIVALENT_HIGH.value * great + s.EQUIVALENT_EXTRA.value
    bounded = np.clip(still, s.EQUIVALENT_LOW.value * great, most)
    beyond = np.isfinite(times.air_h) & (bounded != still) & np.isfinite(great)
    weight = np.where(times.air_measured, 1.0, np.where(times.air_from_block, s.BLOCK_WEIGHT.value, 0.0))
    air = np.where(np.isfinite(great), weight * np.nan_to_num(bounded) + (1 - weight) * usual, still)
    air = np.where(times.air_measured & ~np.isfinite(great), still, air)
    circuit = times.air_measured & (great < s.SHORTEST_FLIGHT.value) & (times.air_h > 0)
    air = np.where(circuit, still, air)
    idle = (great == 0) & ~(times.air_h > 0)
    air = np.where(idle, 0.0, air)
    source = choose(times.air_measured, "air time", choose(times.air_from_block, "block time", "usual detour"))
    source = choose(beyond & ~circuit, "air time, bounded", source)
    sd = np.where(times.air_measured, 0.0, np.where(times.air_from_block, s.SD_BLOCK.value, s.SD_DISTANCE.value))
    sd = np.where(np.isfinite(great), sd, s.SD_NO_DISTANCE.value)
    return Distance(great, air, source, sd)


def _payload(frame: Frame, known: npt.NDArray[np.int32]) -> tuple[FloatArray, BoolArray]:
    """Payload over the type's usual one, and whether anything of it was given."""
    passengers, freight = frame.number("passengers"), frame.number("freight_kg")
    usual = types.usual_payload_kg()[known]
    per_passenger = library().value("AV_PAXMASS", "kg/passenger incl. baggage")
    usual_freight = usual - types.numbers("seats")[known] * s.LOAD_FACTOR.value * per_passenger
    cabin = np.where(np.isfinite(passengers), passengers * per_passenger, usual - usual_freight)
    freighter = (passengers == 0) & ~np.isfinite(freight)
    hold = np.where(np.isfinite(freight), freight, np.where(freighter, usual, usual_freight))
    ratio = (cabin + hold) / usual
    frame.refuse(ratio > s.LARGEST_PAYLOAD.value, "passengers and freight_kg weigh more than this type can carry")
    return ratio, np.isfinite(passengers) | np.isfinite(freight)


def _phases(
    frame: Frame, known: npt.NDArray[np.int32], times: Times, distance: Distance, payload: FloatArray
) -> dict[str, FloatArray]:
    """Fuel (kg) by phase."""
    tables, flows = anchor(), type_flows()
    km = np.nan_to_num(distance.air_km)
    moved = np.isfinite(distance.air_km) & (distance.air_km > 0)
    base = tables.at(tables.air_kg, known, km)
    load = 1 + tables.at(tables.payload_share, known, km) * (np.nan_to_num(payload, nan=1.0) - 1)
    air = np.where(moved, base * load * in_service(), 0.0)
    below = [np.where(moved, flow[known], 0.0) for flow in (flows.take_off_kg, flows.approach_kg)]
    fit = np.minimum(1.0, air / np.maximum(below[0] + below[1], 1e-9))
    take_off, approach = below[0] * fit, below[1] * fit
    rest = air - take_off - approach
    shares = [tables.at(part, known, km) for part in (tables.climb, tables.cruise, tables.descent)]
    taxi = flows.taxi_kg_per_min[known]
    apu_min = frame.number("apu_min")
    usual_min = np.where(types.is_wide()[known], s.APU_LONG.value, s.APU_SHORT.value)
    apu = types.apu_kg_per_h()[known] * np.where(np.isfinite(apu_min), apu_min, usual_min) / _MINUTES_PER_HOUR
    kg = (
        taxi * times.taxi_out_min * moved, take_off, rest * shares[0], rest * shares[1],
        rest - rest * shares[0] - rest * shares[1], approach, taxi * times.taxi_in_min * moved, apu * moved,
    )  # fmt: skip
    return dict(zip(PHASES, kg, strict=True))


def _sd_type(known: npt.NDArray[np.int32]) -> FloatArray:
    feat, flown = types.has_own("feat_type"), types.has_own("performance_type")
    sd = np.where(feat & flown, s.SD_OWN.value, np.where(feat | flown, s.SD_FEAT.value, s.SD_RELATIVE.value))
    return np.asarray(sd[known], dtype=np.float64)


def _sd_taxi(fuel: dict[str, FloatArray], total: FloatArray, times: Times) -> FloatArray:
    ground = fuel["taxi_out"] + fuel["taxi_in"] + fuel["apu"]
    share = np.divide(ground, total, out=np.zeros_like(total), where=total > 0)
    return share * np.where(times.taxi_known, s.SD_TAXI.value, 2 * s.SD_TAXI.value)


def _tier(known: npt.NDArray[np.int32], distance: Distance, times: Times, given: BoolArray) -> npt.NDArray[np.object_]:
    """What was used, in words: ``1 air time; taxi times; payload given; own type``."""
    feat, flown = types.has_own("feat_type"), types.has_own("performance_type")
    which = choose(feat & flown, "own type", choose(feat | flown, "type by one method", "relative of the type"))[known]
    rank = choose(times.air_measured, "1", choose(times.air_from_block, "2", "3"))
    taxi = choose(times.taxi_known, "taxi times", "usual taxi")
    load = choose(given, "payload given", "usual payload")
    texts = np.stack([rank, distance.source, taxi, load, which])
    codes = [np.unique(row.astype(str), return_inverse=True) for row in texts]
    combination = np.zeros(len(known), dtype=np.int64)
    for names, inverse in codes:
        combination = combination * len(names) + inverse
    first, inverse = np.unique(combination, return_index=True, return_inverse=True)[1:]
    phrases = [f"{a} {b}; {c}; {d}; {e}" for a, b, c, d, e in texts[:, first].T]
    return np.array(phrases, dtype=object)[inverse]


def _intensity(
    frame: Frame, known: npt.NDArray[np.int32], total: FloatArray, distance: Distance, times: Times
) -> dict[str, FloatArray]:
    """Per hour, per passenger and tonne-kilometre, fuel shared as ICAO's calculator does: seats count 50 kg each."""
    lib = library()
    passengers, freight = frame.number("passengers"), np.nan_to_num(frame.number("freight_kg"))
    seats = frame.number("seats")
    seats = np.where(np.isfinite(seats), seats, types.numbers("seats")[known])
    cabin = passengers * lib.value("AV_PAXMASS", "kg/passenger incl. baggage") + seats * lib.value(
        "AV_SEATMASS", "kg/seat"
    )
    cabin = np.where(passengers > 0, cabin, np.where(passengers == 0, 0.0, np.nan))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(cabin + freight > 0, cabin / (cabin + freight), np.nan)
        co2 = co2_kg(total, types.is_piston()[known])
        tkm = freight / 1000.0 * distance.great_circle_km
        return {
            "passenger_share": share,
            "co2_kg_per_passenger": np.where(passengers >= 1, co2 * share / np.maximum(passengers, 1), np.nan),
            "co2_kg_per_tkm": np.where((tkm > 0), co2 * (1 - share) / tkm, np.nan),
            "fuel_kg_per_air_h": np.where(times.air_h > 0, total / times.air_h, np.nan),
        }
