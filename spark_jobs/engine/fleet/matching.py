"""Which road a fix is on: nearness, direction and the way travelled, weighed as log odds, fix by fix along a track."""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numba
import numpy as np

from spark_jobs.engine.fleet import settings as s
from spark_jobs.engine.fleet.network import Roads
from spark_jobs.engine.fleet.ordering import METRES_PER_MICRODEGREE

DEGREES = 360
FAR = 1e18


class Weights(NamedTuple):
    """Numbers of the matching in the units of the loop."""

    distance: float
    heading: float
    heading_least: float
    heading_from: float
    change: float
    onward: float
    gap: float
    east: np.ndarray
    north: np.ndarray


@cache
def weights() -> Weights:
    """From the settings: squared share of the tolerance, one less the cosine of the turn, m/s, log odds, s."""
    angle = np.radians(np.arange(DEGREES))
    return Weights(
        0.5 * s.ROAD_SIGMAS.value**2, 1.0 / math.radians(s.HEADING_SPREAD.value) ** 2,
        math.cos(math.radians(s.HEADING_MOST.value)), s.HEADING_FROM.value / 3.6, s.CHANGE_COST.value,
        s.ONWARD_COST.value, s.ROAD_GAP.value, np.sin(angle), np.cos(angle),
    )  # fmt: skip


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def square_of(latitude: float, longitude: float, roads: Roads) -> int:
    """Number of the square of a place (1e-6 degree); −1 outside."""
    i, j = (latitude - roads.south) / roads.step, (longitude - roads.west) / roads.step
    if 0.0 <= i < roads.rows and 0.0 <= j < roads.columns:
        return int(i) * roads.columns + int(j)
    return -1


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def off_line(latitude: float, longitude: float, p: np.ndarray) -> float:
    """Square of the distance (m²) to a straight piece of road (a row of ``Roads.segment``)."""
    x, y = (longitude - p[1]) * p[2], (latitude - p[0]) * METRES_PER_MICRODEGREE
    along = min(1.0, max(0.0, (x * p[3] + y * p[4]) * p[5]))
    x -= along * p[3]
    y -= along * p[4]
    return x * x + y * y


@numba.njit(cache=True, nogil=True, error_model="numpy")
def edge_of(
    latitude: int, longitude: int, speed: float, direction: int, before: int, roads: Roads, w: Weights
) -> int:  # fmt: skip
    """The likeliest edge of a fix, 0 for none; ``before``: the edge of the fix before, 0 for none."""
    square = square_of(latitude, longitude, roads)
    if square < 0:
        return 0
    best, least, moving = 0, FAR, speed >= w.heading_from
    east, north = w.east[direction % 360], w.north[direction % 360]
    for k in range(roads.begin[square], roads.begin[square + 1]):
        n = roads.near[k]
        p = roads.segment[n]
        share = off_line(latitude, longitude, p) / (p[6] * p[6])
        if share > 1.0:
            continue
        along = (east * p[3] + north * p[4]) / p[7]
        cost = w.distance * share
        out, back = roads.way[n, 0], roads.way[n, 1]
        edge = out
        if moving:
            if along < 0.0:
                edge, along = back, -along
            if edge == 0 or along < w.heading_least:
                continue
            cost += w.heading * (1.0 - along)
        elif (back > 0 and back == before) or (along < 0.0 and back > 0 and out != before):
            edge = back
        if before > 0 and edge != before:
            cost += w.onward if roads.last[before] == roads.first[edge] else w.change
        if cost < least:
            best, least = edge, cost
    return best


@numba.njit(cache=True, nogil=True, error_model="numpy")
def match(
    own: int, end: int, row: np.ndarray, t: np.ndarray, v: np.ndarray, latitude: np.ndarray, longitude: np.ndarray,
    direction: np.ndarray, roads: Roads, w: Weights, on: np.ndarray,
) -> None:  # fmt: skip
    """Fill ``on`` with the edge of each fix of one truck's day; 0: on none.

    A stretch off the roads no longer than the gap that comes back onto the same edge, or the next one, was on it.
    """
    before, left = 0, -1
    for i in range(own, end):
        k = row[i]
        edge = edge_of(latitude[k], longitude[k], v[i], direction[k], before, roads, w)
        on[i] = edge
        if edge == 0:
            continue
        if left >= 0 and left < i - 1 and t[i] - t[left] <= w.gap:
            held = on[left]
            if held == edge or roads.last[held] == roads.first[edge]:
                for j in range(left + 1, i):
                    on[j] = held
        before, left = edge, i
