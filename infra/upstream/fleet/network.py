"""The schematic road network as arrays: lengths, speed limits, heights, and the next road on the way to any place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

HERE = Path(__file__).parent
KNOT_M = 100.0
EARTH_M = 6371008.8
OVERPASS_M = 600.0  # length of the hump of an overpass or bridge
SEED = 808


@dataclass(frozen=True)
class Network:
    """Directed roads: ``start``, ``end`` (places), ``length_m``, ``klass``, ``limit_m_s``, ``signals_m``, ``red``.

    ``height``: metres at knots every ``KNOT_M``, road r's from ``knot[r]``. ``hop[d, p]``: road to take at place p
    towards place d. ``lat, lon``: degrees of places.
    """

    lat: np.ndarray
    lon: np.ndarray
    start: np.ndarray
    end: np.ndarray
    length_m: np.ndarray
    klass: np.ndarray
    limit_m_s: np.ndarray
    signals_m: np.ndarray
    red: np.ndarray
    knot: np.ndarray
    height: np.ndarray
    hop: np.ndarray


@lru_cache(maxsize=1)
def parameters() -> dict[str, Any]:
    """The whole of ``parameters.yaml``."""
    return dict(yaml.safe_load((HERE / "parameters.yaml").read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def network() -> Network:
    """The network of ``network.yaml``; every road in both directions, heights the same both ways."""
    data = yaml.safe_load((HERE / "network.yaml").read_text(encoding="utf-8"))
    names = list(data["places"])
    lat, lon, rough = (np.array([data["places"][name][i] for name in names], float) for i in range(3))
    classes = parameters()["road_classes"]
    rng = np.random.default_rng(SEED)
    start, end, length, klass, knot, heights = [], [], [], [], [0], []
    for a, b, name, *_ in data["roads"]:
        i, j = names.index(a), names.index(b)
        metres = _distance(lat[i], lon[i], lat[j], lon[j])
        profile = _profile(rng, metres, 0.5 * (rough[i] + rough[j]), classes[name]["overpass"])
        for p, q, way in ((i, j, profile), (j, i, profile[::-1])):
            start.append(p)
            end.append(q)
            length.append(metres)
            klass.append(list(classes).index(name))
            heights.append(way)
            knot.append(knot[-1] + len(way))
    of = np.array(klass)
    column = {key: np.array([spec[key] for spec in classes.values()], float) for key in ("limit", "signals", "red")}
    begin, finish, metres_of = np.array(start), np.array(end), np.array(length)
    return Network(
        lat, lon, begin, finish, metres_of, of, column["limit"][of] / 3.6, column["signals"][of], column["red"][of],
        np.array(knot[:-1]), np.concatenate(heights), _hops(begin, finish, metres_of / column["limit"][of], len(names)),
    )  # fmt: skip


def _distance(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    north = np.radians(lat2 - lat1) * EARTH_M
    east = np.radians(lon2 - lon1) * EARTH_M * np.cos(np.radians(0.5 * (lat1 + lat2)))
    return float(np.hypot(north, east))


def _profile(rng: np.random.Generator, metres: float, rough: float, overpass_m: float) -> np.ndarray:
    """Heights (m) every 100 m: ground of long waves, level at both ends, and overpasses of 6 to 13 m."""
    at = np.arange(int(metres // KNOT_M) + 2) * KNOT_M
    ground = np.zeros(len(at))
    for wave_m, share in ((9000.0, 0.6), (3700.0, 0.3), (1500.0, 0.1)):
        ground += rough * share * np.sin(2 * np.pi * (at / wave_m + rng.random()))
    ground *= np.minimum(1.0, np.minimum(at, metres - np.minimum(at, metres)) / 3000.0)
    for middle in np.arange(overpass_m * rng.uniform(0.3, 0.7), metres, overpass_m):
        near = np.abs(at - middle) / OVERPASS_M
        ground += np.where(near < 1.0, rng.uniform(6.0, 13.0) * 0.5 * (1.0 + np.cos(np.pi * near)), 0.0)
    return 5.0 + ground


def _hops(start: np.ndarray, end: np.ndarray, hours: np.ndarray, places: int) -> np.ndarray:
    graph = coo_matrix((hours, (start, end)), shape=(places, places)).tocsr()
    _, before = dijkstra(graph, return_predecessors=True)
    road = {(a, b): r for r, (a, b) in enumerate(zip(start.tolist(), end.tolist(), strict=True))}
    hop = np.full((places, places), -1)
    for goal in range(places):
        for place in range(places):
            if place != goal:
                # The network is symmetric: the way to `goal` is the way from it, walked back.
                hop[goal, place] = road[place, int(before[goal, place])]
    return hop
