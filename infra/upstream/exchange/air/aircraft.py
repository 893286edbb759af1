"""Register of aircraft: 700 tails of the eight airlines in the full world, 6 in the small one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from infra.upstream.exchange.air.parameters import apportioned, parameters
from infra.upstream.exchange.resource import Fault, Month, Resource, Row, known_at
from infra.upstream.rng import draws
from infra.upstream.world.enterprises import Enterprise
from infra.upstream.world.model import World

COLUMNS = (
    "tail", "operator", "enterprise_code", "aircraft_type", "seats", "passenger_capacity", "payload_kg",
    "max_takeoff_kg", "engine_type", "engine_count", "engine_thrust_kn", "built_year", "registered", "version",
    "updated_at",
)  # fmt: skip
MOST_SEATS, MOST_PAYLOAD_KG, MOST_TAKEOFF_KG = 900, 160_000, 600_000


@dataclass(frozen=True)
class Aircraft:
    """One tail. ``spec`` is its type's; ``wear`` scales what it burns."""

    tail: str
    operator: str
    enterprise: Enterprise
    type: str
    seats: int
    payload_kg: int
    built_year: int
    wear: float

    @property
    def spec(self) -> dict[str, Any]:
        """The type's parameters."""
        return parameters()["types"][self.type]


def airlines(world: World) -> list[tuple[dict[str, Any], Enterprise]]:
    """Key units with their operator, in the order of the enterprise register."""
    units = [e for e in world.enterprises if e.sector == "aviation"]
    return list(zip(parameters()["key_units"], units, strict=False))


@lru_cache(maxsize=4)
def fleet(world: World) -> tuple[Aircraft, ...]:
    """All tails in a fixed order."""
    known = airlines(world)
    shares = {operator["code"]: operator["tails"] for operator, _ in known}
    counts = apportioned(parameters()["tails"][world.size], shares)
    out: list[Aircraft] = []
    for operator, enterprise in known:
        for kind, number in apportioned(counts[operator["code"]], operator["fleet"]).items():
            out += [_aircraft(world.seed, operator["code"], enterprise, kind, len(out) + i) for i in range(number)]
    return tuple(out)


def _aircraft(seed: int, operator: str, enterprise: Enterprise, kind: str, place: int) -> Aircraft:
    u = draws(seed, "aircraft", place)
    spec, mean = parameters()["types"][kind], parameters()["operations"]["wear"]
    return Aircraft(
        tail=f"B-S{place + 1:03d}",  # no real register number has this form
        operator=operator,
        enterprise=enterprise,
        type=kind,
        seats=round(spec["seats"] * (0.97 + 0.06 * u[0])),
        payload_kg=round(spec["payload"] * (0.98 + 0.04 * u[1]), -1),
        built_year=2006 + int(18 * u[2]),
        wear=mean[0] + mean[1] * (2.0 * u[3] - 1.0),
    )


def rows(world: World, known: Month) -> Iterator[Row]:
    """The whole register, as of the month."""
    for one in fleet(world):
        u, spec = draws(world.seed, "registration", one.tail), one.spec
        year = one.built_year + int(2 * u[0])
        registered = f"{year:04d}-{1 + int(12 * u[1]):02d}-{1 + int(28 * u[2]):02d}"
        yield (
            one.tail, one.operator, one.enterprise.code, one.type, one.seats, one.seats + (8 if one.seats else 0),
            one.payload_kg, spec["mtow"], spec["engine"], spec["engines"], spec["thrust"], one.built_year, registered,
            1, known_at(world.seed, known, "aircraft", one.tail, last_day=3),
        )  # fmt: skip


AIRCRAFT = Resource(
    name="aircraft",
    title_zh="航空器名录",
    columns=COLUMNS,
    rows=rows,
    key=("tail",),
    register=True,
    faults=(
        Fault("duplicate"),
        Fault("malformed", ("payload_kg",), share=0.5),
        Fault("impossible", ("seats",), share=0.5, low=0, high=MOST_SEATS),
        Fault("unit_slip", ("payload_kg",), share=0.5, low=1000, high=MOST_PAYLOAD_KG, factors=(1000.0, 0.001)),
    ),
)
