"""Registers of vehicles: coaches, urban passenger vehicles, trucks. One row a vehicle, confirmed each month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from infra.upstream.clock import FIRST_MONTH
from infra.upstream.exchange.resource import Month, Row, known_at
from infra.upstream.exchange.road.fleets import (
    PLUGGED,
    Fleet,
    coach_fleets,
    models_of,
    parameters,
    truck_fleets,
    urban_fleets,
)
from infra.upstream.rng import code64, uniform_array
from infra.upstream.world.model import World

SMALL_FLEET = 12  # vehicles of a fleet that the small world lists
FIRST_DAY, LAST_DAY = date(2013, 3, 1), date(2026, 6, 30)
STAGES = ((date(2021, 7, 1), "国六"), (date(2017, 7, 1), "国五"), (date(2013, 7, 1), "国四"), (date.min, "国三"))
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
SERIES = (0, 15, 18)  # first letter of trucks, coaches, urban vehicles

TRUCK_COLUMNS = (
    "vehicle_id", "plate", "enterprise_code", "district_code", "mass_class", "gross_mass_t", "payload_t", "fuel",
    "emission_standard", "first_registered_on", "positioned", "version", "updated_at",
)  # fmt: skip
COACH_COLUMNS = (
    "vehicle_id", "plate", "enterprise_code", "district_code", "fuel", "seats", "gross_mass_t", "emission_standard",
    "first_registered_on", "positioned", "version", "updated_at",
)  # fmt: skip
URBAN_COLUMNS = (
    "vehicle_id", "plate", "enterprise_code", "district_code", "service", "fuel", "places", "gross_mass_t",
    "emission_standard", "first_registered_on", "version", "updated_at",
)  # fmt: skip


def trucks(world: World, known: Month) -> Iterator[Row]:
    """Every truck as confirmed in the month."""
    at, version, number = known_at(world.seed, known, "trucks", last_day=2), _version(known), 0
    spec = parameters()["freight"]
    for fleet in truck_fleets(world):
        masses = np.array(spec["gross_t"][fleet.kind])
        lot = _Lot(world, fleet, "T")
        gross = masses[(lot.u(0) * len(masses)).astype(int)]
        payload = np.round(gross * spec["payload_share"][fleet.kind] * (0.94 + 0.12 * lot.u(1)), 2)
        positioned = lot.u(2) < (0.97 if fleet.kind == "大于12t" else 0.35)
        for i, (day, stage) in enumerate(lot.registered()):
            yield (
                f"SHT{number + i:06d}", plate(number + i, fleet.fuel, 0), fleet.operator, fleet.district, fleet.kind,
                gross[i], payload[i], fleet.fuel, stage, day, "Y" if positioned[i] else "N", version, at,
            )  # fmt: skip
        number += fleet.registered


def coaches(world: World, known: Month) -> Iterator[Row]:
    """Every coach as confirmed in the month."""
    at, version, number = known_at(world.seed, known, "coaches", last_day=2), _version(known), 0
    for fleet in coach_fleets(world):
        models = models_of(parameters()["coach"], fleet.fuel)
        lot = _Lot(world, fleet, "C")
        model = (lot.u(0) * len(models)).astype(int)
        for i, (day, stage) in enumerate(lot.registered()):
            seats, gross = models[model[i]]
            yield (
                f"SHC{number + i:06d}", plate(number + i, fleet.fuel, 1), fleet.operator, fleet.district, fleet.fuel,
                seats, gross, stage, day, "Y", version, at,
            )  # fmt: skip
        number += fleet.registered


def urban_vehicles(world: World, known: Month) -> Iterator[Row]:
    """Every bus, taxi and ride-hailing car of the key units as confirmed in the month."""
    at, version, number = known_at(world.seed, known, "urban vehicles", last_day=2), _version(known), 0
    spec = parameters()["urban"]
    for fleet in (f for f in urban_fleets(world) if f.enterprise is not None):
        cars = [[4, gross] for gross in spec["car"]["gross_t"]]
        models = models_of(spec["bus"], fleet.fuel) if fleet.kind == "公交" else cars
        lot = _Lot(world, fleet, "U")
        model = (lot.u(0) * len(models)).astype(int)
        for i, (day, stage) in enumerate(lot.registered()):
            places, gross = models[model[i]]
            yield (
                f"SHU{number + i:06d}", plate(number + i, fleet.fuel, 2), fleet.operator, fleet.district, fleet.kind,
                fleet.fuel, places, gross, stage, day, version, at,
            )  # fmt: skip
        number += fleet.registered


def plate(number: int, fuel: str, series: int) -> str:
    """A plate that can be nobody's: the letter I is on no Chinese plate. Different for every number and series."""
    first, rest = divmod(number, 10_000)
    letter = LETTERS[first + SERIES[series]]
    return f"沪I{'D' if fuel in PLUGGED else ''}{letter}{rest:04d}"


class _Lot:
    """Draws for the vehicles of one fleet."""

    def __init__(self, world: World, fleet: Fleet, letter: str) -> None:
        self.size = min(fleet.registered, SMALL_FLEET) if world.size == "small" else fleet.registered
        self.fuel = fleet.fuel
        self.base = np.asarray(code64(world.seed, "road register", letter, fleet.name), dtype=np.uint64)

    def u(self, turn: int) -> np.ndarray:
        """Uniforms, one a vehicle."""
        return uniform_array(self.base, np.arange(self.size, dtype=np.uint64) * np.uint64(8) + np.uint64(turn))

    def registered(self) -> Iterator[tuple[str, str]]:
        """Day of first registration and emission stage (empty where nothing is burnt)."""
        span = (LAST_DAY - FIRST_DAY).days
        skew = 0.45 if self.fuel in PLUGGED else 0.8
        for days in (span * self.u(7) ** skew).astype(int).tolist():
            day = FIRST_DAY + timedelta(days=days)
            stage = "" if self.fuel in PLUGGED else next(name for start, name in STAGES if day >= start)
            yield day.isoformat(), stage


def _version(known: Month) -> int:
    return (known[0] - FIRST_MONTH[0]) * 12 + known[1]
