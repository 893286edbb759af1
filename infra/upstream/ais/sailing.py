"""Where a ship is at every second asked for: to and fro between sea and berth, with waits, berths, and tides."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from infra.upstream.ais.vessels import Vessel, parameters
from infra.upstream.rng import draws

NM_PER_DEGREE = 60.0
KM_PER_NM = 1.852
SAILING, ANCHORED, MOORED, AWAY = range(4)


@dataclass(frozen=True)
class Path:
    """Fixes of a ship at given seconds: degrees, knots over ground and through water, state, course."""

    latitude: np.ndarray
    longitude: np.ndarray
    knots: np.ndarray
    water_knots: np.ndarray
    state: np.ndarray
    course: np.ndarray


@dataclass(frozen=True)
class Route:
    """A ship's own way from sea to berth: points (longitude, latitude), miles up to each, which is its anchorage."""

    points: np.ndarray
    miles: np.ndarray
    anchorage: int


@lru_cache(maxsize=512)
def route(ship: Vessel) -> Route:
    """The lane of the ship through an anchorage and to a berth of its own."""
    data, own = parameters()["lanes"][ship.lane], np.array(draws(0, "place", ship.number)[:4]) - 0.5
    points, before = list(map(np.array, data["points"])), data["anchor_before"]
    points[-1] = points[-1] + own[:2] * 0.04
    points.insert(before, np.array(data["anchor"]) + own[2:4] * 0.12)
    way = np.array(points)
    east = np.diff(way[:, 0]) * np.cos(np.radians((way[1:, 1] + way[:-1, 1]) / 2))
    return Route(way, np.concatenate([[0.0], np.cumsum(NM_PER_DEGREE * np.hypot(np.diff(way[:, 1]), east))]), before)


class Piece(NamedTuple):
    """A stretch of a ship's time (seconds), from one mile of its route to another."""

    state: int
    begin: float
    end: float
    origin: float
    goal: float


def schedule(ship: Vessel, seconds: int, seed: int) -> list[Piece]:
    """Pieces that cover 0 … ``seconds``: in from sea, perhaps a wait at anchor, a berth unless in transit, out."""
    spec, way = parameters(), route(ship)
    whole, half = float(way.miles[-1]), float(way.miles[way.anchorage])
    out: list[Piece] = []
    now, turn = -3600.0 * 48.0 * draws(seed, "begin", ship.number)[0], 0
    while now < seconds:
        u = draws(seed, "visit", ship.number, turn)
        knots = ship.knots * (spec["pace"][0] + (spec["pace"][1] - spec["pace"][0]) * u[0])
        hours = {name: low + (high - low) * u[2 + n] for n, (name, (low, high)) in enumerate(spec["hours"].items())}
        plan: list[tuple[int, float, float, float]] = []
        if u[1] < spec["waits"]:
            plan += [(SAILING, half / knots, 0.0, half), (ANCHORED, hours["anchor"], half, half)]
            plan += [(SAILING, (whole - half) / knots, half, whole)]
        else:
            plan += [(SAILING, whole / knots, 0.0, whole)]
        if spec["lanes"][ship.lane]["berth"]:
            plan += [(MOORED, hours["berth"], whole, whole)]
        plan += [(SAILING, whole / knots, whole, 0.0), (AWAY, hours["away"], 0.0, 0.0)]
        for state, span, origin, goal in plan:
            out.append(Piece(state, now, now + span * 3600.0, origin, goal))
            now += span * 3600.0
        turn += 1
    return out


def sailed(ship: Vessel, times: np.ndarray, seed: int) -> Path:
    """The ship at ``times`` (seconds since the first midnight)."""
    n, way = len(times), route(ship)
    path = Path(np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n), np.full(n, AWAY), np.zeros(n))
    tide = parameters()["current_kn"] * np.sin(2 * math.pi * times / (3600.0 * parameters()["tide_h"]) + ship.lane)
    for piece in schedule(ship, int(times[-1]) + 1, seed):
        i = np.flatnonzero((times >= piece.begin) & (times < piece.end))
        if not len(i):
            continue
        path.state[i] = piece.state
        if piece.state == SAILING:
            _under_way(path, i, piece, times[i], tide[i], way)
        elif piece.state != AWAY:
            _still(path, i, ship, piece, times[i], way)
    return path


def _under_way(path: Path, i: np.ndarray, piece: Piece, times: np.ndarray, tide: np.ndarray, way: Route) -> None:
    """Speed rises and falls at the ends as a trapezium over time; distance is its integral."""
    length, sense = abs(piece.goal - piece.origin), 1.0 if piece.goal > piece.origin else -1.0
    hours, share = (piece.end - piece.begin) / 3600.0, (times - piece.begin) / (piece.end - piece.begin)
    ramp = min(0.3, parameters()["slowing_km"] / KM_PER_NM / max(length, 1.0))
    top = length / (hours * (1.0 - ramp))
    pace = np.minimum(np.minimum(share / ramp, 1.0), (1.0 - share) / ramp)
    gone = top * hours * np.where(
        share < ramp, share**2 / (2 * ramp),
        np.where(share > 1 - ramp, 1 - ramp - (1 - share) ** 2 / (2 * ramp), share - ramp / 2),
    )  # fmt: skip
    at = piece.origin + sense * gone
    path.longitude[i] = np.interp(at, way.miles, way.points[:, 0])
    path.latitude[i] = np.interp(at, way.miles, way.points[:, 1])
    path.knots[i] = top * pace
    path.water_knots[i] = np.maximum(top * pace - sense * tide * pace, 0.0)
    leg = np.clip(np.searchsorted(way.miles, at, side="right") - 1, 0, len(way.points) - 2)
    step = (way.points[leg + 1] - way.points[leg]) * sense
    path.course[i] = np.degrees(np.arctan2(step[:, 0] * 0.857, step[:, 1])) % 360.0


def _still(path: Path, i: np.ndarray, ship: Vessel, piece: Piece, times: np.ndarray, way: Route) -> None:
    """Swinging about the anchor, or moored."""
    place, swing = way.points[-1 if piece.state == MOORED else way.anchorage], 2e-5 if piece.state == MOORED else 6e-4
    turn = 2 * math.pi * times / 20_000.0 + ship.number
    path.longitude[i], path.latitude[i] = place[0] + swing * np.cos(turn), place[1] + swing * np.sin(turn)
    path.knots[i] = 0.0 if piece.state == MOORED else 0.2
