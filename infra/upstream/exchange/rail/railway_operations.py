"""Monthly lists of the railway: energy by use, work by line, service and direction, work of stations."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from infra.upstream.clock import label
from infra.upstream.exchange.rail.railway_work import (
    ELSEWHERE,
    SERVICES,
    bureau,
    parameters,
    rail_stations,
    rail_work,
)
from infra.upstream.exchange.resource import Fault, Month, Resource, Row, known_at, operated
from infra.upstream.rng import normals
from infra.upstream.world.activity import DECIMALS, UNITS
from infra.upstream.world.model import World

USES = ("freight_locomotive", "passenger_locomotive", "production", "living")
TRAIN_MASS_T = (50.0, 10_000.0)
RELATIVE = 0.005
STATION_MWH = 100_000.0


def _energy(world: World, known: Month) -> Iterator[Row]:
    """Sub-metered use of each energy: the unit's own consumption within the sub-meters' noise."""
    month, owner = operated(known), bureau(world)
    for code in world.physics.energies(owner):
        digits, parts = DECIMALS.get(code, 2), _uses(world, code, month)
        yield (
            owner.code, label(month), code, UNITS[code], *parts, round(sum(parts), digits), 1,
            known_at(world.seed, known, "railway energy", code),
        )  # fmt: skip


def _uses(world: World, code: str, month: Month) -> list[float]:
    """An energy by use, within the sub-meters' noise of what the unit consumed."""
    spec, digits = parameters(), DECIMALS.get(code, 2)
    noise = math.exp(spec["metering_noise"] * normals(world.seed, "railway metering", code, *month)[0])
    used = world.physics.consumption(bureau(world), code, *month) * noise
    return [round(used * spec["uses"][code][use] * _sway(world.seed, code, use, month), digits) for use in USES]


def _sway(seed: int, code: str, use: str, month: Month) -> float:
    return math.exp(0.02 * normals(seed, "railway use", code, use, *month)[0])


def _months(world: World, known: Month) -> Iterator[Row]:
    month = operated(known)
    for (line, service, direction), done in rail_work(world, month).items():
        people = service == "passenger"
        yield (
            line, SERVICES[service], direction, label(month), bureau(world).code, done.train_km, done.mean_train_mass_t,
            done.gross_tonne_km, done.volume if people else None, done.turnover if people else None,
            None if people else done.volume, None if people else done.turnover, 1,
            known_at(world.seed, known, "railway month", line, service, direction),
        )  # fmt: skip


def _station_months(world: World, known: Month) -> Iterator[Row]:
    """Persons, tonnes and electricity by station; the last one holds what is left of production and living."""
    month, work, spent = operated(known), rail_work(world, operated(known)), 0.0
    volumes = {(service, away): 0 for service in SERVICES for away in (False, True)}
    for (line, of, _), done in work.items():
        volumes[of, line == ELSEWHERE] += done.volume
    for kind, service in (("客运", "passenger"), ("货运", "freight")):
        chosen = [one for one in rail_stations(world.size) if one.kind == kind]
        whole = sum(one.weight for one in chosen)
        for one in chosen:
            z = normals(world.seed, "railway station", one.code, *month)
            count = round(volumes[service, False] * one.weight / whole * math.exp(0.03 * z[0]))
            spec = parameters()["stations"][service]
            mwh = round((spec["base_mwh"] * one.weight + spec["each_kwh"] * count / 1000.0) * math.exp(0.02 * z[1]), 3)
            spent += mwh
            people = service == "passenger"
            yield _station_row(world, known, one.code, count if people else None, None if people else count, mwh)
    left = round(sum(_uses(world, "electricity", month)[2:]) - spent, 3)
    yield _station_row(world, known, ELSEWHERE, volumes["passenger", True], volumes["freight", True], left)


def _station_row(world: World, known: Month, code: str, people: int | None, tonnes: int | None, mwh: float) -> Row:
    at = known_at(world.seed, known, "railway station month", code)
    return (code, label(operated(known)), bureau(world).code, people, tonnes, mwh, 1, at)


def _parts(factor: float) -> Any:
    return lambda row: factor * sum(row[use] for use in USES)


def _gross(tonnes: float) -> Any:
    return lambda row: row["train_km"] * tonnes


EVERY = (Fault("duplicate"), Fault("late"))
ENERGY_MONTH = Resource(
    name="railway_energy_month",
    title_zh="铁路分用途月度能源消费",
    columns=(
        "enterprise_code", "period", "energy_code", "unit", *USES, "total", "version", "updated_at",
    ),
    rows=_energy,
    key=("enterprise_code", "period", "energy_code"),
    period="period",
    faults=(
        Fault("duplicate", share=2.0),
        Fault("late"),
        Fault("correction", (*USES, "total"), share=2.0),
        Fault("malformed", ("production", "total"), share=2.0),
        Fault("impossible", ("production", "living"), low=0.0, share=2.0),
        Fault("unit_slip", ("total",), low=_parts(1 - RELATIVE), high=_parts(1 + RELATIVE), share=2.0),
        Fault("broken_identity", ("total",), share=2.0),
    ),
)  # fmt: skip
MONTH = Resource(
    name="railway_month",
    title_zh="铁路线路月度运输工作量",
    columns=(
        "line_code", "service", "direction", "period", "enterprise_code", "train_km", "mean_train_mass_t",
        "gross_tonne_km", "passengers", "passenger_km", "tonnes", "tonne_km", "version", "updated_at",
    ),
    rows=_months,
    key=("line_code", "service", "direction", "period"),
    period="period",
    faults=(
        *EVERY,
        Fault("correction", ("train_km", "gross_tonne_km")),
        Fault("malformed", ("train_km", "gross_tonne_km")),
        Fault("impossible", ("mean_train_mass_t",), low=TRAIN_MASS_T[0], high=TRAIN_MASS_T[1]),
        Fault("unit_slip", ("gross_tonne_km",), low=_gross(TRAIN_MASS_T[0]), high=_gross(TRAIN_MASS_T[1])),
        Fault("broken_identity", ("gross_tonne_km",), absolute=10.0),
    ),
)  # fmt: skip
STATION_MONTH = Resource(
    name="railway_station_month",
    title_zh="铁路车站月度客货量与用电",
    columns=(
        "station_code", "period", "enterprise_code", "passengers", "tonnes", "electricity_mwh", "version", "updated_at",
    ),
    rows=_station_months,
    key=("station_code", "period"),
    period="period",
    faults=(
        *EVERY,
        Fault("malformed", ("electricity_mwh",)),
        Fault("impossible", ("electricity_mwh",), low=0.0, high=STATION_MWH),
    ),
)  # fmt: skip
