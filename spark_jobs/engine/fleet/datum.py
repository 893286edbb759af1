"""Terminals that report GCJ-02 in place of WGS-84: told by the roads they would be on, vehicle-day by vehicle-day.

A vehicle's fixes on the move are held against the network as sent and turned from GCJ-02, which lies 300 to 600 m off.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numba
import numpy as np

from spark_jobs.engine.fleet import matching
from spark_jobs.engine.fleet import settings as s
from spark_jobs.engine.fleet.matching import off_line, square_of
from spark_jobs.engine.fleet.network import Roads
from spark_jobs.models.truck_trips.coordinates import gcj02_from_wgs84, wgs84_from_gcj02

MICRO = 1e6
WGS84, GCJ02, UNTOLD = "wgs84", "gcj02", ""
SAMPLE = 4  # vehicle, latitude, longitude (1e-6 degree), direction


@dataclass(frozen=True)
class Told:
    """Of each vehicle of a file: fixes compared, near a road as sent and turned, log likelihood ratio, verdict."""

    compared: np.ndarray
    near_as_sent: np.ndarray
    near_turned: np.ndarray
    log_likelihood: np.ndarray

    @property
    def gcj02(self) -> np.ndarray:
        """Whether the vehicle is told to report GCJ-02."""
        return self.log_likelihood > s.DATUM_CLEAR.value

    @property
    def wgs84(self) -> np.ndarray:
        """Whether it is told to report WGS-84."""
        return self.log_likelihood < -s.DATUM_CLEAR.value


@cache
def _scale() -> tuple[float, float, float]:
    """Weight of a road's nearness, its share off it, the negative half squared spread in tolerances."""
    on, chance, sigmas = s.DATUM_ON_ROAD.value, s.DATUM_BY_CHANCE.value, s.ROAD_SIGMAS.value
    return on * sigmas * math.sqrt(2.0 / math.pi) / chance, 1.0 - on, -0.5 * sigmas**2


@numba.njit(cache=True, nogil=True)
def samples(
    begin: np.ndarray, latitude: np.ndarray, longitude: np.ndarray, direction: np.ndarray, speed: np.ndarray,
    state: np.ndarray, slowest: int, most: int, out: np.ndarray,
) -> int:  # fmt: skip
    """At most ``most`` fixes on the move of each vehicle, evenly over its day, into ``out``; returns how many."""
    n = 0
    for k in range(len(begin) - 1):
        moving = 0
        for i in range(begin[k], begin[k + 1]):
            moving += speed[i] >= slowest and not state[i] & 8
        stride, seen = max(1, -(-moving // most)), 0
        for i in range(begin[k], begin[k + 1]):
            if speed[i] >= slowest and not state[i] & 8:
                if seen % stride == 0:
                    out[n, 0], out[n, 1], out[n, 2], out[n, 3] = k, latitude[i], longitude[i], direction[i]
                    n += 1
                seen += 1
    return n


@numba.njit(cache=True, nogil=True, error_model="numpy")
def nearness(
    latitude: np.ndarray, longitude: np.ndarray, direction: np.ndarray, roads: Roads, w: matching.Weights,
    roughest: float, out: np.ndarray,
) -> None:  # fmt: skip
    """Squared distance of each fix to the nearest road in its direction, over its squared tolerance; above 1: none."""
    for i in range(len(out)):
        out[i] = 2.0
        square = square_of(latitude[i], longitude[i], roads)
        if square < 0:
            continue
        east, north = w.east[direction[i] % 360], w.north[direction[i] % 360]
        for k in range(roads.begin[square], roads.begin[square + 1]):
            n = roads.near[k]
            p = roads.segment[n]
            along = (east * p[3] + north * p[4]) / p[7]
            if p[6] > roughest or abs(along) < w.heading_least or (along < 0.0 and roads.way[n, 1] == 0):
                continue
            out[i] = min(out[i], off_line(latitude[i], longitude[i], p) / (p[6] * p[6]))


def tell(columns: dict[str, np.ndarray], begin: np.ndarray, roads: Roads) -> Told:
    """Hold the vehicles of a silver file (columns of the kernel and ``direction``) against the roads."""
    size, most = len(begin) - 1, int(s.DATUM_FIXES.value)
    taken = np.empty((size * most, SAMPLE), np.int64)
    n = samples(
        begin, columns["latitude"], columns["longitude"], columns["direction"], columns["speed_clean"],
        columns["state"], int(s.DATUM_FROM.value * 100.0), most, taken,
    )  # fmt: skip
    vehicle, lat, lon, direction = taken[:n].T
    sent = (lat.astype(np.float64), lon.astype(np.float64))
    there = gcj02_from_wgs84(sent[0] / MICRO, sent[1] / MICRO)
    # One step of the inverse leaves half a metre: enough to see which is on the road.
    turned = tuple(2.0 * a - b * MICRO for a, b in zip(sent, there, strict=True))
    shares = []
    for place in (sent, turned):
        share = np.empty(n)
        nearness(place[0], place[1], direction, roads, matching.weights(), s.DATUM_ROUGHEST.value, share)
        shares.append(share)
    weight, rest, half = _scale()
    score = [np.log(np.where(x <= 1.0, weight * np.exp(half * x), 0.0) + rest) for x in shares]
    sums = [np.bincount(vehicle, values, size) for values in (score[1] - score[0], shares[0] <= 1.0, shares[1] <= 1.0)]
    compared = np.bincount(vehicle, minlength=size)
    return Told(compared, sums[1].astype(np.int64), sums[2].astype(np.int64), sums[0])


def turned(columns: dict[str, np.ndarray], begin: np.ndarray, which: np.ndarray) -> dict[str, np.ndarray]:
    """The columns with the positions of vehicles ``which`` turned from GCJ-02 into WGS-84."""
    if not which.any():
        return columns
    rows = np.flatnonzero(np.repeat(which, np.diff(begin)))
    lat, lon = columns["latitude"].copy(), columns["longitude"].copy()
    lat[rows], lon[rows] = to_wgs84(lat[rows], lon[rows])
    return columns | {"latitude": lat, "longitude": lon}


def to_wgs84(latitude: np.ndarray, longitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """GCJ-02 → WGS-84, both in whole 1e-6 degrees."""
    lat, lon = wgs84_from_gcj02(latitude / MICRO, longitude / MICRO)
    return np.round(lat * MICRO).astype(np.int32), np.round(lon * MICRO).astype(np.int32)
