"""Fleets of road transport: how many vehicles of a class and fuel an operator has, and how far they drive in a month.

An enterprise's distance is its physics' vehicle-km; it is shared among fuels and classes so that what they burn by this
simulation's own rates is in proportion to what the enterprise burns. Operators that are no key unit stand together
under one code, by district.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from infra.upstream.clock import days_in
from infra.upstream.exchange.resource import Month
from infra.upstream.rng import draws, normals
from infra.upstream.world.climate import festival_share
from infra.upstream.world.enterprises import Enterprise, sectors
from infra.upstream.world.model import World

OTHERS = "NONKEY:"  # code of all operators of a sector that are no key unit: NONKEY:<sector>
GROWTH_OF_OTHERS = 1.02  # a year
PLUGGED = ("电", "氢")
LIGHT, MEDIUM, HEAVY = "小于4.5t", "4.5t-12t", "大于12t"


Rates = tuple[tuple[str, str, float], ...]


@dataclass(frozen=True)
class Fleet:
    """Vehicles of one operator, class and fuel.

    Args:
        share: of the operator's vehicle-km with this fuel (of all its vehicle-km where ``rates`` is empty); for those
            that are no key unit the km of the reference month.
        burn: share of the operator's energy of that fuel. ``strain``: what the operator burns against own rates.
        rates: (fuel, energy code of the report, energy per 1,000 km) of all fuels of the operator.
    """

    sector: str
    operator: str
    district: str
    kind: str
    fuel: str
    registered: int
    share: float
    burn: float = 0.0
    strain: float = 1.0
    rates: Rates = ()
    enterprise: Enterprise | None = None

    @property
    def name(self) -> str:
        """Tells fleets apart."""
        return f"{self.operator}/{self.district}/{self.kind}/{self.fuel}"


@lru_cache(maxsize=1)
def parameters() -> dict[str, Any]:
    """The simulation's own numbers."""
    return yaml.safe_load((Path(__file__).parent / "parameters.yaml").read_text(encoding="utf-8"))


def reference() -> Month:
    """The month that counts of vehicles come from."""
    year, month = parameters()["reference_month"]
    return year, month


def of_sector(world: World, sector: str) -> list[Enterprise]:
    """The sector's enterprises in their order."""
    return [e for e in world.enterprises if e.sector == sector]


def transport_use(world: World, e: Enterprise, code: str, month: Month) -> float:
    """Energy that moves vehicles, in the unit of the report; 0 for what the enterprise does not use."""
    if code not in world.physics.energies(e):
        return 0.0
    return world.physics.consumption(e, code, *month) * sectors()[e.sector]["energies"][code]["use"][0]


def distance(world: World, fleet: Fleet, month: Month) -> float:
    """Vehicle-km of a fleet in a month."""
    if fleet.enterprise is not None:
        of_fuel = fuel_shares(world, fleet.enterprise, fleet.rates, month)[0][fleet.fuel] if fleet.rates else 1.0
        return fleet.share * of_fuel * world.physics.activity(fleet.enterprise, "vehicle_km", *month)
    spec = sectors()[fleet.sector]
    noise = math.exp(0.02 * normals(world.seed, "other operators", fleet.name, *month)[0])
    festival = 1.0 + spec["festival"] * festival_share(*month)
    growth = GROWTH_OF_OTHERS ** (month[0] - reference()[0] + (month[1] - reference()[1]) / 12.0)
    return fleet.share * spec["season"][month[1] - 1] * festival * growth * noise * days_in(month) / 30.4


def running(world: World, fleet: Fleet, month: Month) -> int:
    """Vehicles that ran in a month: never more than are registered."""
    ratio = distance(world, fleet, month) / max(distance(world, fleet, reference()), 1.0)
    return max(1, min(fleet.registered, round(fleet.registered * parameters()["active"] * math.sqrt(ratio))))


@lru_cache(maxsize=20_000)
def fuel_shares(world: World, e: Enterprise, rates: Rates, month: Month) -> tuple[dict[str, float], float]:
    """Share of an enterprise's distance by fuel in a month, by what it burns of each, and the strain."""
    km = {fuel: transport_use(world, e, code, month) / rate * 1000.0 for fuel, code, rate in rates}
    total = sum(km.values())
    strain = total / world.physics.activity(e, "vehicle_km", *month)
    return {fuel: value / total for fuel, value in km.items() if value > 0}, strain


def apportioned(total: int, weights: Iterable[float]) -> list[int]:
    """Whole numbers in proportion to the weights that add up to ``total`` (largest remainders)."""
    listed = list(weights)
    exact = [total * w / sum(listed) for w in listed]
    counts = [int(x) for x in exact]
    order = sorted(range(len(exact)), key=lambda i: counts[i] - exact[i])
    for i in order[: total - sum(counts)]:
        counts[i] += 1
    return counts


def other_fleets(sector: str, total: int, parts: dict[tuple[str, str], tuple[float, float]]) -> list[Fleet]:
    """Fleets of the operators that are no key unit, by district; together ``total`` vehicles.

    Args:
        parts: (class, fuel) → (weight, km a vehicle and month).
    """
    districts = parameters()["districts"]
    slots = [(kind, fuel, district) for kind, fuel in parts for district in districts]
    counts = apportioned(max(total, 0), (parts[kind, fuel][0] * districts[d] for kind, fuel, d in slots))
    return [
        Fleet(sector, OTHERS + sector, district, kind, fuel, count, count * parts[kind, fuel][1])
        for (kind, fuel, district), count in zip(slots, counts, strict=True)
        if count
    ]


def models_of(spec: dict[str, Any], fuel: str) -> list[list[float]]:
    """(seats or places, gross mass t) of the vehicle models in use; the largest run on diesel."""
    return spec["models"] + ([spec["diesel_model"]] if fuel == "柴油" else [])


def stage_of(world: World, fleet: Fleet) -> str | None:
    """Emission stage of most of a fleet's vehicles; None where nothing is burnt."""
    if fleet.fuel in PLUGGED:
        return None
    return "国六" if draws(world.seed, "stage", fleet.name)[0] < parameters()["newest_stage"] else "国五"


@lru_cache(maxsize=4)
def truck_fleets(world: World) -> list[Fleet]:
    """Trucks of the key units by class and fuel, then those of all others; together the whole register."""
    spec = parameters()["freight"]
    found = [fleet for e in of_sector(world, "road_freight") for fleet in _trucks_of(world, e)]
    parts = {
        (kind, fuel): (share * part, spec["other_km_month"][kind])
        for kind, share in spec["other_classes"].items()
        for fuel, part in spec["other_fuels"][kind].items()
    }
    return found + other_fleets("road_freight", _open(world, spec, found), parts)


def _open(world: World, spec: dict[str, Any], found: list[Fleet]) -> int:
    """Vehicles of the register that belong to no key unit."""
    return spec["small_register"] if world.size == "small" else spec["register"] - sum(f.registered for f in found)


def _trucks_of(world: World, e: Enterprise) -> list[Fleet]:
    """The classes are mixed so that an enterprise that burns much has many heavy trucks."""
    table = parameters()["freight"]["rates"]
    heavy = 0.6
    for _ in range(2):
        mix = {LIGHT: (1 - heavy) / 2, MEDIUM: (1 - heavy) / 2, HEAVY: heavy}
        rates = tuple((fuel, spec["code"], _mean(spec["per_1000_km"], mix)) for fuel, spec in table.items())
        shares, strain = fuel_shares(world, e, rates, reference())
        heavy = min(0.94, max(0.08, heavy + 0.5 * math.log(strain)))
    return [
        _truck_fleet(world, e, kind, fuel, mix, shares[fuel], strain, rates)
        for fuel in shares
        for kind in table[fuel]["per_1000_km"]
    ]


def _truck_fleet(
    world: World, e: Enterprise, kind: str, fuel: str, mix: dict[str, float], of_all: float, strain: float, rates: Rates
) -> Fleet:
    per_km = parameters()["freight"]["rates"][fuel]["per_1000_km"]
    part = mix[kind] / sum(mix[k] for k in per_km)
    km = of_all * part * world.physics.activity(e, "vehicle_km", *reference())
    return Fleet(
        "road_freight",
        e.code,
        e.district,
        kind,
        fuel,
        max(1, round(km / parameters()["freight"]["km_month"][kind])),
        part,
        burn=part * per_km[kind] / _mean(per_km, mix),
        strain=strain,
        rates=rates,
        enterprise=e,
    )


def _mean(per_km: dict[str, float], mix: dict[str, float]) -> float:
    return sum(rate * mix[kind] for kind, rate in per_km.items()) / sum(mix[kind] for kind in per_km)


@lru_cache(maxsize=4)
def coach_fleets(world: World) -> list[Fleet]:
    """Coaches by fuel: of the key units, then of all others; together the whole register."""
    spec = parameters()["coach"]
    found = [f for e in of_sector(world, "coach") for f in _one_kind(world, e, "客车", spec["rates"], spec["km_month"])]
    parts = {("客车", fuel): (part, spec["other_km_month"]) for fuel, part in spec["other_fuels"].items()}
    return found + other_fleets("coach", _open(world, spec, found), parts)


@lru_cache(maxsize=4)
def urban_fleets(world: World) -> list[Fleet]:
    """Buses, taxis and ride-hailing cars by fuel; cars of all others last (they stand in no register)."""
    spec, found = parameters()["urban"], []
    for e in of_sector(world, "urban_passenger"):
        if not is_taxi(e):
            found += _one_kind(world, e, "公交", spec["bus"]["rates"], spec["bus"]["km_month"])
            continue
        km = world.physics.activity(e, "vehicle_km", *reference())
        for kind, part in spec["car"]["service"].items():
            for fuel, share in spec["car"]["shares"][kind].items():
                count = max(1, round(km * part * share / spec["car"]["km_month"][kind]))
                found.append(
                    Fleet("urban_passenger", e.code, e.district, kind, fuel, count, part * share, enterprise=e)
                )
    others = spec["car"]["small_other" if world.size == "small" else "other"]
    for kind, total in others.items():
        per_vehicle = 0.82 * spec["car"]["km_month"][kind]
        parts = {(kind, fuel): (share, per_vehicle) for fuel, share in spec["car"]["shares"][kind].items()}
        found += other_fleets("urban_passenger", total, parts)
    return found


def is_taxi(e: Enterprise) -> bool:
    """Whether an enterprise of urban passenger transport runs taxis and ride-hailing cars, not buses."""
    return "出租" in e.name


def _one_kind(world: World, e: Enterprise, kind: str, table: dict[str, Any], km_month: float) -> list[Fleet]:
    rates = tuple((fuel, spec["code"], spec["per_1000_km"]) for fuel, spec in table.items())
    shares, strain = fuel_shares(world, e, rates, reference())
    km = world.physics.activity(e, "vehicle_km", *reference())
    return [
        Fleet(e.sector, e.code, e.district, kind, fuel, max(1, round(km * share / km_month)), 1.0, 1.0, strain,
              rates, enterprise=e)
        for fuel, share in shares.items()
    ]  # fmt: skip
