"""Every flight of both airports, as their operation systems record it; some times are missing, some rows come twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from math import log, radians, sin
from typing import Any, NamedTuple

from infra.upstream.clock import DAY_SECONDS, days_in, epoch_of
from infra.upstream.exchange.air.aircraft import Aircraft
from infra.upstream.exchange.air.burn import Burnt, burnt
from infra.upstream.exchange.air.parameters import parameters
from infra.upstream.exchange.air.timetable import Service, position, services
from infra.upstream.exchange.resource import Month, Row, known_at, operated
from infra.upstream.rng import draws, normals
from infra.upstream.world.model import World

COLUMNS = (
    "flight_date", "flight_no", "operator", "aircraft_type", "tail", "off_block_at", "takeoff_at", "landing_at",
    "on_block_at", "origin", "destination", "passengers", "cargo_kg", "version", "updated_at",
)  # fmt: skip
TIMES = ("off_block_at", "takeoff_at", "landing_at", "on_block_at")
MINUTE, OFFSET_SECONDS = 60, 8 * 3600


class Leg(NamedTuple):
    """One way of a round trip as planned; ``turn`` is 0 out, 1 back."""

    service: Service
    tail: Aircraft | None
    turn: int
    origin: str
    destination: str
    planned: int


class Flight(NamedTuple):
    """One flight as it was: times in Unix seconds, what it carried, what it burnt."""

    service: Service
    number: str
    tail: str
    wear: float
    origin: str
    destination: str
    planned: int
    times: tuple[int, int, int, int]
    passengers: int
    cargo_kg: int
    air_km: float
    missing: tuple[str, ...]
    provisional: bool

    @property
    def fuel(self) -> Burnt:
        """What it burnt."""
        load = self.passengers * parameters()["operations"]["passenger_kg"] + self.cargo_kg
        off, up, down, on = self.times
        return burnt(self.service.spec, self.wear, self.air_km, load, (up - off + on - down) / MINUTE)


@lru_cache(maxsize=4096)
def _day(number: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=number)).isoformat()


def day_of(epoch: int) -> str:
    """Beijing date."""
    return _day((epoch + OFFSET_SECONDS) // DAY_SECONDS)


def stamp(epoch: int) -> str:
    """ISO time of a flight's event, +08:00; as ``clock.iso``, five times as fast."""
    number, second = divmod(epoch + OFFSET_SECONDS, DAY_SECONDS)
    return f"{_day(number)}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}+08:00"


def flights(world: World, month: Month) -> Iterator[Flight]:
    """True flights whose planned departure falls into the month, Beijing time, in a fixed order."""
    first = date(*month, 1)
    for day in (first + timedelta(days=i) for i in range(-2, days_in(month))):
        for service in services(world):
            for flight in _round_trip(world, service, day):
                if day_of(flight.planned)[:7] == f"{month[0]:04d}-{month[1]:02d}":
                    yield flight


def _round_trip(world: World, service: Service, day: date) -> list[Flight]:
    """The flight out and the flight back of one day, or none."""
    o, seed, key = parameters()["operations"], world.seed, (service.index, day.toordinal())
    u, v, z = draws(seed, "out", *key), draws(seed, "back", *key), normals(seed, "trip", *key)
    if u[0] >= o["flown"]:
        return []
    tail = service.tails[(service.rank + day.toordinal()) % len(service.tails)] if service.tails else None
    plan = epoch_of(day.year, day.month, day.day) + service.departs_min * MINUTE
    ground = o["turnaround"][service.spec["body"]]
    out = _flown(Leg(service, tail, 0, service.home, service.away, plan), u, z[0], z[1])
    back_plan = plan + int(_block_min(service) + ground[0] + 8) * MINUTE
    ready = out.times[3] + int((ground[0] + ground[1] * abs(z[2])) * MINUTE)
    return [out, _flown(Leg(service, tail, 1, service.away, service.home, back_plan), v, z[2], z[3], ready)]


def _block_min(service: Service) -> float:
    return service.km / service.spec["speed"] * 60.0 + 45.0


def _flown(leg: Leg, u: tuple[float, ...], z: float, w: float, ready: int = 0) -> Flight:
    """The flight as it went, from its plan."""
    o, service, tail = parameters()["operations"], leg.service, leg.tail
    spec, seats = service.spec, (tail or service).seats
    delay = -8.0 - o["delay"] * 1.4 * log(1.0 - u[1]) * (0.4 + 0.6 * u[2])
    off = max(leg.planned + int(delay * MINUTE), ready)
    out_min, in_min = _taxi(leg.origin, 0) * (1 + 0.22 * z), _taxi(leg.destination, 1) * (1 + 0.18 * w)
    ground_km = service.km * (1 + o["detour"][0] * (0.6 + 0.8 * u[3])) + o["detour"][1] * (0.5 + u[4])
    wind = _tailwind(leg.origin, leg.destination) * o["wind"] * (0.6 + 0.8 * u[5])
    hours = ground_km / (spec["speed"] + wind) + o["slow_hours"]
    up = off + int(max(out_min, 4.0) * MINUTE)
    down = up + int(hours * 3600)
    on = down + int(max(in_min, 2.0) * MINUTE)
    load = min(1.0, max(0.25, o["load"][0] + o["load"][1] * z)) if seats else 0.0
    passengers = int(seats * load)
    left = max(0.0, spec["payload"] - passengers * o["passenger_kg"])
    share = (o["cargo_load"] if not seats else o["belly"])[0] + (o["cargo_load"] if not seats else o["belly"])[1] * w
    return Flight(
        service=service,
        number=f"{service.operator}{service.number + leg.turn}",
        tail=tail.tail if tail else "",
        wear=tail.wear if tail else o["wear"][0],
        origin=leg.origin,
        destination=leg.destination,
        planned=leg.planned,
        times=(off, up, down, on),
        passengers=passengers,
        cargo_kg=int(left * min(0.97, max(0.0, share))),
        air_km=ground_km * spec["speed"] / (spec["speed"] + wind),
        missing=_missing(leg, u),
        provisional=u[7] < o["provisional"],
    )


@lru_cache(maxsize=512)
def _taxi(iata: str, place: int) -> float:
    """Usual minutes of taxi at an airport: 0 out, 1 in."""
    home = {one["iata"]: one["taxi"] for one in parameters()["airports"]}
    return home.get(iata, (15.0, 6.0))[place]


@lru_cache(maxsize=1024)
def _tailwind(origin: str, destination: str) -> float:
    """From −1 (due west) to 1 (due east), as the jet stream blows."""
    (a, b), (c, d) = position(origin), position(destination)
    east = (d - b + 180.0) % 360.0 - 180.0
    return sin(radians(90.0 * max(-1.0, min(1.0, east / max(1.0, (east**2 + (c - a) ** 2) ** 0.5)))))


def _missing(leg: Leg, u: tuple[float, ...]) -> tuple[str, ...]:
    """Fields that the record lacks: at most one, and at foreign gates the block time more often."""
    o = parameters()["operations"]
    left = u[6]
    for name, rate in o["missing"].items():
        left -= rate
        if left < 0:
            return (name,)
    if leg.tail is None and left < o["foreign_gate_missing"]:
        return ("off_block_at",) if leg.turn else ("on_block_at",)
    return ()


def rows(world: World, known: Month) -> Iterator[Row]:
    """Records of the flights of the month before; a few come provisionally first, without their last times."""
    sent: dict[str, tuple[str, str]] = {}
    for flight in flights(world, operated(known)):
        day = day_of(flight.planned)
        if day not in sent:
            early = known_at(world.seed, known, "flight", day, last_day=10)
            sent[day] = early, known_at(world.seed, known, "flight", day, "final", first_day=12, last_day=25)
        cells = record(flight, day)
        if flight.provisional:
            yield (*{**cells, "landing_at": None, "on_block_at": None}.values(), 1, sent[day][0])
            yield (*cells.values(), 2, sent[day][1])
        else:
            yield (*cells.values(), 1, sent[day][0])


def record(flight: Flight, day: str) -> dict[str, Any]:
    """The flight's cells but version and time of update, without what is missing."""
    times = dict(zip(TIMES, map(stamp, flight.times), strict=True))
    cells: dict[str, Any] = {
        "flight_date": day, "flight_no": flight.number, "operator": flight.service.operator,
        "aircraft_type": flight.service.type, "tail": flight.tail or None, **times, "origin": flight.origin,
        "destination": flight.destination, "passengers": flight.passengers, "cargo_kg": flight.cargo_kg,
    }  # fmt: skip
    return {name: None if name in flight.missing else value for name, value in cells.items()}
