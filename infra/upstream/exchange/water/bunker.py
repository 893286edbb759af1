"""Fuel delivery notes: what ships took on board, so that over time deliveries are what their voyages burnt."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from infra.upstream.clock import iso, month_start, shift
from infra.upstream.exchange.resource import Fault, Month, Resource, Row, known_at, operated
from infra.upstream.exchange.water.fleet_register import FUEL_ZH
from infra.upstream.exchange.water.parameters import parameters
from infra.upstream.rng import draws, normals
from infra.upstream.ship_energy.voyages import HOUR, fuel_columns, inland_year, leg_of, legs_arriving
from infra.upstream.world.fleet import MEAN_BURN, Ship, mean_month
from infra.upstream.world.model import World

COLUMNS = (
    "note_id", "company_code", "ship_id", "delivered_at", "port_code", "supplier", "fuel", "mass_t", "volume_m3",
    "density_kg_m3", "sulphur_pct", "version", "updated_at",
)  # fmt: skip
LEAST_T = 0.05


def rows(world: World, known: Month) -> Iterator[Row]:
    """Notes of the month before, by ship, fuel and number."""
    yield from _rows(world, known)


@lru_cache(maxsize=3)
def _rows(world: World, known: Month) -> tuple[Row, ...]:
    month = operated(known)
    return tuple(row for ship in world.fleet for row in _notes(world, ship, month, known))


def _notes(world: World, ship: Ship, month: Month, known: Month) -> Iterator[Row]:
    spec = parameters()["bunker"]
    start, stop = month_start(month), month_start(shift(month, 1))
    for fuel, tonnes in delivered(world, ship, month).items():
        u = draws(world.seed, "note", ship.index, fuel, *month)
        number = 1 if ship.trade == "inland" or u[0] < 0.6 else 2
        share = 0.35 + 0.3 * u[1] if number == 2 else 1.0
        for i, part in enumerate((share, 1.0 - share)[:number]):
            v = draws(world.seed, "note part", ship.index, fuel, *month, i)
            mass = round(tonnes * part * (1.0 + 0.003 * normals(world.seed, "note mass", ship.index, *month, i)[0]), 3)
            if mass < LEAST_T:
                continue
            density = round(_between(spec["density"][fuel], v[0]), 1)
            sulphur = round(_between(spec["sulphur"][fuel], v[1]), 4)
            at = start + int((i + 0.05 + 0.9 * v[2]) / number * (stop - start)) // HOUR * HOUR
            port = ship.home if ship.trade == "inland" or v[3] < 0.7 else ship.away
            supplier = spec["suppliers"][int(v[4] * len(spec["suppliers"]))]
            key = f"BDN{ship.ship_id}{month[0]}{month[1]:02d}{fuel[:2].upper()}{i + 1}"
            known_on = known_at(world.seed, known, key, last_day=12)
            yield (
                key, ship.company.code, ship.ship_id, iso(at), port, supplier, FUEL_ZH[fuel], mass,
                round(mass / density * 1000.0, 3), density, sulphur, 1, known_on,
            )  # fmt: skip


def delivered(world: World, ship: Ship, month: Month) -> dict[str, float]:
    """Tonnes taken in a month by fuel: what was burnt, and the change of the stock on board."""
    swing = parameters()["bunker"]["tank"]
    mean = mean_fuel(ship)
    out = {}
    for fuel, used in burnt(world, ship, month).items():
        stocks = [draws(world.seed, "on board", ship.index, fuel, *m)[0] for m in (shift(month, -1), month)]
        out[fuel] = used + swing * mean[fuel] * (stocks[1] - stocks[0])
    return {fuel: tonnes for fuel, tonnes in out.items() if tonnes > 0}


def burnt(world: World, ship: Ship, month: Month) -> dict[str, float]:
    """Tonnes burnt in a month by fuel; a voyage's fuel is spread evenly from departure to the next departure."""
    main = aux = 0.0
    if ship.trade == "inland":
        year = inland_year(ship, month[0], world.seed)
        return _by_fuel(ship, year.main_t / 12.0, year.aux_t / 12.0)
    since, before = month_start(month), month_start(shift(month, 1))
    step = ship.leg_hours * HOUR
    arriving = legs_arriving(ship, since, int(before + step), world.seed)
    numbers = {v.leg for v in arriving} | {v.leg - 1 for v in arriving} | {v.leg + 1 for v in arriving}
    for leg in sorted(n for n in numbers if n >= 0):
        voyage = leg_of(ship, leg, world.seed)
        inside = max(0.0, min(before, voyage.departure + step) - max(since, voyage.departure))
        main += voyage.main_t * inside / step
        aux += voyage.aux_t * inside / step
    return _by_fuel(ship, main, aux)


def mean_fuel(ship: Ship) -> dict[str, float]:
    """Tonnes of a mean month by fuel."""
    miles, _, auxiliary = mean_month(ship)
    return _by_fuel(ship, ship.kg_per_nm * miles * MEAN_BURN[ship.trade] / 1000.0, auxiliary)


def _by_fuel(ship: Ship, main: float, aux: float) -> dict[str, float]:
    columns = fuel_columns(ship, main, aux)
    return {name.removesuffix("_t"): tonnes for name, tonnes in columns.items() if tonnes > 0}


def _between(span: list[float], u: float) -> float:
    return float(span[0] + (span[1] - span[0]) * u)


NOTE = Resource(
    name="fuel_delivery_note",
    title_zh="船舶燃料供应单",
    columns=COLUMNS,
    rows=rows,
    key=("note_id",),
    period="delivered_at",
    faults=(
        Fault("duplicate"), Fault("late"), Fault("correction", ("mass_t", "volume_m3")),
        Fault("malformed", ("mass_t", "volume_m3")),
        Fault("broken_identity", ("volume_m3",), relative=0.005, absolute=0.02),
        Fault("impossible", ("sulphur_pct",), low=0.0, high=5.0),
        Fault("unit_slip", ("mass_t",), low=lambda r: r["mass_t"] * 0.99, high=lambda r: r["mass_t"] * 1.01),
    ),
)  # fmt: skip
