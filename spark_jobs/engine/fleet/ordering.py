"""Rows of a bucket in any order → one fix an instant, by vehicle and second; jumps of the position are marked."""

from __future__ import annotations

import math

import numba
import numpy as np

DAY_S = 86400
METRES_PER_MICRODEGREE = 6371008.8 * math.pi / 180.0 * 1e-6
KEPT, DUPLICATE, CONTRADICTION, COUNTS = range(4)


@numba.njit(cache=True, nogil=True)
def sorted_order(vehicle: np.ndarray, second: np.ndarray, vehicles: int) -> np.ndarray:
    """Stable order by (vehicle, second), by two counting sorts."""
    n = len(vehicle)
    at = np.zeros(86400 + 1, np.int64)
    for value in second:
        at[value + 1] += 1
    for k in range(86400):
        at[k + 1] += at[k]
    by_second = np.empty(n, np.int32)
    for i in range(n):
        by_second[at[second[i]]] = i
        at[second[i]] += 1
    begin = np.zeros(vehicles + 1, np.int64)
    for value in vehicle:
        begin[value + 1] += 1
    for k in range(vehicles):
        begin[k + 1] += begin[k]
    order = np.empty(n, np.int32)
    for k in range(n):
        i = by_second[k]
        order[begin[vehicle[i]]] = i
        begin[vehicle[i]] += 1
    return order


@numba.njit(cache=True, nogil=True)
def one_an_instant(
    order: np.ndarray, vehicle: np.ndarray, second: np.ndarray, fields: tuple, counts: np.ndarray
) -> int:
    """Keep in ``order``, in place, one row of each (vehicle, second); returns how many.

    Equal rows are duplicates. Of different ones the least by ``fields`` in turn (speed first) stays, whatever the order
    of arrival; the others are contradictions.
    """
    kept = 0
    for k in range(len(order)):
        i = order[k]
        if kept:
            j = order[kept - 1]
            if vehicle[i] == vehicle[j] and second[i] == second[j]:
                sign = 0
                for field in fields:
                    if field[i] != field[j]:
                        sign = 1 if field[i] > field[j] else -1
                        break
                counts[1 if sign == 0 else 2] += 1
                if sign < 0:
                    order[kept - 1] = i
                continue
        order[kept] = i
        kept += 1
    counts[0] += kept
    return kept


@numba.njit(cache=True, nogil=True, inline="always")
def plausible(
    latitude: np.ndarray, longitude: np.ndarray, second: np.ndarray, i: int, j: int, most: float, slack: float
) -> bool:
    """Whether a truck can have come from fix i to fix j; the distance is worked out only where it may matter."""
    north, east = abs(latitude[j] - latitude[i]), abs(longitude[j] - longitude[i])
    reach = most * (second[j] - second[i]) + slack
    if (north + east) * METRES_PER_MICRODEGREE <= reach:
        return True
    east_m = east * METRES_PER_MICRODEGREE * math.cos(math.radians(0.5e-6 * (latitude[i] + latitude[j])))
    return math.hypot(north * METRES_PER_MICRODEGREE, east_m) <= reach


@numba.njit(cache=True, nogil=True)
def jumps(
    vehicle: np.ndarray, second: np.ndarray, latitude: np.ndarray, longitude: np.ndarray, most: float, slack: float,
    jump: np.ndarray,
) -> int:  # fmt: skip
    """Mark in ``jump`` fixes that leave the track and come back; returns how many. Columns in order.

    A fix out of reach of the last good one is a jump when the next fix is within reach of that one again, or there is
    no next; else the truck really is elsewhere (after a drift or a silence) and the track goes on from there.
    """
    found, good = 0, 0
    n = len(vehicle)
    for i in range(1, n):
        if vehicle[i] != vehicle[good]:
            good = i
            continue
        if plausible(latitude, longitude, second, good, i, most, slack):
            good = i
            continue
        last = i + 1 >= n or vehicle[i + 1] != vehicle[i]
        if last or plausible(latitude, longitude, second, good, i + 1, most, slack):
            jump[i] = True
            found += 1
        else:
            good = i
    return found


@numba.njit(cache=True, nogil=True)
def begins(vehicle: np.ndarray) -> np.ndarray:
    """First row of each vehicle and, last, the number of rows."""
    n = len(vehicle)
    out = np.empty(n + 1, np.int64)
    count = 0
    for i in range(n):
        if i == 0 or vehicle[i] != vehicle[i - 1]:
            out[count] = i
            count += 1
    out[count] = n
    return out[: count + 1].copy()
