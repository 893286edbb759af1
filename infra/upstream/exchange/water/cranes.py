"""Cranes of the ports and the hourly work log of those that keep one; electricity by own mechanics, for scores."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from infra.upstream.clock import days_in, iso, month_start
from infra.upstream.exchange.resource import Fault, Month, Resource, Row, known_at, operated
from infra.upstream.exchange.water.parameters import parameters, ports
from infra.upstream.rng import draws
from infra.upstream.ship_energy.voyages import HOUR
from infra.upstream.world.enterprises import Enterprise
from infra.upstream.world.model import World

CRANE_COLUMNS = (
    "crane_id", "enterprise_code", "kind", "rated_load_t", "power_source", "has_log", "has_meter", "version",
    "updated_at",
)  # fmt: skip
MOVE_COLUMNS = (
    "move_id", "enterprise_code", "crane_id", "kind", "hour_start", "moves", "mass_t", "hoist_m", "trolley_m",
    "gantry_m", "teu", "boom_cycles", "power_source", "metered_kwh", "version", "updated_at",
)  # fmt: skip
KJ_PER_KWH, GRAVITY = 3600.0, 9.81


class Crane(NamedTuple):
    """One crane of a port; ``logged``: it hands over a work log, ``metered``: it has a meter of its own."""

    crane_id: str
    owner: Enterprise
    kind: str
    diesel: bool
    logged: bool
    metered: bool


@lru_cache(maxsize=4)
def cranes(world: World) -> tuple[Crane, ...]:
    """All cranes in order of their owners and kinds."""
    spec, found = parameters()["crane"], []
    for e in ports(world):
        for kind, one in spec["kinds"].items():
            small = world.size == "small"
            number = spec["small"]["cranes"] if small else max(one["logged"], round(one["per_size"] * e.size))
            for i in range(number):
                u = draws(world.seed, "crane", e.index, kind, i)
                diesel = kind == "rtg" and u[0] < spec["diesel_rtg"]
                metered = not diesel and u[1] < spec["metered"]
                logged = i < (1 if small else one["logged"])
                found.append(Crane(f"{kind.upper()}{e.index:03d}{i + 1:03d}", e, kind, diesel, logged, metered))
    return tuple(found)


def crane_rows(world: World, known: Month) -> Iterator[Row]:
    """The register as confirmed in a month."""
    version = (known[0] - 2023) * 12 + known[1]
    for c in cranes(world):
        spec = parameters()["crane"]["kinds"][c.kind]
        flags = ("柴油机组" if c.diesel else "电网", "Y" if c.logged else "N", "Y" if c.metered else "N")
        at = known_at(world.seed, known, c.crane_id, last_day=3)
        yield c.crane_id, c.owner.code, spec["zh"], spec["rated_t"], *flags, version, at


def move_rows(world: World, known: Month) -> Iterator[Row]:
    """One row a logged crane and hour in which it worked."""
    month, spec = operated(known), parameters()["crane"]
    hours = spec["small"]["hours"] if world.size == "small" else 24 * days_in(month)
    first = month_start(month)
    for c in (c for c in cranes(world) if c.logged):
        one = spec["kinds"][c.kind]
        at = known_at(world.seed, known, "moves", c.crane_id, last_day=5)
        for hour in range(hours):
            u = draws(world.seed, "move", c.crane_id, *month, hour)
            if u[0] < spec["working"]:
                yield _log(c, one, u, first + hour * HOUR, f"{c.crane_id}-{month[0]}{month[1]:02d}{hour:03d}", at)


def _log(c: Crane, one: dict[str, Any], u: tuple[float, ...], start: int, key: str, at: str) -> Row:
    moves = round(_between(one["rate"], u[1]))
    mass, hoist = round(_between(one["mass"], u[2]), 2), round(_between(one["hoist"], u[3]), 1)
    trolley, gantry = round(_between(one["trolley"], u[4]), 1), round(_between(one["gantry"], u[5]), 1)
    teu = min(round(moves * (parameters()["crane"]["teu_per_move"] + 0.3 * (u[6] - 0.5))), 2 * moves)
    boom = 1 if c.kind == "quay" and u[7] < 0.08 else 0
    kwh = round(true_kwh(one, moves, mass, hoist) * (0.97 + 0.06 * u[6]), 2) if c.metered else None
    source = "柴油机组" if c.diesel else "电网"
    path = (moves, mass, hoist, trolley, gantry, teu, boom if c.kind == "quay" else None)
    return key, c.owner.code, c.crane_id, one["zh"], iso(start), *path, source, kwh, 1, at


def true_kwh(one: dict[str, Any], moves: float, mass: float, hoist: float) -> float:
    """Electricity of an hour: a move lifts and lowers the load once and the spreader alone once; plus auxiliaries."""
    up = GRAVITY * hoist * (mass + 2.0 * one["spreader_t"]) / KJ_PER_KWH
    per_move = up / one["drive"] - up * one["back"] + parameters()["crane"]["friction_kwh"]
    return moves * per_move + one["auxiliary_kw"]


def _between(span: list[float], u: float) -> float:
    return span[0] + (span[1] - span[0]) * u


CRANE = Resource(
    name="crane",
    title_zh="港口起重机名录",
    columns=CRANE_COLUMNS,
    rows=crane_rows,
    key=("crane_id",),
    register=True,
    faults=(Fault("duplicate"),),
)
CRANE_MOVE = Resource(
    name="crane_move",
    title_zh="起重机作业日志（小时）",
    columns=MOVE_COLUMNS,
    rows=move_rows,
    key=("move_id",),
    period="hour_start",
    keeps_months=1,
    faults=(
        Fault("duplicate"),
        Fault("malformed", ("mass_t", "hoist_m"), share=0.2),
        Fault("impossible", ("mass_t",), share=0.2, low=0.0, high=65.0),
        Fault("unit_slip", ("mass_t",), share=0.2, high=65.0, factors=(1000.0, 100.0)),
        Fault("broken_identity", ("teu",), share=0.2, relative=1.0, absolute=1.0),
    ),
)  # fmt: skip
