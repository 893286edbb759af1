"""Landed positions → silver → gold through a real Spark server: once, again, late, with few vehicles in a cell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spark_jobs.engine import tables
from spark_jobs.engine.content_hash import content_hash
from spark_jobs.engine.fleet import days
from spark_jobs.engine.fleet import settings as s
from tests.unit.engine.fleet.tracks import Lake, landed, track

pytestmark = pytest.mark.spark
TERMINALS = [13_900_000_000 + n for n in range(12)]
GOLD = (days.VEHICLE_HOURS, days.CELL_HOURS)
CORES = 2


@pytest.fixture
def place(lake_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for received files; register and a small grid stand in the lake."""
    lake = Lake(tmp_path / "register", TERMINALS)
    target = Path(days.register_path())
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(Path(lake.register).read_bytes())
    monkeypatch.setattr(days.grids, "build", lambda _: lake.grid)
    return tmp_path / "landed"


def a_night(terminals: list[int]) -> np.ndarray:
    """Trucks driving from 22:00 to 02:00 at 54 km/h."""
    return np.concatenate([track(terminal, 79_200, [54.0] * 481) for terminal in terminals])


def hashes(spark) -> dict[str, str]:
    return {name: content_hash(spark, name) for name in GOLD}


def sums(spark, name: str, column: str) -> float:
    return tables.read(spark, name).selectExpr(f"SUM({column}) AS s").collect()[0].s


def test_twice_late_and_private(spark, place: Path) -> None:
    first = landed(place, "2026-11-21T02", a_night(TERMINALS[:11]))
    done = days.refine(spark, [first], CORES)
    assert (done.files, done.rows_in, done.rows_routed) == (1, 11 * 481, 11 * 481)
    assert done.gold_days == ("2026-11-20", "2026-11-21")
    assert sums(spark, days.VEHICLE_HOURS, "distance_km") == pytest.approx(11 * 4 * 54.0, rel=1e-9)
    before = hashes(spark)
    assert days.refine(spark, [first], CORES).files == 0
    assert hashes(spark) == before

    listed = {(day, bucket): path for day, files in days.listed(spark).items() for bucket, path in files.items()}
    late = landed(place, "2026-11-21T23", a_night(TERMINALS[11:]), name="late")
    days.refine(spark, [first, late], CORES)
    now = {(day, bucket): path for day, files in days.listed(spark).items() for bucket, path in files.items()}
    changed = [key for key, path in now.items() if listed.get(key) != path]
    assert len(changed) == 2
    assert sums(spark, days.VEHICLE_HOURS, "distance_km") == pytest.approx(12 * 4 * 54.0, rel=1e-9)
    assert sums(spark, days.CELL_HOURS, "distance_km") == pytest.approx(12 * 4 * 54.0, rel=1e-9)

    cells = tables.read(spark, days.CELL_HOURS).collect()
    assert {row.cell == "" for row in cells} == {True, False}
    assert all(row.vehicles is None if row.cell == "" else row.vehicles >= s.FEWEST.value for row in cells)
    receipts = tables.read(spark, days.RECEIPTS).collect()
    assert len(receipts) == 2 and all(row.closes and row.rows_in == row.rows_routed for row in receipts)
    assert all(Path(path).exists() for path in now.values())
    assert not list((Path(days.folder())).rglob("*.draft"))
