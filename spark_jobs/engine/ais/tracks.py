"""Fixes of one identity and day → the ship's own track; what does not belong to it is marked."""

from __future__ import annotations

import math

import numba
import numpy as np

from spark_jobs.engine.ais import settings as s
from spark_jobs.models.shipping import settings as model

JUMP, AMBIGUOUS = 1, 2
METRES_PER_UNIT = 6371008.8 * math.pi / 180.0 / 600_000.0
KNOT_M_S = 1852.0 / 3600.0
OPEN = 4  # tracks of one identity followed at a time


@numba.njit(cache=True, nogil=True)
def _apart(latitude: np.ndarray, longitude: np.ndarray, i: int, j: int) -> float:
    north = (latitude[j] - latitude[i]) * METRES_PER_UNIT
    middle = math.radians((latitude[i] + latitude[j]) * (0.5 / 600_000.0))
    return math.hypot(north, (longitude[j] - longitude[i]) * METRES_PER_UNIT * math.cos(middle))


@numba.njit(cache=True, nogil=True)
def _followed(
    first: int, last: int, second: np.ndarray, latitude: np.ndarray, longitude: np.ndarray, most: float, slack: float,
    label: np.ndarray, sizes: np.ndarray,
) -> int:  # fmt: skip
    """Give each fix the nearest track in reach, or a new one; returns how many tracks there were."""
    newest, tip, count = np.zeros(4, np.int64), np.zeros(4, np.int64), 0
    for i in range(first, last):
        best, nearest = -1, 0.0
        for k in range(min(count, 4)):
            gap = _apart(latitude, longitude, newest[k], i)
            if gap <= most * (second[i] - second[newest[k]]) + slack and (best < 0 or gap < nearest):
                best, nearest = k, gap
        if best < 0:
            best = count
            if count >= 4:
                best = 0
                for k in range(1, 4):
                    if sizes[tip[k]] < sizes[tip[best]]:
                        best = k
            tip[best] = count
            sizes[count] = 0
            count += 1
        newest[best] = i
        label[i - first] = tip[best]
        sizes[tip[best]] += 1
    return count


@numba.njit(cache=True, nogil=True)
def _marked(
    begin: np.ndarray, second: np.ndarray, latitude: np.ndarray, longitude: np.ndarray, most: float, slack: float,
    fewest: int, state: np.ndarray,
) -> None:  # fmt: skip
    for ship in range(len(begin) - 1):
        first, last = begin[ship], begin[ship + 1]
        label, sizes = np.zeros(last - first, np.int64), np.zeros(last - first + 1, np.int64)
        count = _followed(first, last, second, latitude, longitude, most, slack, label, sizes)
        main, other = 0, 0
        for k in range(1, count):
            if sizes[k] > sizes[main]:
                main = k
        for k in range(count):
            if k != main:
                other = max(other, sizes[k])
        for i in range(first, last):
            if other >= fewest:
                state[i] |= 2
            elif label[i - first] != main:
                state[i] |= 1


def marked(begin: np.ndarray, second: np.ndarray, latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    """``JUMP`` on fixes off the track of most fixes; ``AMBIGUOUS`` on all of an identity that two ships use.

    Args:
        begin: first row of each identity, and the end; rows in order of time within one local day.
    """
    state = np.zeros(len(second), np.int32)
    most = model.MAX_SPEED.value * KNOT_M_S
    _marked(begin, second, latitude, longitude, most, s.JUMP_SLACK.value, int(s.AMBIGUOUS.value), state)
    return state
