"""Coach lines by month: trips, tickets, distance."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from infra.upstream.clock import label
from infra.upstream.exchange.resource import Month, Row, known_at, operated
from infra.upstream.exchange.road.fleets import (
    Fleet,
    coach_fleets,
    distance,
    models_of,
    parameters,
    reference,
    stage_of,
)
from infra.upstream.rng import draws, log_uniform, normals
from infra.upstream.world.model import World

OUTSIDE = "市外"
SMALL_ROUTES = 4  # routes of a fleet that the small world lists
COLUMNS = (
    "route_id", "period", "enterprise_code", "service", "origin_district", "destination_district", "destination_name",
    "fuel", "gross_mass_t", "emission_standard", "route_km", "trips", "vehicle_km", "mean_speed_kmh", "seats",
    "seat_km", "tickets", "passenger_km", "version", "updated_at",
)  # fmt: skip


@dataclass(frozen=True)
class Route:
    """A line or a charter business of one fleet; ``share``: of the fleet's distance."""

    route_id: str
    fleet: Fleet
    service: str
    destination: str
    destination_name: str
    km: float
    speed: float
    seats: float
    gross_t: float
    share: float


@lru_cache(maxsize=4)
def routes(world: World) -> list[Route]:
    """All routes in order; a fleet of operators that are no key unit is one charter business."""
    found = []
    for turn, fleet in enumerate(coach_fleets(world)):
        number = 1
        if fleet.enterprise is not None:
            number = max(1, round(distance(world, fleet, reference()) / parameters()["coach"]["km_per_route"]))
        weights = [math.exp(0.4 * normals(world.seed, "coach route", fleet.name, i)[0]) for i in range(number)]
        listed = number if world.size == "full" else min(number, SMALL_ROUTES)
        found += [_route(world, fleet, turn, i, weights[i] / sum(weights)) for i in range(listed)]
    return found


def _route(world: World, fleet: Fleet, turn: int, i: int, share: float) -> Route:
    spec, u = parameters()["coach"], draws(world.seed, "coach line", fleet.name, i)
    charter = fleet.enterprise is None or u[0] < 0.2
    km = round(log_uniform(u[1], *spec["route_km"]) * (0.5 if charter else 1.0), 1)
    inside = u[2] < 0.12
    low, high = spec["speed_kmh"]
    models = models_of(spec, fleet.fuel)
    seats, gross = models[int(u[5] * len(models))]
    return Route(
        route_id=f"KY{turn:03d}{i:04d}",
        fleet=fleet,
        service="包车" if charter else "班线",
        destination=list(parameters()["districts"])[int(u[3] * len(parameters()["districts"]))] if inside else OUTSIDE,
        destination_name="" if inside else parameters()["faraway"][int(u[3] * len(parameters()["faraway"]))],
        km=km,
        speed=low + (high - low) * min(1.0, 0.25 + km / 600.0 + 0.2 * (u[6] - 0.5)),
        seats=seats,
        gross_t=gross,
        share=share,
    )


def route_months(world: World, known: Month) -> Iterator[Row]:
    """One row a route for the month before."""
    month = operated(known)
    for route in routes(world):
        yield _row(world, route, month, known)


def _row(world: World, route: Route, month: Month, known: Month) -> Row:
    fleet, z = route.fleet, normals(world.seed, "coach month", route.route_id, *month)
    wanted = distance(world, fleet, month) * route.share * math.exp(0.05 * z[0])
    trips = max(1, round(wanted / route.km))
    km = round(trips * route.km * (1.0 + 0.001 * z[1]), 1)
    seat_km = round(km * route.seats, 1)
    passenger_km = round(seat_km * min(0.93, _occupancy(world, fleet, month) * math.exp(0.06 * z[2])), 1)
    tickets = math.ceil(passenger_km / (route.km * (0.93 + 0.02 * math.tanh(z[3]))))
    return (
        route.route_id, label(month), fleet.operator, route.service, fleet.district, route.destination,
        route.destination_name, fleet.fuel, route.gross_t, stage_of(world, fleet), route.km, trips, km,
        round(route.speed * (1.0 + 0.015 * z[3]), 1), route.seats, seat_km, tickets, passenger_km, 1,
        known_at(world.seed, known, "coach route", route.route_id, last_day=12),
    )  # fmt: skip


def _occupancy(world: World, fleet: Fleet, month: Month) -> float:
    """Share of seats sold: what the enterprise's passenger-km ask for, within what is possible."""
    if fleet.enterprise is None:
        return 0.52
    physics, e = world.physics, fleet.enterprise
    mean_seats = 45.0
    asked = physics.activity(e, "passenger_km", *month) / physics.activity(e, "vehicle_km", *month) / mean_seats
    return min(0.9, max(0.18, asked))
