"""Cumulative counters → energy by hour: a compiled loop over sorted readings of many meters.

Rules and bounds are those the metering platform declares (see ``Rules``). Nothing is added up twice: the amounts of a
meter's hours add up to its last minus its first accepted counter (plus one roll-over value for each roll-over, leaving
out what a reset hides), times its multiplier.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

HOUR_S = 3600

# What a reading is.
ACCEPTED, DUPLICATE, CONFLICT, JUMP, IMPOSSIBLE = 0, 1, 2, 3, 4


@dataclass(frozen=True)
class Rules:
    """What the metering platform declares (its reporting guide, section metering), and the engine's own limits."""

    resolution: float = 0.02  # counter units; a step below it is display resolution
    stuck_s: int = 1800  # no change for so long, then the true amount again: stuck
    stuck_per_min: float = 0.02  # counter units a minute that a stuck meter would have counted
    gap_s: int = 300  # longer without an accepted reading: not covered; a file holds five minutes
    look_ahead: int = 5  # readings that may come back in line before a leap counts as lasting


class Readings(NamedTuple):
    """Sorted by meter, then time; one entry a reading, all arrays of one length."""

    meter: np.ndarray  # int64, 0 … number of meters - 1
    at_s: np.ndarray  # int64, seconds on a clock whose hours start at multiples of 3600
    counter: np.ndarray  # float64, finite


class Meters(NamedTuple):
    """Properties by meter number; float64."""

    multiplier: np.ndarray
    rollover: np.ndarray  # NaN: never
    max_rate_per_h: np.ndarray  # unit of the energy, NaN: no bound


class Hours(NamedTuple):
    """By meter and hour, shape (meters, hours); amounts in the meter's unit."""

    quantity: np.ndarray
    estimated: np.ndarray  # part of quantity whose place in time is filled in: gaps, stuck spans
    covered_s: np.ndarray
    stuck_s: np.ndarray
    readings: np.ndarray
    resets: np.ndarray
    rollovers: np.ndarray
    jumps: np.ndarray
    quarantined: np.ndarray
    first_counter: np.ndarray  # NaN: no accepted reading
    last_counter: np.ndarray


def hourly(
    readings: Readings, meters: Meters, first_hour: int, hours: int, rules: Rules | None = None
) -> tuple[np.ndarray, Hours]:
    """State of each reading (int8: ACCEPTED …) and the hours ``first_hour`` (number since the epoch) onwards.

    Raises ValueError where the readings are not sorted.
    """
    rules = rules or Rules()
    meter = np.ascontiguousarray(readings.meter, np.int64)
    at_s = np.ascontiguousarray(readings.at_s, np.int64)
    counter = np.ascontiguousarray(readings.counter, np.float64)
    order = np.lexsort((at_s, meter))
    if not np.array_equal(order, np.arange(len(order))) and np.any(
        (np.diff(meter) < 0) | ((np.diff(meter) == 0) & (np.diff(at_s) < 0))
    ):
        raise ValueError("readings must be sorted by meter, then time")
    state = np.zeros(len(meter), np.int8)
    shape = (len(meters.multiplier), hours)
    amounts, counts = np.zeros((2, *shape)), np.zeros((7, *shape), np.int64)
    ends = np.full((2, *shape), np.nan)
    limits = (rules.resolution, rules.stuck_s, rules.stuck_per_min, rules.gap_s, rules.look_ahead)
    multiplier, rollover, max_rate = (np.asarray(p, np.float64) for p in meters)
    _run(meter, at_s, counter, multiplier, rollover, max_rate, limits, first_hour, state, amounts, counts, ends)
    return state, Hours(*amounts, *counts, *ends)


@njit(cache=True)
def _bound(seconds, multiplier, max_rate, resolution):
    """Largest step of the counter in so many seconds."""
    if np.isnan(max_rate):
        return np.inf
    return max_rate * seconds / 3600.0 / multiplier + resolution


@njit(cache=True)
def _step(before, after, seconds, multiplier, rollover, max_rate, resolution):
    """Counted amount between two displays and whether it rolled over; (-1, False) where neither is possible."""
    bound = _bound(seconds, multiplier, max_rate, resolution)
    plain = after - before
    if 0.0 <= plain <= bound:
        return plain, False
    if plain < 0.0 and not np.isnan(rollover) and plain + rollover <= bound:
        return plain + rollover, True
    return -1.0, False


@njit(cache=True)
def _comes_back(i, stop, since, base, at_s, counter, state, properties, look_ahead, resolution):
    """Whether a reading after ``i`` is in line with the last accepted one: then ``i`` was a single slip."""
    multiplier, rollover, max_rate = properties
    seen = 0
    j = i + 1
    while j < stop and seen < look_ahead:
        if state[j] == 0:
            step, _ = _step(base, counter[j], at_s[j] - since, multiplier, rollover, max_rate, resolution)
            if step >= 0.0:
                return True
            seen += 1
        j += 1
    return False


@njit(cache=True)
def _holds(i, stop, at_s, counter, state, properties, look_ahead, resolution):
    """Whether any of the next readings follows from ``i``; the last reading of all holds by itself."""
    multiplier, rollover, max_rate = properties
    seen = 0
    j = i + 1
    while j < stop and seen < look_ahead:
        if state[j] == 0:
            step, _ = _step(counter[i], counter[j], at_s[j] - at_s[i], multiplier, rollover, max_rate, resolution)
            if step >= 0.0:
                return True
            seen += 1
        j += 1
    return seen == 0


@njit(cache=True)
def _spread(total, row, begin, end, first_hour, per_hour):
    """Share an amount over the hours between two moments, evenly in time."""
    if end <= begin:
        return
    hour = begin // 3600
    while hour * 3600 < end:
        inside = min(end, (hour + 1) * 3600) - max(begin, hour * 3600)
        k = hour - first_hour
        if 0 <= k < per_hour.shape[1]:
            per_hour[row, k] += total * inside / (end - begin)
        hour += 1


@njit(cache=True)
def _spread_seconds(row, begin, end, first_hour, per_hour):
    hour = begin // 3600
    while hour * 3600 < end:
        inside = min(end, (hour + 1) * 3600) - max(begin, hour * 3600)
        k = hour - first_hour
        if 0 <= k < per_hour.shape[1]:
            per_hour[row, k] += inside
        hour += 1


@njit(cache=True)
def _tell_apart(start, stop, at_s, counter, rollover, state):
    """Mark impossible values and repeated readings; of several at one moment the one nearest the last one stays."""
    last = -1
    for i in range(start, stop):
        if counter[i] < 0.0 or counter[i] >= rollover:  # NaN: no comparison holds
            state[i] = 4
            continue
        if last >= 0 and at_s[last] == at_s[i]:
            state[i] = 1 if counter[i] == counter[last] else 2
            continue
        last = i


@njit(cache=True)
def _run(meter, at_s, counter, multiplier, rollover, max_rate, limits, first_hour, state, amounts, counts, ends):
    resolution, stuck_s, stuck_per_min, gap_s, look_ahead = limits
    start, n = 0, len(meter)
    while start < n:
        stop, m = start, meter[start]
        while stop < n and meter[stop] == m:
            stop += 1
        _tell_apart(start, stop, at_s, counter, rollover[m], state)
        properties = (multiplier[m], rollover[m], max_rate[m])
        last, same_since = -1, 0
        for i in range(start, stop):
            k = at_s[i] // 3600 - first_hour
            inside = 0 <= k < counts.shape[2]
            if inside:
                counts[2, m, k] += 1
            if state[i] != 0:
                if inside and state[i] != 1:
                    counts[6, m, k] += 1
                continue
            if last < 0:
                if not _holds(i, stop, at_s, counter, state, properties, look_ahead, resolution):
                    state[i] = 3
                    if inside:
                        counts[5, m, k] += 1
                        counts[6, m, k] += 1
                    continue
                last, same_since = i, at_s[i]
                if inside:
                    ends[0, m, k] = counter[i]
                    ends[1, m, k] = counter[i]
                continue
            stuck = at_s[last] - same_since >= stuck_s
            since = same_since if stuck else at_s[last]
            amount, rolled = _step(
                counter[last], counter[i], at_s[i] - since, properties[0], properties[1], properties[2], resolution
            )
            reset, lasting = False, False
            if amount < 0.0:
                back = _comes_back(
                    i, stop, since, counter[last], at_s, counter, state, properties, look_ahead, resolution
                )
                if back or not _holds(i, stop, at_s, counter, state, properties, look_ahead, resolution):
                    state[i] = 3
                    if inside:
                        counts[5, m, k] += 1
                        counts[6, m, k] += 1
                    continue
                reset = counter[i] < counter[last]
                lasting = not reset
            if reset:
                # From zero to what it shows now was counted; what was counted before the reset is not to be had.
                bound = _bound(at_s[i] - at_s[last], properties[0], properties[2], resolution)
                amount = counter[i] if counter[i] <= bound else 0.0
                if inside:
                    counts[3, m, k] += 1
            elif lasting:
                amount = 0.0
                if inside:
                    counts[5, m, k] += 1
            if rolled and inside:
                counts[4, m, k] += 1
            span = at_s[last] - same_since
            frozen = stuck and not reset and not lasting and amount >= stuck_per_min * span / 60.0
            begin = same_since if frozen else at_s[last]
            energy = amount * properties[0]
            gap = at_s[i] - at_s[last] > gap_s
            _spread(energy, m, begin, at_s[i], first_hour, amounts[0])
            if frozen or gap or lasting or (reset and amount == 0.0):
                _spread(energy, m, begin, at_s[i], first_hour, amounts[1])
            else:
                _spread_seconds(m, at_s[last], at_s[i], first_hour, counts[0])
            if frozen:
                _spread_seconds(m, same_since, at_s[i], first_hour, counts[1])
                # These seconds were taken for covered while the display stood still.
                begin_s = same_since
                hour = begin_s // 3600
                while hour * 3600 < at_s[last]:
                    part = min(at_s[last], (hour + 1) * 3600) - max(begin_s, hour * 3600)
                    j = hour - first_hour
                    if 0 <= j < counts.shape[2]:
                        counts[0, m, j] = max(0, counts[0, m, j] - part)
                    hour += 1
            if counter[i] != counter[last] or reset:
                same_since = at_s[i]
            last = i
            if inside:
                if np.isnan(ends[0, m, k]):
                    ends[0, m, k] = counter[i]
                ends[1, m, k] = counter[i]
        start = stop
