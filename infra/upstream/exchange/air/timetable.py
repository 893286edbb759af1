"""Who flies where and when: round trips from the home airports, the same every day but for cancellations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from typing import Any

import airportsdata

from infra.upstream.exchange.air.aircraft import Aircraft, fleet
from infra.upstream.exchange.air.parameters import parameters, picked
from infra.upstream.rng import draws
from infra.upstream.world.model import World

EARTH_KM = 6371.0
FIRST_DEPARTURE_MIN, LAST_DEPARTURE_MIN = 6 * 60 + 20, 22 * 60 + 30


@dataclass(frozen=True)
class Service:
    """A daily round trip; ``tails`` are the aircraft that may fly it, empty for operators outside the register."""

    index: int
    operator: str
    number: int
    home: str
    away: str
    type: str
    departs_min: int
    km: float
    tails: tuple[Aircraft, ...]
    rank: int

    @property
    def spec(self) -> dict[str, Any]:
        """The type's parameters."""
        return parameters()["types"][self.type]

    @property
    def seats(self) -> int:
        """Usual seats of the type."""
        return int(self.spec["seats"])


@lru_cache(maxsize=1)
def _airports() -> dict[str, Any]:
    return airportsdata.load("IATA")


def position(iata: str) -> tuple[float, float]:
    """Latitude and longitude in degrees."""
    return _airports()[iata]["lat"], _airports()[iata]["lon"]


@lru_cache(maxsize=2048)
def distance_km(one: str, other: str) -> float:
    """Great circle between two airports."""
    (a, b), (c, d) = position(one), position(other)
    a, b, c, d = map(radians, (a, b, c, d))
    return 2.0 * EARTH_KM * asin(sqrt(sin((c - a) / 2) ** 2 + cos(a) * cos(c) * sin((d - b) / 2) ** 2))


@lru_cache(maxsize=4)
def services(world: World) -> tuple[Service, ...]:
    """All services in a fixed order."""
    airports = [one["iata"] for one in parameters()["airports"]]
    small = world.size == "small"
    listed = parameters()["key_units"][:1] if small else [*parameters()["key_units"], *parameters()["others"]]
    out: list[Service] = []
    for operator in listed:
        for place, home in enumerate(airports[:1] if small else airports):
            count = parameters()["small_services"] if small else operator["services"][place]
            out += [_service(world, operator, home, place, i, len(out) + i) for i in range(count)]
    return tuple(out)


def _service(world: World, operator: dict[str, Any], home: str, place: int, turn: int, index: int) -> Service:
    u = draws(world.seed, "service", operator["code"], home, turn)
    types = parameters()["types"]
    away = _away(operator, home, u)
    far = distance_km(home, away) > parameters()["long_haul_km"]
    flown = {k: w for k, w in operator["fleet"].items() if not far or types[k]["body"] == "wide"} or operator["fleet"]
    owned = [a for a in fleet(world) if a.operator == operator["code"]]
    if owned:
        flown = {k: w for k, w in flown.items() if any(a.type == k for a in owned)} or {owned[0].type: 1.0}
    kind = picked(flown, u[2])
    span = LAST_DEPARTURE_MIN - FIRST_DEPARTURE_MIN
    return Service(
        index=index,
        operator=operator["code"],
        number=(5001 if place == 0 else 7001) + 2 * turn,
        home=home,
        away=away,
        type=kind,
        departs_min=FIRST_DEPARTURE_MIN + int(span * u[3] / 5) * 5,
        km=distance_km(home, away),
        tails=tuple(a for a in owned if a.type == kind),
        rank=turn + 97 * place,
    )


def _away(operator: dict[str, Any], home: str, u: tuple[float, ...]) -> str:
    if "hub" in operator:
        return operator["hub"][int(u[0] * len(operator["hub"]))]
    places = parameters()["destinations"]
    freight = all(parameters()["types"][kind]["seats"] == 0 for kind in operator["fleet"])
    at_home = not freight and u[0] < places["domestic_share"][home]
    weights = places["cargo"] if freight else places["domestic"] if at_home else places[home]
    within = {iata: w for iata, w in weights.items() if distance_km(home, iata) <= operator["reach"]}
    return picked(within, u[1])
