"""Received AIS messages → silver → gold through a real Spark server: once, again, late, with few ships in a cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from spark_jobs.engine import tables
from spark_jobs.engine.ais import days, gold
from spark_jobs.engine.ais import settings as s
from spark_jobs.engine.content_hash import content_hash
from tests.unit.engine.ais import messages as m

pytestmark = pytest.mark.spark
SHIPS = [412_000_001 + n for n in range(5)]
GOLD = (gold.SHIP_HOURS, gold.CELL_HOURS, gold.TRACKS, gold.SHIP_DAYS)
CORES = 2


def a_night(ships: list[int], clock: int = 82_800) -> list[str]:
    """Ships going north from 23:00 to 01:00 at 12 knots, saying what they are."""
    lines = [line for mmsi in ships for line in m.sailing(mmsi, clock, [12.0] * 121)]
    size = {"to_bow": 100, "to_stern": 80, "to_port": 14, "to_starboard": 14, "draught": 9.0, "ship_type": 70}
    for mmsi in ships:
        lines += m.said(m.MIDNIGHT + clock, msg_type=5, mmsi=mmsi, shipname=f"S{mmsi}", **size)
    return lines


def hashes(spark) -> dict[str, str]:
    return {name: content_hash(spark, name) for name in GOLD}


def sums(spark, name: str, column: str) -> float:
    return tables.read(spark, name).selectExpr(f"SUM({column}) AS s").collect()[0].s


def test_twice_late_and_private(spark, lake_home: Path, tmp_path: Path) -> None:
    first = m.file(tmp_path, "2026-11-21T01", a_night(SHIPS[:4]))
    done = days.refine(spark, [first], CORES)
    assert (done.files, done.rows_in, done.rows_routed) == (1, 4 * 123, 4 * 121)
    assert done.gold_days == ("2026-11-20", "2026-11-21")
    assert sums(spark, gold.SHIP_HOURS, "distance_nm") == pytest.approx(4 * 24.0, rel=1e-3)
    fuel = sums(spark, gold.SHIP_HOURS, "main_fuel_kg + auxiliary_fuel_kg + boiler_fuel_kg")
    assert fuel > 1000.0 and sums(spark, gold.CELL_HOURS, "fuel_kg") == pytest.approx(fuel, rel=1e-9)
    before = hashes(spark)
    assert days.refine(spark, [first], CORES).files == 0
    days.again(spark, ["2026-11-20"], CORES)
    assert hashes(spark) == before

    late = m.file(tmp_path, "2026-11-21T23", a_night(SHIPS[4:]), "late")
    days.refine(spark, [first, late], CORES)
    assert sums(spark, gold.SHIP_HOURS, "distance_nm") == pytest.approx(5 * 24.0, rel=1e-3)
    cells = tables.read(spark, gold.CELL_HOURS).collect()
    assert {row.cell == "" for row in cells} <= {True, False}
    assert all(row.ships is None if row.cell == "" else row.ships >= s.FEWEST.value for row in cells)
    assert {row.rung for row in tables.read(spark, gold.SHIP_HOURS).collect()} == {"ais_static"}
    receipts = tables.read(spark, days.RECEIPTS).collect()
    assert len(receipts) == 2 and all(row.closes for row in receipts)
    assert tables.read(spark, gold.TRACKS).count() >= 5 * 13
    assert not list(Path(days.folder()).rglob("*.draft"))
    assert not list((Path(lake_home) / "run" / "ais-ships").glob("*"))
