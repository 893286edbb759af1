"""Energy of the airports by system and month; without what aircraft take they add up to the airport's use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.upstream.clock import label
from infra.upstream.exchange.air.parameters import parameters
from infra.upstream.exchange.resource import Fault, Month, Resource, Row, known_at, operated
from infra.upstream.metering.register import medium_total
from infra.upstream.rng import draws, normals
from infra.upstream.world.enterprises import Enterprise
from infra.upstream.world.model import World

COLUMNS = (
    "airport", "enterprise_code", "period", "system", "energy_code", "unit", "quantity", "of_which_aircraft",
    "version", "updated_at",
)  # fmt: skip
METERED = ("cooling", "water")  # energies that no monthly report has: as the meters count them


def airports(world: World) -> list[tuple[str, Enterprise]]:
    """IATA code and enterprise, in the order of the register."""
    units = [e for e in world.enterprises if e.sector == "airport"]
    return [(one["iata"], e) for one, e in zip(parameters()["airports"], units, strict=False)]


def rows(world: World, known: Month) -> Iterator[Row]:
    """One row an airport, system and energy."""
    month, spec = operated(known), parameters()["airport_energy"]
    for iata, e in airports(world):
        at = known_at(world.seed, known, "airport energy", iata, last_day=12)
        supplied = _aircraft(world.seed, e, month)
        for energy, unit in spec["units"].items():
            for system, quantity in _systems(world, e, energy, month, supplied).items():
                aircraft = round(supplied.get(system, 0.0) * quantity, 3)
                yield (iata, e.code, label(month), spec["systems"][system], energy, unit, quantity, aircraft, 1, at)


def _systems(world: World, e: Enterprise, energy: str, month: Month, supplied: Mapping[str, float]) -> dict[str, float]:
    """Use by system; without what aircraft take it adds up to the airport's own use."""
    spec = parameters()["airport_energy"]
    if energy in METERED:
        own = medium_total(world, e, energy, *month)
    elif energy in world.physics.energies(e):
        own = world.physics.consumption(e, energy, *month)
    else:
        return {}
    shares = {
        system: share * (1 + spec["spread"] * normals(world.seed, "system", e.index, energy, system, *month)[0])
        for system, share in spec["shares"][energy].items()
    }
    total = sum(share * (1.0 - supplied.get(system, 0.0)) for system, share in shares.items())
    return {system: round(own * share / total, 3) for system, share in shares.items()}


def _aircraft(seed: int, e: Enterprise, month: Month) -> dict[str, float]:
    """Share of a system that parked aircraft take; theirs is the airline's, as is the fuel of their own power units."""
    middle, spread = parameters()["airport_energy"]["aircraft"]
    return {"bridge_power": middle + spread * (2.0 * draws(seed, "bridge", e.index, *month)[0] - 1.0)}


def _most(row: Mapping[str, Any]) -> float:
    return parameters()["airport_energy"]["most"][row["energy_code"]]


ENERGY = Resource(
    name="airport_energy_month",
    title_zh="机场分系统能耗月报",
    columns=COLUMNS,
    rows=rows,
    key=("airport", "period", "system", "energy_code"),
    period="period",
    faults=(
        Fault("late"),
        Fault("correction", ("quantity", "of_which_aircraft")),
        Fault("duplicate"),
        Fault("malformed", ("quantity",)),
        Fault("impossible", ("quantity",), low=0, high=_most),
        Fault("unit_slip", ("quantity",), low=0, high=_most, factors=(1000.0, 100.0)),
    ),
)
