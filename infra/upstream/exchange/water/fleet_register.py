"""Fleet register of the shipping companies: the ships of the ship platform, with engine, speed, draught and fuel."""

from __future__ import annotations

from collections.abc import Iterator

from infra.upstream.exchange.resource import Fault, Month, Resource, Row, known_at
from infra.upstream.exchange.water.ais import covered
from infra.upstream.world.fleet import Ship
from infra.upstream.world.model import World

FUEL_ZH = {"hfo": "重质燃料油", "lfo": "轻质燃料油", "mdo": "船用柴油", "lng": "液化天然气", "methanol": "甲醇"}
TRADE_ZH = {"international": "国际", "coastal": "沿海", "inland": "内河"}
SLOW_FROM_T = 15_000  # deadweight from which ships of this world have slow-speed engines
SEA_MARGIN, OIL_KG_PER_KWH = 1.15, 0.176  # power at sea over calm water; own consumption of main engines
COLUMNS = (
    "ship_id", "ship_name", "ship_type", "company_code", "trade", "deadweight_t", "gross_tonnage", "built_year",
    "main_engine_kw", "engine_type", "reference_speed_kn", "design_draught_m", "fuel", "shore_power", "ais_covered",
    "version", "updated_at",
)  # fmt: skip


def rows(world: World, known: Month) -> Iterator[Row]:
    """One row a ship, as confirmed in a month."""
    version = (known[0] - 2023) * 12 + known[1]
    seen = {ship.ship_id for ship in covered(world)}
    for ship in world.fleet:
        at = known_at(world.seed, known, "fleet", ship.ship_id, last_day=3)
        yield (
            ship.ship_id, ship.name, ship.ship_type, ship.company.code, TRADE_ZH[ship.trade], ship.deadweight,
            ship.gross_tonnage, ship.built_year, ship.engine_kw, engine_type(ship), trial_speed(ship),
            draught(ship), FUEL_ZH[ship.fuel], "Y" if ship.shore_power else "N", "Y" if ship.ship_id in seen else "N",
            version, at,
        )  # fmt: skip


def engine_type(ship: Ship) -> str:
    """Chinese name of the main engine's type."""
    if ship.trade == "inland":
        return "高速柴油机"
    return "低速柴油机" if ship.deadweight >= SLOW_FROM_T else "中速柴油机"


def trial_speed(ship: Ship) -> float:
    """Knots in calm water with the main engine at full power, from what the ship burns at service speed."""
    calm_kw = ship.kg_per_nm * ship.knots / OIL_KG_PER_KWH / SEA_MARGIN
    return round(ship.knots * (ship.engine_kw / calm_kw) ** (1.0 / 3.0), 1)


def draught(ship: Ship) -> float:
    """Design draught in m, from deadweight."""
    return round(0.29 * ship.deadweight ** (1.0 / 3.0), 1)


FLEET = Resource(
    name="fleet_register",
    title_zh="航运企业船队名录",
    columns=COLUMNS,
    rows=rows,
    key=("ship_id",),
    register=True,
    faults=(Fault("duplicate"),),
)
