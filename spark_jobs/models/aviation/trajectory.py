"""`lake model aviation-trajectory`: fuel of flights from their tracks, interval by interval."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from spark_jobs.models.aviation import flow, types
from spark_jobs.models.aviation import settings as s
from spark_jobs.models.aviation.carbon import carbon_columns
from spark_jobs.models.aviation.flights import PHASES, type_index
from spark_jobs.models.aviation.state import Track, track_of
from spark_jobs.models.frame import FloatArray, Frame, Options, arrow
from spark_jobs.models.interval import combined, lognormal_95

_SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class Burn:
    """Fuel (kg) and phase (position in ``PHASES``) of each interval, by sorted point."""

    fuel_kg: FloatArray
    phase: npt.NDArray[np.int8]
    mass_known: npt.NDArray[np.bool_]


def compute(frame: Frame, options: Options) -> pa.Table:
    """One row a flight in order of appearance, or with ``--points`` one row per input row in the same order."""
    index = type_index(frame)
    flights, names = frame.index("flight_id")
    _refuse_mixed_types(frame, flights, index)
    rows = np.flatnonzero(frame.usable & (flights >= 0))
    place = np.argsort(np.argsort(np.array(names, dtype=str), kind="stable"), kind="stable")
    track = track_of(frame, rows, np.append(place, -1)[flights].astype(np.int32), index)
    burn = _burn(track)
    if options["points"]:
        return _points(frame, track, burn)
    return _flights(frame, replace(track, flight=flights[track.row]), burn, flights, names)


def _refuse_mixed_types(frame: Frame, flights: npt.NDArray[np.int32], index: npt.NDArray[np.int32]) -> None:
    """A flight is flown by one aircraft: rows of another type than the flight's first get a reason."""
    known = np.flatnonzero((index >= 0) & (flights >= 0))
    first = np.full(int(flights.max(initial=-1)) + 2, -1, dtype=np.int32)
    first[flights[known][::-1]] = index[known][::-1]
    frame.refuse((index >= 0) & (flights >= 0) & (index != first[flights]), "aircraft_type differs within the flight")


def _burn(track: Track) -> Burn:
    """Two passes: the second knows the mass that the first burnt."""
    fuel = np.zeros(len(track.seconds))
    for _ in range(2):
        burnt = np.cumsum(fuel) - fuel
        burnt -= burnt[track.start]
        since = burnt - burnt[track.weighed_at]
        mass = np.where(track.weighed_at >= 0, track.mass_kg[track.weighed_at] - since, track.take_off_kg - burnt)
        fuel = flow.interval_flow_kg_s(track, mass) * track.step_s
    return Burn(fuel, track.phase, track.weighed_at >= 0)


def _points(frame: Frame, track: Track, burn: Burn) -> pa.Table:
    count = len(frame)
    fuel, flow_h = np.full(count, np.nan), np.full(count, np.nan)
    phase = np.full(count, None, dtype=object)
    fuel[track.row] = burn.fuel_kg
    with np.errstate(divide="ignore", invalid="ignore"):
        flow_h[track.row] = np.where(track.step_s > 0, burn.fuel_kg / track.step_s * _SECONDS_PER_HOUR, np.nan)
    phase[track.row] = np.array(PHASES, dtype=object)[burn.phase]
    co2 = carbon_columns(fuel, np.zeros(count), np.zeros(count, dtype=np.bool_))
    return arrow(
        {
            "flight_id": frame.text("flight_id"), "time": frame.table.column("time"), "phase": phase,
            "fuel_kg": fuel, "fuel_kg_per_h": flow_h, "co2_kg": co2["co2_kg"], "reason": frame.reasons,
        }
    )  # fmt: skip


def _flights(frame: Frame, track: Track, burn: Burn, flights: npt.NDArray[np.int32], names: list[str]) -> pa.Table:
    count = len(names)
    by_phase = np.zeros((len(PHASES), count))
    np.add.at(by_phase, (burn.phase, track.flight), burn.fuel_kg)
    seen = np.bincount(track.flight, minlength=count) > 0
    fuel = {f"{name}_fuel_kg": np.where(seen, by_phase[i], np.nan) for i, name in enumerate(PHASES)}
    total = np.where(seen, by_phase.sum(0), np.nan)
    kind = np.full(count, -1, dtype=np.int32)
    kind[track.flight] = track.kind
    known = np.maximum(kind, 0)
    mass_known = np.bincount(track.flight[burn.mass_known], minlength=count) > 0
    speed_known = np.bincount(track.flight[track.speed_known], minlength=count) > 0
    sd = _sd(known, mass_known, speed_known)
    low, high = lognormal_95(total, sd)
    hours = np.bincount(track.flight, track.step_s, minlength=count) / _SECONDS_PER_HOUR
    gap = np.bincount(track.flight, np.where(track.step_s > s.GAP.value, track.step_s, 0), minlength=count)
    lost, reasons = _left_out(frame, flights, seen, count)
    texts = [
        _tier_text(*flags) if ok else None
        for ok, flags in zip(seen, zip(known, mass_known, speed_known, strict=True), strict=True)
    ]
    designator = np.array([*types.designators(), None], dtype=object)[kind]
    return arrow(
        {
            "flight_id": np.array(names, dtype=object), "aircraft_type": designator,
            "fuel_kg": total, **fuel, "fuel_low_95_kg": low, "fuel_high_95_kg": high,
            **carbon_columns(total, sd, types.is_piston()[known]),
            "hours": np.where(seen, hours, np.nan), "gap_h": np.where(seen, gap / _SECONDS_PER_HOUR, np.nan),
            "points_left_out": lost, "tier": np.array(texts, dtype=object), "reason": reasons,
        }
    )  # fmt: skip


def _sd(known: npt.NDArray[np.int32], mass: npt.NDArray[np.bool_], speed: npt.NDArray[np.bool_]) -> FloatArray:
    own = types.has_own("performance_type")[known]
    return combined(
        np.where(own, s.SD_TRACK.value, s.SD_RELATIVE.value),
        np.where(mass, 0, s.SD_TRACK_MASS.value),
        np.where(speed, 0, s.SD_TRACK_SPEED.value),
    )


def _tier_text(known: int, mass: bool, speed: bool) -> str:
    own = types.has_own("performance_type")[known]
    flown = types.performance_index()[known] >= 0
    which = "own type" if own else "relative of the type" if flown else "flow by speed and climb"
    rank = "1" if own and mass and speed else "2" if flown else "3"
    return f"{rank} {'TAS' if speed else 'ground speed'}; {'mass given' if mass else 'mass by distance'}; {which}"


def _left_out(
    frame: Frame, flights: npt.NDArray[np.int32], seen: npt.NDArray[np.bool_], count: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
    """Points left out by flight, and the first of their reasons where no point was left to compute from."""
    reasons = frame.reasons
    refused = np.flatnonzero(np.array([r is not None for r in reasons], dtype=np.bool_) & (flights >= 0))
    out = np.full(count, None, dtype=object)
    for row in refused[::-1]:
        out[flights[row]] = None if seen[flights[row]] else reasons[row]
    return np.bincount(flights[refused], minlength=count), out
