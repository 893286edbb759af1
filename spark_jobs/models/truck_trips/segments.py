"""States of fixes → trips and stops: whole vehicles, in order, without gaps or overlaps between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spark_jobs.models.frame import BoolArray, FloatArray, IntArray
from spark_jobs.models.tracks import great_circle_km
from spark_jobs.models.truck_trips import settings as s

M_PER_KM, S_PER_HOUR = 1000.0, 3600.0


@dataclass(frozen=True)
class Track:
    """Clean fixes in order of vehicle and time, shape (fixes,). ``moving``: probability. ``engine``: 0, 1 or NaN."""

    vehicle: IntArray
    seconds: FloatArray
    latitude: FloatArray
    longitude: FloatArray
    first: BoolArray
    moving: FloatArray
    engine: FloatArray


@dataclass(frozen=True)
class Segments:
    """Trips and stops, shape (segments,), by vehicle and time; ``begin`` and ``end`` are fixes, both included.

    ``latitude``, ``longitude``: a stop's median place, NaN for trips. ``halts``: short stops within a trip.
    ``engine_on``: share of fixes with the engine running, NaN unknown. ``certainty``: mean probability of the state.
    """

    vehicle: IntArray
    stop: BoolArray
    begin: npt.NDArray[np.intp]
    end: npt.NDArray[np.intp]
    latitude: FloatArray
    longitude: FloatArray
    distance_km: FloatArray
    max_gap_s: FloatArray
    halts: IntArray
    halt_s: FloatArray
    engine_on: FloatArray
    certainty: FloatArray


@dataclass(frozen=True)
class _Stop:
    begin: int
    end: int


def segments(track: Track) -> Segments:
    """Cut whole tracks: stops of at least MIN_STOP, and the trips between them."""
    step = _steps_km(track)
    resting = track.moving <= 0.5
    runs = _resting_runs(track, resting, step)
    step[runs.within] = 0.0
    path = np.concatenate([[0.0], np.cumsum(step)])
    starts = np.flatnonzero(track.first)
    ends = np.append(starts[1:], len(track.seconds)) - 1
    cuts = np.searchsorted(runs.begin, starts)
    out: list[tuple[bool, int, int]] = []
    for place, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        until = cuts[place + 1] if place + 1 < len(cuts) else len(runs.begin)
        own = [
            _Stop(int(a), int(b))
            for a, b in zip(runs.begin[cuts[place] : until], runs.end[cuts[place] : until], strict=True)
        ]
        out += _cut(track, path, own, start, end)
    return _described(track, path, runs, out)


@dataclass(frozen=True)
class _Runs:
    begin: npt.NDArray[np.intp]
    end: npt.NDArray[np.intp]
    within: BoolArray  # the step that ends at the fix lies within a resting run


def _steps_km(track: Track) -> FloatArray:
    out = np.zeros(len(track.seconds))
    lat, lon = track.latitude, track.longitude
    out[1:] = great_circle_km(lat[:-1], lon[:-1], lat[1:], lon[1:])
    out[track.first] = 0.0
    return out


def _resting_runs(track: Track, resting: BoolArray, step_km: FloatArray) -> _Runs:
    """Runs of resting fixes; a silence that ends elsewhere breaks one, for the truck has moved unseen."""
    lapse = np.diff(track.seconds, prepend=track.seconds[:1])
    elsewhere = (lapse > s.SILENCE.value) & (step_km * M_PER_KM > s.SAME_PLACE.value)
    within = resting & np.concatenate([[False], resting[:-1]]) & ~track.first & ~elsewhere
    begin = np.flatnonzero(resting & ~within)
    follows = np.append(within[1:], False)
    return _Runs(begin, np.flatnonzero(resting & ~follows), within)


def _cut(track: Track, path: FloatArray, runs: list[_Stop], start: int, end: int) -> list[tuple[bool, int, int]]:
    """(is stop, begin, end) of one vehicle, from its first to its last fix."""
    t = track.seconds
    stops: list[_Stop] = []
    for run in runs:
        near = bool(stops) and path[run.begin + 1] - path[stops[-1].end + 1] < s.MIN_TRIP_KM.value
        lasting = t[run.end] - t[run.begin] >= s.MIN_STOP.value
        if near and (lasting or t[run.begin] - t[stops[-1].end] < s.MIN_STOP.value):
            stops[-1] = _Stop(stops[-1].begin, run.end)
        elif lasting:
            stops.append(run)
    if not stops:
        still = path[end + 1] - path[start + 1] < s.MIN_TRIP_KM.value
        return [(still, start, end)]
    if path[stops[0].begin + 1] - path[start + 1] < s.MIN_TRIP_KM.value:
        stops[0] = _Stop(start, stops[0].end)
    if path[end + 1] - path[stops[-1].end + 1] < s.MIN_TRIP_KM.value:
        stops[-1] = _Stop(stops[-1].begin, end)
    out: list[tuple[bool, int, int]] = []
    at = start
    for stop in stops:
        if stop.begin > at:
            out.append((False, at, stop.begin))
        out.append((True, stop.begin, stop.end))
        at = stop.end
    return out + ([(False, at, end)] if end > at else [])


def _described(track: Track, path: FloatArray, runs: _Runs, cut: list[tuple[bool, int, int]]) -> Segments:
    stop = np.array([c[0] for c in cut], dtype=np.bool_)
    begin = np.array([c[1] for c in cut], dtype=np.intp)
    end = np.array([c[2] for c in cut], dtype=np.intp)
    lapse = np.diff(track.seconds, prepend=track.seconds[:1])
    rest = np.where(runs.within, lapse, 0.0)
    rested = np.concatenate([[0.0], np.cumsum(rest)])
    size = len(cut)
    lat, lon = np.full(size, np.nan), np.full(size, np.nan)
    engine, gap, certain = np.full(size, np.nan), np.zeros(size), np.zeros(size)
    for n, (is_stop, a, b) in enumerate(cut):
        fixes = slice(a, b + 1)
        gap[n] = lapse[a + 1 : b + 1].max(initial=0.0)
        probability = track.moving[fixes]
        certain[n] = np.mean(np.where(probability <= 0.5, 1.0 - probability, probability))
        if is_stop:
            lat[n], lon[n] = np.median(track.latitude[fixes]), np.median(track.longitude[fixes])
            known = track.engine[fixes][np.isfinite(track.engine[fixes])]
            engine[n] = known.mean() if len(known) else np.nan
    halts = np.searchsorted(runs.begin, end) - np.searchsorted(runs.begin, begin, side="right")
    return Segments(
        track.vehicle[begin], stop, begin, end, lat, lon, np.where(stop, 0.0, path[end + 1] - path[begin + 1]), gap,
        np.where(stop, 0, np.maximum(halts, 0)), np.where(stop, 0.0, rested[end + 1] - rested[begin + 1]), engine,
        certain,
    )  # fmt: skip
