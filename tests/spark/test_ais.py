"""Received AIS messages → silver → gold through a real Spark server: once, again, late, with few ships in a cell."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from infra.crypto import sm3_file_hex
from spark_jobs.engine import tables
from spark_jobs.engine.ais import days, gold
from spark_jobs.engine.ais import landed as landed_files
from spark_jobs.engine.ais import settings as s
from spark_jobs.engine.content_hash import content_hash
from spark_jobs.ingest.landing import Landing
from spark_jobs.jobs import ships as job
from spark_jobs.provenance.chains import verify_chains
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
    assert len(receipts) == 2 and all(row.closes and row.merged for row in receipts)
    assert {row.payload_sm3 for row in receipts} == {sm3_file_hex(Path(path)) for path in (first, late)}
    assert json.loads(receipts[0].days_json).keys() == {"2026-11-20", "2026-11-21"}
    assert tables.read(spark, gold.TRACKS).count() >= 5 * 13
    assert not list(Path(days.folder()).rglob("*.draft"))
    assert not list((Path(lake_home) / "run" / "ais-ships").glob("*"))


class Killed(RuntimeError):
    """Stands for the end of the process at one place."""


@pytest.mark.parametrize(("place_of_end", "later"), [("_list", 20), ("again", 30), ("finish", 40)])
def test_a_killed_job_loses_nothing_and_counts_nothing_twice(
    spark, lake_home: Path, monkeypatch: pytest.MonkeyPatch, place_of_end: str, later: int
) -> None:
    morning = date(2026, 11, 21) + timedelta(days=later)
    of_these_days = tables.one_of("day", [str(morning - timedelta(days=1)), str(morning)])
    drop, clock = landed_files.drop_folder(), 82_800 + later * 86_400
    m.file(drop, f"{morning}T02", a_night(SHIPS[:3], clock))

    def end(*_: object) -> None:
        raise Killed(place_of_end)

    with monkeypatch.context() as patch:
        patch.setattr(days.receipts if place_of_end == "finish" else days, place_of_end, end)
        with pytest.raises(Killed):
            job.run("all", str(morning), str(morning))
    m.file(drop, f"{morning}T03", a_night(SHIPS[3:], clock), "b")
    assert job.run("all", str(morning), str(morning)) == 0
    assert job.run("all", str(morning), str(morning)) == 99
    assert not list(drop.iterdir())
    rows = tables.read(spark, days.FILES).where(of_these_days).collect()
    assert sum(row.positions for row in rows) == sum(row.rows_given for row in rows) == 5 * 121
    assert sum(row.rows_duplicate for row in rows) == 0
    for name in (gold.SHIP_HOURS, gold.CELL_HOURS):
        found = tables.read(spark, name).where(of_these_days).selectExpr("SUM(distance_nm) AS s").collect()[0].s
        assert found == pytest.approx(5 * 24.0, rel=1e-3)
    told = tables.read(spark, days.STATICS).where(of_these_days)
    assert {row.mmsi for row in told.collect()} == set(SHIPS) and told.count() == 5
    receipts = tables.read(spark, days.RECEIPTS).where(f"received_hour LIKE '{morning}%'").collect()
    assert len(receipts) == 2 and all(row.merged and row.closes for row in receipts)
    on_disk = {path for row in rows for path in (days.folder() / f"day={row.day}").glob("*.parquet")}
    assert on_disk == {days.folder() / row.path for row in rows}


def test_the_job_lands_messages_and_register_in_a_chain(spark, lake_home: Path) -> None:
    drop, morning = landed_files.drop_folder(), "2027-01-30"
    later = (date.fromisoformat(morning) - date(2026, 11, 21)).days
    m.file(drop, f"{morning}T01", a_night(SHIPS[:1], 82_800 + later * 86_400))
    header = "mmsi,ship_id,ship_type,deadweight_t,main_engine_kw,reference_speed_kn,design_draught_m,engine_type,fuel"
    text = f"{header}\n{SHIPS[0]},9000001,container_ship,50000,30000,22,12,SSD,lfo\n"
    (drop / "register.csv").write_text(text, encoding="utf-8")
    try:
        assert job.run("all", morning, morning) == 0
        (ship,) = tables.read(spark, gold.SHIP_DAYS).where(f"day = '{morning}'").collect()
        assert (ship.rung, ship.ship_id) == ("register_mmsi", "9000001")
    finally:
        days.gold.question.register_path().unlink(missing_ok=True)
    for feed in (landed_files.FEED, landed_files.REGISTER_FEED):
        assert verify_chains(feed=feed).is_whole
    (entry,) = Landing().entries(landed_files.FEED, morning)
    path = Landing().folder(landed_files.FEED, morning) / entry.payload_sm3
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert "SM3" in verify_chains(feed=landed_files.FEED).broken[0].reason_zh
