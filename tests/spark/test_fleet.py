"""Landed positions → silver → gold through a real Spark server: once, again, late, with few vehicles in a cell."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from infra.crypto import sm3_file_hex
from spark_jobs.engine import tables
from spark_jobs.engine.content_hash import content_hash
from spark_jobs.engine.fleet import days
from spark_jobs.engine.fleet import landed as landed_files
from spark_jobs.engine.fleet import settings as s
from spark_jobs.engine.modelled import version_of
from spark_jobs.ingest.landing import Landing
from spark_jobs.jobs import positions
from spark_jobs.provenance.chains import verify_chains
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
    assert len(receipts) == 2 and all(row.closes and row.merged and row.rows_in == row.rows_routed for row in receipts)
    assert {row.payload_sm3 for row in receipts} == {sm3_file_hex(Path(path)) for path in (first, late)}
    assert json.loads(receipts[0].days_json).keys() == {"2026-11-20", "2026-11-21"}
    named = [row for row in cells if row.cell]
    assert all(31.0 < row.latitude_deg < 32.0 and 121.2 < row.longitude_deg < 121.4 for row in named)
    assert {row.model_version for row in cells} == {version_of("diesel-regional")}
    assert all(Path(path).exists() for path in now.values())
    assert not list((Path(days.folder())).rglob("*.draft"))


class Killed(RuntimeError):
    """Stands for the end of the process at one place."""


@pytest.mark.parametrize(("place_of_end", "later"), [("_list", 10), ("gold", 20), ("finish", 30)])
def test_killed_anywhere_nothing_is_lost_or_counted_twice(
    spark, place: Path, monkeypatch: pytest.MonkeyPatch, place_of_end: str, later: int
) -> None:
    morning = date(2026, 11, 21) + timedelta(days=later)
    of_these_days = tables.one_of("day", [str(morning - timedelta(days=1)), str(morning)])
    nights = a_night(TERMINALS[:6]), a_night(TERMINALS[6:])
    for night in nights:
        night[:, 1] += later * 86_400
    first, second = (landed(place, f"{morning}T0{hour}", night) for hour, night in zip((2, 3), nights, strict=True))

    def end(*_: object) -> None:
        raise Killed(place_of_end)

    with monkeypatch.context() as patch:
        patch.setattr(days.receipts if place_of_end == "finish" else days, place_of_end, end)
        with pytest.raises(Killed):
            days.refine(spark, [first], CORES)
    days.refine(spark, [first, second], CORES)
    rows = tables.read(spark, days.FILES).where(of_these_days).collect()
    assert sum(row.positions for row in rows) == sum(row.rows_given for row in rows) == 12 * 481
    assert sum(row.rows_duplicate for row in rows) == 0
    hours = tables.read(spark, days.VEHICLE_HOURS).where(of_these_days)
    assert hours.selectExpr("SUM(distance_km) AS s").collect()[0].s == pytest.approx(12 * 4 * 54.0, rel=1e-9)
    assert all(row.merged for row in tables.read(spark, days.RECEIPTS).collect())
    on_disk = {path for row in rows for path in (days.folder() / f"day={row.day}").glob("*.parquet")}
    assert on_disk == {days.folder() / row.path for row in rows}


def test_the_job_lands_what_was_dropped_once(spark, place: Path) -> None:
    drop = landed_files.drop_folder()
    night = a_night(TERMINALS[:6])
    night[:, 1] += 40 * 86_400
    landed(drop, "2026-12-31T02", night)
    register = pa.table({"terminal_id": TERMINALS, "plate": [f"沪I{n:06d}" for n in range(12)],
                         "mass_class": ["gt_12t"] * 12, "kerb_t": [15.0] * 12, "payload_t": [20.0] * 12})  # fmt: skip
    pq.write_table(register, drop / landed_files.REGISTER)
    assert positions.run("all", "2026-12-31", "2026-12-31") == 0
    assert not list(drop.iterdir())
    assert verify_chains(feed=landed_files.FEED).is_whole
    (payload,) = {entry.payload_sm3 for entry in Landing().entries(landed_files.FEED, "2026-12-31")}
    ours = tables.read(spark, days.RECEIPTS).where(tables.one_of("payload_sm3", [payload])).collect()
    assert [(row.file, row.received_hour, row.rows_in) for row in ours] == [
        ("positions-2026-12-31T02-a.parquet", "2026-12-31T02", 6 * 481)
    ]
    assert positions.run("all", "2026-12-31", "2026-12-31") == 99
    path = Landing().folder(landed_files.FEED, "2026-12-31") / payload
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert "SM3" in verify_chains(feed=landed_files.FEED).broken[0].reason_zh
