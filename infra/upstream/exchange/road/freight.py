"""Road freight by month: fleets by class and fuel, and the waybills of the newest month."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from infra.upstream.clock import DAY_SECONDS, days_in, iso, label, month_start
from infra.upstream.exchange.resource import Month, Row, known_at, operated
from infra.upstream.exchange.road.coach import OUTSIDE
from infra.upstream.exchange.road.fleets import (
    Fleet,
    distance,
    parameters,
    running,
    stage_of,
    transport_use,
    truck_fleets,
)
from infra.upstream.exchange.road.registers import trucks
from infra.upstream.rng import code64, draws, normals, uniform_array
from infra.upstream.world.activity import UNITS
from infra.upstream.world.model import World

KEEPS_LEDGER = 0.35  # share of key units whose fleets have a fuel ledger of their own
FLEET_COLUMNS = (
    "enterprise_code", "district_code", "period", "mass_class", "fuel", "emission_standard", "vehicles",
    "distance_km", "mean_speed_kmh", "load_factor", "payload_t", "tonne_km", "energy_used", "energy_unit", "version",
    "updated_at",
)  # fmt: skip
WAYBILL_COLUMNS = (
    "waybill_id", "vehicle_id", "enterprise_code", "departed_at", "origin_district", "destination_district",
    "cargo_kind", "cargo_t", "payload_t", "distance_km", "tonne_km", "version", "updated_at",
)  # fmt: skip


def fleet_months(world: World, known: Month) -> Iterator[Row]:
    """One row a fleet for the month before; no key unit: by district, class and fuel."""
    month = operated(known)
    for fleet in truck_fleets(world):
        z = normals(world.seed, "truck month", fleet.name, *month)
        km = round(distance(world, fleet, month), 1)
        speed = parameters()["freight"]["speed_kmh"][fleet.kind] * fleet.strain**-0.3 * (1.0 + 0.02 * z[0])
        load = min(0.92, max(0.22, 0.52 + 0.25 * math.log(fleet.strain) + 0.012 * z[1]))
        payload = _payload(fleet)
        used, unit = _ledger(world, fleet, month)
        yield (
            fleet.operator, fleet.district, label(month), fleet.kind, fleet.fuel, stage_of(world, fleet),
            running(world, fleet, month), km,
            round(speed, 1), round(load, 4), payload, round(km * round(load, 4) * payload, 1), used, unit, 1,
            known_at(world.seed, known, "truck fleet", fleet.name, last_day=12),
        )  # fmt: skip


def _payload(fleet: Fleet) -> float:
    spec = parameters()["freight"]
    masses = spec["gross_t"][fleet.kind]
    return round(sum(masses) / len(masses) * spec["payload_share"][fleet.kind], 2)


def _ledger(world: World, fleet: Fleet, month: Month) -> tuple[float | None, str | None]:
    """What the fleet's own ledger has of its fuel or charge, in the report's unit; most keep none."""
    e = fleet.enterprise
    if e is None or draws(world.seed, "fuel ledger", e.index)[0] >= KEEPS_LEDGER:
        return None, None
    code = parameters()["freight"]["rates"][fleet.fuel]["code"]
    return round(transport_use(world, e, code, month) * fleet.burn, 3), UNITS[code]


def waybills(world: World, known: Month) -> Iterator[Row]:
    """Electronic waybills of the month before: a sample, drawn by vehicle among medium and heavy trucks."""
    month, spec = operated(known), parameters()["freight"]
    number = spec["small_waybills" if world.size == "small" else "waybills"]
    register = [row for row in trucks(world, known) if row[4] != "小于4.5t"]
    base = np.asarray(code64(world.seed, "waybill", *month), dtype=np.uint64)
    u = uniform_array(base, np.arange(number * 8, dtype=np.uint64)).reshape(number, 8)
    vehicle = (u[:, 0] * len(register)).astype(int)
    km = np.round(18.0 * (1900.0 / 18.0) ** (u[:, 1] ** 1.6), 1)
    kinds, districts = list(spec["cargo"]), list(parameters()["districts"])
    kind = np.searchsorted(np.cumsum(list(spec["cargo"].values()))[:-1], u[:, 2], side="right")
    origin = np.searchsorted(np.cumsum(list(parameters()["districts"].values()))[:-1], u[:, 3], side="right")
    start, seconds = month_start(month), days_in(month) * DAY_SECONDS
    at = known_at(world.seed, known, "waybills", last_day=5)
    for i in range(number):
        row = register[vehicle[i]]
        payload = float(row[6])
        cargo = round(payload * (0.18 + 0.8 * float(u[i, 4])), 2)
        inside = km[i] < 95.0
        away = districts[int(u[i, 5] * len(districts))] if inside else OUTSIDE
        yield (
            f"YD{month[0]:04d}{month[1]:02d}{i:07d}", row[0], row[2], iso(start + int(u[i, 6] * seconds)),
            districts[origin[i]], away, kinds[kind[i]], cargo, payload, float(km[i]), round(cargo * float(km[i]), 2), 1,
            at,
        )  # fmt: skip
