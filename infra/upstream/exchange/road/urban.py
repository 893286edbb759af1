"""Urban passenger transport by month: bus lines, fleets of taxis and ride-hailing cars, charging."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from infra.upstream.clock import days_in, label
from infra.upstream.exchange.resource import Month, Row, known_at, operated
from infra.upstream.exchange.road.fleets import (
    Fleet,
    distance,
    models_of,
    of_sector,
    parameters,
    reference,
    running,
    stage_of,
    transport_use,
    urban_fleets,
)
from infra.upstream.rng import draws, log_uniform, normals
from infra.upstream.world.enterprises import Enterprise
from infra.upstream.world.model import World

KWH_PER_MWH = 1000.0
SMALL_LISTED = 5  # routes of a fleet, and stations of an enterprise, that the small world lists
ROUTE_COLUMNS = (
    "route_id", "period", "enterprise_code", "district_code", "fuel", "gross_mass_t", "emission_standard",
    "route_km", "trips",
    "vehicle_km", "mean_speed_kmh", "places", "place_km", "boardings", "version", "updated_at",
)  # fmt: skip
FLEET_COLUMNS = (
    "enterprise_code", "district_code", "period", "service", "fuel", "vehicles", "trips", "passengers", "occupied_km",
    "vehicle_km", "mean_speed_kmh", "version", "updated_at",
)  # fmt: skip
CHARGING_COLUMNS = (
    "station_id", "period", "enterprise_code", "district_code", "station_kind", "energy_kwh", "peak_kwh", "flat_kwh",
    "valley_kwh", "sessions", "version", "updated_at",
)  # fmt: skip


@dataclass(frozen=True)
class BusRoute:
    """A bus line of one fleet; ``share``: of the fleet's distance."""

    route_id: str
    fleet: Fleet
    district: str
    km: float
    speed: float
    places: float
    gross_t: float
    share: float


@lru_cache(maxsize=4)
def bus_routes(world: World) -> list[BusRoute]:
    """All bus lines in order."""
    spec, found = parameters()["urban"]["bus"], []
    for turn, fleet in enumerate(f for f in urban_fleets(world) if f.kind == "公交"):
        number = max(1, round(distance(world, fleet, reference()) / spec["km_per_route"]))
        weights = [math.exp(0.45 * normals(world.seed, "bus route", fleet.name, i)[0]) for i in range(number)]
        listed = number if world.size == "full" else min(number, SMALL_LISTED)
        for i in range(listed):
            u = draws(world.seed, "bus line", fleet.name, i)
            models = models_of(spec, fleet.fuel)
            places, gross = models[int(u[0] * len(models))]
            low, high = spec["speed_kmh"]
            found.append(
                BusRoute(
                    route_id=f"GJ{turn:02d}{i:04d}",
                    fleet=fleet,
                    district=fleet.district if u[1] < 0.55 else _district(u[2]),
                    km=round(log_uniform(u[3], *spec["route_km"]), 1),
                    speed=low + (high - low) * u[4],
                    places=places,
                    gross_t=gross,
                    share=weights[i] / sum(weights),
                )
            )
    return found


def _district(u: float) -> str:
    names = list(parameters()["districts"])
    return names[int(u * len(names))]


def bus_route_months(world: World, known: Month) -> Iterator[Row]:
    """One row a bus line for the month before."""
    month = operated(known)
    for route in bus_routes(world):
        z = normals(world.seed, "bus month", route.route_id, *month)
        wanted = distance(world, route.fleet, month) * route.share * math.exp(0.03 * z[0])
        trips = max(1, round(wanted / route.km))
        km = round(trips * route.km * (1.0 + 0.001 * z[1]), 1)
        yield (
            route.route_id, label(month), route.fleet.operator, route.district, route.fleet.fuel, route.gross_t,
            stage_of(world, route.fleet), route.km, trips, km, round(route.speed * (1.0 + 0.02 * z[2]), 1),
            route.places, round(km * route.places, 1),
            round(km * _boardings_per_km(world, route.fleet, month) * math.exp(0.1 * z[3])), 1,
            known_at(world.seed, known, "bus route", route.route_id, last_day=12),
        )  # fmt: skip


def _boardings_per_km(world: World, fleet: Fleet, month: Month) -> float:
    e = fleet.enterprise
    if e is None:
        raise ValueError(f"{fleet.name}: bus lines belong to key units")
    asked = world.physics.activity(e, "passengers", *month) / world.physics.activity(e, "vehicle_km", *month)
    return min(6.0, max(0.6, asked))


def fleet_months(world: World, known: Month) -> Iterator[Row]:
    """One row a fleet of taxis or ride-hailing cars for the month before; no key unit: by district."""
    month, spec = operated(known), parameters()["urban"]["car"]
    for fleet in (f for f in urban_fleets(world) if f.kind != "公交"):
        z = normals(world.seed, "car month", fleet.name, *month)
        km = round(distance(world, fleet, month), 1)
        occupied = round(km * min(0.85, spec["occupied"][fleet.kind] * (1.0 + 0.03 * z[0])), 1)
        trips = round(occupied / (spec["km_per_trip"][fleet.kind] * (1.0 + 0.02 * z[1])))
        low, high = spec["speed_kmh"]
        yield (
            fleet.operator, fleet.district, label(month), fleet.kind, fleet.fuel, running(world, fleet, month), trips,
            round(trips * spec["persons_per_trip"] * (1.0 + 0.02 * z[2])), occupied, km,
            round(low + (high - low) * (0.5 + 0.1 * z[3]), 1), 1,
            known_at(world.seed, known, "car fleet", fleet.name, last_day=10),
        )  # fmt: skip


def charging_months(world: World, known: Month) -> Iterator[Row]:
    """One row a charging station of a key unit for the month before; together what its vehicles charged."""
    month = operated(known)
    for e in of_sector(world, "urban_passenger"):
        total = transport_use(world, e, "electricity", month) * KWH_PER_MWH
        number = max(
            1, round(transport_use(world, e, "electricity", reference()) / parameters()["urban"]["station_mwh"])
        )
        weights = [math.exp(0.5 * normals(world.seed, "station", e.index, i)[0]) for i in range(number)]
        listed = number if world.size == "full" else min(number, SMALL_LISTED)
        for i in range(listed):
            yield _station_row(world, e, i, total * weights[i] / sum(weights), month, known)


def _station_row(world: World, e: Enterprise, i: int, kwh: float, month: Month, known: Month) -> Row:
    u, z = draws(world.seed, "station kind", e.index, i), normals(world.seed, "charging", e.index, i, *month)
    energy = round(kwh, 1)
    peak, flat, _ = (share * math.exp(0.05 * zi) for share, zi in zip(parameters()["urban"]["bands"], z, strict=False))
    peak_kwh, flat_kwh = round(energy * peak, 1), round(energy * flat, 1)
    sessions = max(1, round(energy / (95.0 + 30.0 * u[2])))
    return (
        f"CD{e.index:03d}{i:03d}", label(month), e.code, e.district if u[0] < 0.6 else _district(u[1]),
        "公共站" if u[3] < 0.15 else "自有场站", energy, peak_kwh, flat_kwh, round(energy - peak_kwh - flat_kwh, 1),
        min(sessions, 1500 * days_in(month)), 1, known_at(world.seed, known, "station", e.index, i, last_day=8),
    )  # fmt: skip
