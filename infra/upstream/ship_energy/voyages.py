"""Voyages of sea-going ships and years of inland ships: pure functions of (ship, number of the leg)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from infra.upstream.clock import epoch_of
from infra.upstream.rng import draws, normals
from infra.upstream.world.fleet import INLAND_IDLE_HOURS, INLAND_UNDER_WAY, Ship
from infra.upstream.world.machinery import electric_kw

HOUR = 3600
EPOCH = epoch_of(2022, 10, 1)
LEG_JITTER = 0.02
LNG_PER_OIL, METHANOL_PER_OIL = 1.0 / 1.2, 1.0 / 0.48
YEAR_HOURS = 8760.0


@dataclass(frozen=True)
class Voyage:
    """One finished leg. Times are unix seconds, fuel is tonnes of oil equivalent by consumer."""

    ship: Ship
    leg: int
    departure_port: str
    arrival_port: str
    departure: int
    arrival: int
    distance_nm: float
    hours: float
    berth_hours: float
    cargo_t: float
    main_t: float
    aux_t: float
    shore_kwh: float


def legs_arriving(ship: Ship, since: int, before: int, seed: int) -> list[Voyage]:
    """Legs of a sea-going ship whose arrival is within since ≤ t < before."""
    step = ship.leg_hours * HOUR
    first = max(0, int((since - EPOCH) / step) - 2)
    out = []
    for leg in range(first, int((before - EPOCH) / step) + 2):
        voyage = leg_of(ship, leg, seed)
        if since <= voyage.arrival < before:
            out.append(voyage)
    return out


def leg_of(ship: Ship, leg: int, seed: int) -> Voyage:
    """One leg of a ship's timetable; ships go to and fro, so that each leg starts where the last one ended."""
    u, z = draws(seed, "voyage", ship.index, leg), normals(seed, "voyage own", ship.index, leg)
    step = ship.leg_hours * HOUR
    phase = draws(seed, "timetable", ship.index)[0] * step
    departure = _departure(phase, leg, step, u[0])
    following = _departure(phase, leg + 1, step, draws(seed, "voyage", ship.index, leg + 1)[0])
    distance = round(ship.distance * (1.0 + 0.05 * u[1]), 1)
    knots = ship.knots * (0.9 + 0.16 * u[2])
    hours = round(distance / knots, 1)
    waiting = 0.3 + 4.0 * u[3] * u[4]
    outbound = leg % 2 == 0
    load = (0.55 + 0.4 * u[5]) if ship.ship_type in ("container", "ro_ro") or outbound else 0.35 + 0.5 * u[5]
    berth = ship.berth_hours * (0.8 + 0.4 * u[6])
    on_shore = berth * 0.8 if ship.shore_power and u[7] < 0.6 else 0.0
    arrival = departure + int((hours + waiting) * 60) * 60
    layover = max(0.0, (following - arrival) / HOUR - berth)  # at anchor until the next departure
    return Voyage(
        ship=ship,
        leg=leg,
        departure_port=ship.home if outbound else ship.away,
        arrival_port=ship.away if outbound else ship.home,
        departure=departure,
        arrival=arrival,
        distance_nm=distance,
        hours=hours,
        berth_hours=round(berth, 1),
        cargo_t=round(ship.deadweight * load, 1),
        main_t=_main_fuel(ship, distance, knots, load, z[0]),
        aux_t=ship.auxiliary_t({"sea": hours, "anchor": waiting + layover, "berth": berth}, on_shore),
        shore_kwh=round(on_shore * electric_kw(ship.ship_type, ship.deadweight, "berth"), 0),
    )


def _departure(phase: float, leg: int, step: float, u: float) -> int:
    return int((EPOCH + phase + (leg + LEG_JITTER * u) * step) // 60 * 60)


def _main_fuel(ship: Ship, distance: float, knots: float, load: float, weather: float) -> float:
    """Tonnes of oil: grows with the square of speed, with displacement to the power 2/3, and with weather."""
    displacement = (0.3 + 0.7 * load) ** (2.0 / 3.0)
    return ship.kg_per_nm * distance * (knots / ship.knots) ** 2 * displacement * math.exp(0.05 * weather) / 1000.0


def fuel_columns(ship: Ship, main_t: float, aux_t: float) -> dict[str, float]:
    """Tonnes by fuel as reported; the auxiliaries burn distillate unless the ship has one fuel only."""
    columns = dict.fromkeys(("hfo_t", "lfo_t", "mdo_t", "lng_t", "methanol_t"), 0.0)
    if ship.fuel == "lng":
        columns["lng_t"] = main_t * LNG_PER_OIL
    elif ship.fuel == "methanol":
        columns["methanol_t"] = main_t * METHANOL_PER_OIL
    else:
        columns[f"{ship.fuel}_t"] = main_t
    columns["mdo_t"] += aux_t
    return {name: round(value, 3) for name, value in columns.items()}


@dataclass(frozen=True)
class InlandYear:
    """A year of an inland ship; fuel in tonnes of oil equivalent."""

    ship: Ship
    year: int
    distance_nm: float
    hours: float
    cargo_t: float
    main_t: float
    aux_t: float
    electricity_mwh: float


def inland_year(ship: Ship, year: int, seed: int) -> InlandYear:
    """What an inland ship did in a year; cargo is the mean load, so that transport work is load times distance."""
    u, z = draws(seed, "inland", ship.index, year), normals(seed, "inland own", ship.index, year)
    hours = round(YEAR_HOURS * (INLAND_UNDER_WAY - 0.1 + 0.2 * u[0]), 1)
    knots = ship.knots * (0.9 + 0.15 * u[1])
    load = 0.5 + 0.35 * u[2]
    distance = round(hours * knots, 1)
    return InlandYear(
        ship=ship,
        year=year,
        distance_nm=distance,
        hours=hours,
        cargo_t=round(ship.deadweight * load, 1),
        main_t=_main_fuel(ship, distance, knots, load, z[0]),
        aux_t=ship.auxiliary_t({"sea": hours, "berth": INLAND_IDLE_HOURS}),
        electricity_mwh=round((YEAR_HOURS - hours) * 0.0015 * (1.0 + u[3]) * (ship.deadweight / 2000.0) ** 0.5, 2),
    )
