"""Tracks of aircraft as intervals: order, smoothed rates, air speed, phase, mass at the start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spark_jobs.models.aviation import mission, types
from spark_jobs.models.aviation import performance as perf
from spark_jobs.models.aviation import settings as s
from spark_jobs.models.aviation.anchor import anchor
from spark_jobs.models.aviation.flights import PHASES
from spark_jobs.models.frame import BoolArray, FloatArray, Frame
from spark_jobs.models.tracks import steps, track_order

_MINUTE, _HOUR = 60.0, 3600.0
_TAXI_OUT, _TAKEOFF, _CLIMB, _CRUISE, _DESCENT, _APPROACH, _TAXI_IN = range(7)
assert PHASES[:7] == ("taxi_out", "takeoff", "climb", "cruise", "descent", "approach", "taxi_in")


@dataclass(frozen=True)
class Track:
    """Points sorted by flight and time, shape (points,); each stands for the interval that ends in it.

    Args:
        row: position in the input. ``flight``: its code. ``start``: position of the flight's first point.
        kind: type's position. ``step_s``: zero on the first point. ``altitude_ft``, ``tas_ms``: means of the interval.
        climb_ms, acceleration_ms2: smoothed. ``ground``: on the ground. ``rolling``: speeding up for take-off.
        mass_kg: given, NaN where not.
        weighed_at: point whose mass holds, −1 for none. ``take_off_kg``: by type and time in the air.
    """

    row: npt.NDArray[np.intp]
    flight: npt.NDArray[np.int32]
    start: npt.NDArray[np.intp]
    kind: npt.NDArray[np.int32]
    seconds: FloatArray
    step_s: FloatArray
    altitude_ft: FloatArray
    tas_ms: FloatArray
    climb_ms: FloatArray
    acceleration_ms2: FloatArray
    ground: BoolArray
    rolling: BoolArray
    phase: npt.NDArray[np.int8]
    mass_kg: FloatArray
    weighed_at: npt.NDArray[np.intp]
    take_off_kg: FloatArray
    air_km: FloatArray
    speed_known: BoolArray


def track_of(
    frame: Frame, rows: npt.NDArray[np.intp], flights: npt.NDArray[np.int32], index: npt.NDArray[np.int32]
) -> Track:
    """Intervals of the usable rows."""
    order, first = track_order(flights[rows], frame.seconds("time")[rows])
    row = rows[order]
    flight, seconds = flights[row], frame.seconds("time")[row]
    start = np.maximum.accumulate(np.where(first, np.arange(len(row)), 0)).astype(np.intp)
    step = steps(seconds, first)
    altitude = frame.number("altitude_ft")[row]
    ground_ms = frame.number("ground_speed_kt")[row] * perf.MS_PER_KNOT
    kind = index[row]
    tas, known = _air_speed(frame.number("true_air_speed_kt")[row], ground_ms, altitude, kind)
    low, high = _window(flight, seconds, start)
    span = seconds[high] - seconds[low]
    climb = _rate(altitude * perf.METRES_PER_FOOT, low, high, span)
    given = frame.number("vertical_rate_fpm")[row] * perf.METRES_PER_FOOT / _MINUTE
    climb = np.where(np.isfinite(given) & (step <= 2 * s.WINDOW.value), _mean(given, first), climb)
    climb = np.where(np.isfinite(climb), climb, _rate(altitude * perf.METRES_PER_FOOT, low, high, span))
    acceleration = _rate(tas, low, high, span)
    slow = _mean(ground_ms, first) < s.GROUND_SPEED.value * perf.MS_PER_KNOT
    phase, on_runway = _phases(flight, start, altitude, slow)
    rolling = (slow | on_runway) & (acceleration > s.ROLL_ACCELERATION.value)
    air_h = np.bincount(flight, np.where(slow, 0, step), minlength=int(flight.max(initial=-1)) + 1)[flight] / _HOUR
    tables, mass = anchor(), frame.number("mass_kg")[row]
    air_km = tables.still_air_distance_km(kind, air_h)
    return Track(
        row, flight, start, kind, seconds, step, _mean(altitude, first), _mean(tas, first), climb, acceleration,
        slow | on_runway, rolling, phase, mass, _weighed_at(np.isfinite(mass), start),
        tables.at(tables.take_off_kg, kind, air_km), air_km, known,
    )  # fmt: skip


def _weighed_at(weighed: BoolArray, start: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Position of the point whose given mass holds for each point: the last before it, else the first; −1 for none."""
    count = len(weighed)
    place = np.arange(count)
    last = np.maximum.accumulate(np.where(weighed, place, -1)) if count else place
    after = np.minimum.accumulate(np.where(weighed, place, count)[::-1])[::-1] if count else place
    end = np.append(start[1:] != start[:-1], True) if count else weighed
    stop = np.minimum.accumulate(np.where(end, place, count)[::-1])[::-1] if count else place
    return np.where(last >= start, last, np.where(after <= stop, after, -1))


def _mean(values: FloatArray, first: BoolArray) -> FloatArray:
    """Mean of a point and the one before it in the flight."""
    out = values.copy()
    out[1:] = np.where(first[1:], values[1:], 0.5 * (values[1:] + values[:-1]))
    return out


def _window(
    flight: npt.NDArray[np.int32], seconds: FloatArray, start: npt.NDArray[np.intp]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """First and last point of a window around each interval, within the flight."""
    count = len(seconds)
    if not count:
        return start, start
    span = float(seconds.max() - seconds.min()) + 4 * s.WINDOW.value + 1.0
    key = flight.astype(np.float64) * span + (seconds - seconds.min())
    before = np.maximum(np.arange(count) - 1, start)
    low = np.searchsorted(key, key[before] - s.WINDOW.value, side="left")
    high = np.searchsorted(key, key + s.WINDOW.value, side="right") - 1
    return np.maximum(low, start), np.maximum(high, np.arange(count))


def _rate(values: FloatArray, low: npt.NDArray[np.intp], high: npt.NDArray[np.intp], span: FloatArray) -> FloatArray:
    return np.divide(values[high] - values[low], span, out=np.zeros_like(values), where=span > 0)


def _air_speed(
    given_kt: FloatArray, ground_ms: FloatArray, altitude: FloatArray, kind: npt.NDArray[np.int32]
) -> tuple[FloatArray, BoolArray]:
    """TAS (m/s) and whether it was given; else between ground speed and the usual speed of the type and height."""
    known = np.isfinite(given_kt)
    usual = _usual_speed_ms(altitude, kind)
    weight = np.where(altitude > s.PRIOR_ALTITUDE.value, s.PRIOR_LEVEL.value, s.PRIOR_LOW.value)
    believed = np.isfinite(usual) & (altitude > s.LTO_TOP.value)
    believed &= np.abs(ground_ms - usual) < s.PRIOR_REACH.value * perf.MS_PER_KNOT
    weight = np.where(believed, weight, 0.0)
    estimate = weight * np.nan_to_num(usual) + (1 - weight) * ground_ms
    return np.where(known, given_kt * perf.MS_PER_KNOT, estimate), known


def _usual_speed_ms(altitude: FloatArray, kind: npt.NDArray[np.int32]) -> FloatArray:
    """TAS by type and height on the usual profile, NaN for types without performance data."""
    position = types.performance_index()[kind]
    usual = mission.usual_speed_ms(perf.airframes().take(np.maximum(position, 0)), altitude)
    return np.where(position >= 0, usual, np.nan)


def _phases(
    flight: npt.NDArray[np.int32], start: npt.NDArray[np.intp], altitude: FloatArray, slow: BoolArray
) -> tuple[npt.NDArray[np.int8], BoolArray]:
    """Phase of each interval, and whether a fast point is still or again on a runway."""
    count = len(altitude)
    if not count:
        return np.zeros(0, dtype=np.int8), np.zeros(0, dtype=np.bool_)
    heads = np.flatnonzero(start == np.arange(count))
    ends = np.append(heads[1:], count)
    each = np.repeat(np.arange(len(heads)), ends - heads)
    position = np.arange(count)
    top = np.maximum.reduceat(altitude, heads)
    bottom_out, bottom_in = altitude[heads], altitude[ends - 1]
    high = (
        altitude
        >= (np.minimum(bottom_out, bottom_in) + s.TOP_SHARE.value * (top - np.minimum(bottom_out, bottom_in)))[each]
    )
    first_high = np.minimum.reduceat(np.where(high, position, count), heads)[each]
    last_high = np.maximum.reduceat(np.where(high, position, -1), heads)[each]
    phase = np.where(position < first_high, _CLIMB, np.where(position > last_high, _DESCENT, _CRUISE))
    near_out = altitude < (bottom_out + s.LTO_TOP.value)[each]
    near_in = altitude < (bottom_in + s.LTO_TOP.value)[each]
    from_ground = slow[heads] | (bottom_out < s.LTO_TOP.value)
    to_ground = slow[ends - 1] | (bottom_in < s.LTO_TOP.value)
    phase = np.where((phase == _CLIMB) & near_out & from_ground[each], _TAKEOFF, phase)
    phase = np.where((phase == _DESCENT) & near_in & to_ground[each], _APPROACH, phase)
    before = position <= first_high
    phase = np.where(slow, np.where(before, _TAXI_OUT, _TAXI_IN), phase)
    level = np.where(before, bottom_out[each], bottom_in[each])
    started = np.where(before, slow[heads][each], slow[ends - 1][each])
    runway = started & (np.abs(altitude - level) < s.RUNWAY_HEIGHT.value) & ~slow
    return phase.astype(np.int8), runway
