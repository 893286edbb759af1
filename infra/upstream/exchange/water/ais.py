"""AIS positions of a stated share of the fleet, as coastal stations receive them: one fix every ten minutes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import numpy as np

from infra.upstream.clock import days_in, iso, month_start, shift
from infra.upstream.exchange.resource import Fault, Month, Resource, Row, known_at, operated
from infra.upstream.exchange.water.parameters import parameters, sea_ships, tracks
from infra.upstream.rng import code64, draws, uniform_array
from infra.upstream.ship_energy.voyages import HOUR, Voyage, leg_of, legs_arriving
from infra.upstream.world.fleet import Ship
from infra.upstream.world.model import World

COLUMNS = (
    "ship_id", "positioned_at", "latitude_deg", "longitude_deg", "speed_kn", "draught_m", "nav_status", "version",
    "updated_at",
)  # fmt: skip
NM_PER_DEGREE = 60.0
UNDER_WAY, AT_ANCHOR, MOORED = "在航", "锚泊", "靠泊"
FAULTS = (
    Fault("duplicate", share=0.5),
    Fault("malformed", ("latitude_deg", "speed_kn"), share=0.1),
    Fault("impossible", ("latitude_deg", "longitude_deg"), share=0.1, high=180.0),
    Fault("impossible", ("speed_kn",), share=0.1, low=0.0, high=102.3),
)


@lru_cache(maxsize=4)
def covered(world: World) -> tuple[Ship, ...]:
    """Ships whose positions are received: a fixed choice among those on routes along the coast."""
    spec = parameters()["ais"]
    able = [s for s in sea_ships(world) if s.away in tracks()["routes"] and s.home in tracks()["channel"]]
    able.sort(key=lambda s: draws(world.seed, "ais", s.index)[0])
    number = spec["small"]["ships"] if world.size == "small" else spec["ships"]
    return tuple(sorted(able[:number], key=lambda s: s.ship_id))


def rows(world: World, known: Month) -> Iterator[Row]:
    """Positions of the month before, by ship and time."""
    month, spec = operated(known), parameters()["ais"]
    hours = spec["small"]["hours"] if world.size == "small" else 24 * days_in(month)
    times = month_start(month) + np.arange(0, hours * HOUR, spec["minutes"] * 60)
    for ship in covered(world):
        yield from _ship_rows(world, ship, month, known, times)


def _ship_rows(world: World, ship: Ship, month: Month, known: Month, times: np.ndarray) -> Iterator[Row]:
    voyages = _voyages(world, ship, month)
    starts = np.array([v.departure for v in voyages])
    base, quiet = (np.array([code64(world.seed, name, ship.index, *month)], np.uint64) for name in ("ais", "ais lost"))
    noise = uniform_array(base, np.arange(len(times)))
    lost = uniform_array(quiet, np.arange(len(times)) // 6) < parameters()["ais"]["lost"]
    at = known_at(world.seed, known, "ais", ship.ship_id, last_day=2)
    which = np.clip(np.searchsorted(starts, times, side="right") - 1, 0, None)
    for i in np.flatnonzero(~lost):
        voyage = voyages[int(which[i])]
        lat, lon, knots, status = place(voyage, float(times[i]), float(noise[i]))
        yield (
            ship.ship_id, iso(int(times[i])), round(lat, 5), round(lon, 5), round(knots, 1), draught(voyage), status, 1,
            at,
        )  # fmt: skip


def _voyages(world: World, ship: Ship, month: Month) -> list[Voyage]:
    """The voyages that touch a month, in order."""
    since, before = month_start(month), month_start(shift(month, 1))
    step = int(ship.leg_hours * HOUR)
    inside = legs_arriving(ship, since - 2 * step, before + step, world.seed)
    first = max(inside[0].leg - 1, 0)
    return [leg_of(ship, leg, world.seed) for leg in range(first, inside[-1].leg + 1)]


def place(voyage: Voyage, time: float, u: float) -> tuple[float, float, float, str]:
    """Latitude, longitude, knots and status at a time: under way, waiting off the berth, moored, waiting to leave."""
    points, miles = route(voyage.departure_port, voyage.arrival_port)
    sailing = voyage.hours * HOUR
    gone = time - voyage.departure
    if gone < sailing:
        share = max(gone, 0.0) / sailing
        wave = 0.06 * math.sin(12.0 * math.pi * share) / (12.0 * math.pi)
        lat, lon = _along(points, (share + wave) * miles[-1], miles)
        pace = 1.0 + 0.06 * math.cos(12.0 * math.pi * share)
        return lat, lon, miles[-1] / voyage.hours * pace * (0.99 + 0.02 * u), UNDER_WAY
    lat, lon = points[-1][1], points[-1][0]
    jitter = (u - 0.5) * 2e-4
    if time < voyage.arrival:
        return lat + 0.02 + jitter, lon + 0.03 - jitter, 0.4 * u, AT_ANCHOR
    if time < voyage.arrival + voyage.berth_hours * HOUR:
        return lat + jitter, lon - jitter, 0.1 * u, MOORED
    return lat + 0.03 + jitter, lon + 0.04 - jitter, 0.4 * u, AT_ANCHOR


@lru_cache(maxsize=64)
def route(start: str, stop: str) -> tuple[list[list[float]], list[float]]:
    """Way points (longitude, latitude) from port to port, and nautical miles up to each."""
    data = tracks()
    outbound = start in data["channel"]
    home, away = (start, stop) if outbound else (stop, start)
    points = [*data["channel"][home], *data["routes"][away]]
    points = points if outbound else points[::-1]
    miles = [0.0]
    for a, b in pairwise(points):
        east = (b[0] - a[0]) * math.cos(math.radians((a[1] + b[1]) / 2.0))
        miles.append(miles[-1] + NM_PER_DEGREE * math.hypot(b[1] - a[1], east))
    return points, miles


def _along(points: list[list[float]], gone: float, miles: list[float]) -> tuple[float, float]:
    at = min(max(int(np.searchsorted(miles, gone, side="right")) - 1, 0), len(points) - 2)
    share = (gone - miles[at]) / (miles[at + 1] - miles[at])
    a, b = points[at], points[at + 1]
    return a[1] + share * (b[1] - a[1]), a[0] + share * (b[0] - a[0])


def draught(voyage: Voyage) -> float:
    """Metres, from the load on board."""
    empty, grows = parameters()["ais"]["draught"]
    full = 0.29 * voyage.ship.deadweight ** (1.0 / 3.0)
    return round(full * (empty + grows * voyage.cargo_t / voyage.ship.deadweight), 1)


AIS = Resource(
    name="ais_position",
    title_zh="船舶自动识别系统船位（部分船舶）",
    columns=COLUMNS,
    rows=rows,
    key=("ship_id", "positioned_at"),
    period="positioned_at",
    keeps_months=1,
    faults=FAULTS,
)
