"""Trips within a local day, from the intervals of a track; those over midnight are joined from their parts.

A trip goes on through a standstill shorter than a stop and through a silence with displacement; a longer standstill, or
a silence without displacement, ends it. The rule needs the two intervals on the move around it only, so it is the same
within a day and over midnight.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from spark_jobs.engine.fleet.ordering import METRES_PER_MICRODEGREE

# Columns of a part: number of the vehicle, seconds since local midnight, 1e-6 degrees, sums.
VEHICLE, START_S, END_S, START_LAT, START_LON, END_LAT, END_LON, INTERVALS = range(8)
METRES, MOVING_S, ENERGY_KJ, BEFORE_KJ, AFTER_KJ, PART = range(8, 14)


@numba.njit(cache=True, nogil=True, inline="always")
def apart(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Metres between two places in 1e-6 degrees."""
    east = METRES_PER_MICRODEGREE * math.cos(math.radians(0.5e-6 * (lat1 + lat2)))
    return math.hypot((lat2 - lat1) * METRES_PER_MICRODEGREE, (lon2 - lon1) * east)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def goes_on(standstill: float, metres: float, stop_s: float, same_place: float, silence: float) -> bool:
    """Whether what lies between two intervals on the move, so long and so far apart, is within one trip."""
    return standstill < stop_s or (metres > same_place and standstill <= silence)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def add_parts(
    vehicle: int, own: int, end: int, row: np.ndarray, w: np.ndarray, latitude: np.ndarray, longitude: np.ndarray,
    tail: np.ndarray, rules: tuple, parts: np.ndarray, count: int,
) -> tuple[np.ndarray, int]:  # fmt: skip
    """Append the parts of one truck's day to ``parts`` (made larger when full); returns it and how many there are.

    Args:
        w: the kernel's buffer; ``tail``: latitude and longitude (1e-6 degree) of the last fix of the day before.
        rules: stop (s), same place (m), longest silence within a trip (s).
    """
    t, a, energy, metres, moving = w[0], w[3], w[6], w[7], w[8]
    first, waiting = count, 0.0
    for i in range(own, end):
        if i == 0 or a[i] != a[i] or moving[i] <= 0.0:
            waiting += energy[i]
            continue
        lat, lon = tail[0], tail[1]
        if i > own:
            lat, lon = latitude[row[i - 1]], longitude[row[i - 1]]
        last = parts[count - 1] if count > first else parts[0]
        if count > first and goes_on(
            t[i - 1] - last[END_S], apart(last[END_LAT], last[END_LON], lat, lon), rules[0], rules[1], rules[2]
        ):
            last[ENERGY_KJ] += waiting
        else:
            if count == len(parts):
                larger = np.empty((2 * count, parts.shape[1]))
                larger[:count] = parts
                parts = larger
            last = parts[count]
            last[:] = 0.0
            last[VEHICLE], last[START_S], last[START_LAT], last[START_LON] = vehicle, t[i - 1], lat, lon
            last[BEFORE_KJ] = waiting if count == first else 0.0
            count += 1
        waiting = 0.0
        last[END_S], last[END_LAT], last[END_LON] = t[i], latitude[row[i]], longitude[row[i]]
        last[INTERVALS] += 1.0
        last[METRES] += metres[i]
        last[MOVING_S] += moving[i]
        last[ENERGY_KJ] += energy[i]
    if count > first:
        parts[count - 1, AFTER_KJ] = waiting
    return parts, count
