"""Landing → bronze → silver on a real server: once, twice, in another order, split otherwise, after kill -9."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from spark_jobs.engine import content_hash, job_run, session, tables
from spark_jobs.jobs import bronze, maintain, silver
from tests.spark.landed import ENTERPRISES, FEED, MONTHS, home_of, land, record

SILVER = "silver.energy_monthly"


def load(window: str = "") -> tuple[int, int]:
    with job_run.record("test", FEED, window, window):
        return bronze.run(FEED, window, window), silver.run(FEED, window, window)


def first_reports() -> list[dict]:
    good = [record(e, m) for e in ENTERPRISES for m in MONTHS]
    return [*good, good[0], record(ENTERPRISES[0], "2026-06", unit="kg")]


def correction() -> dict:
    return record(ENTERPRISES[1], "2026-08", version=2, scale=1.1)


def hashes(client) -> dict[str, tuple[int, str]]:
    return {name: content_hash.content_hash(client, name) for name in (SILVER, "silver.quarantine")}


@dataclass(frozen=True)
class Straight:
    """A straight load of both windows: where it is, and what its tables hold."""

    home: Path
    hashes: dict[str, tuple[int, str]]


@pytest.fixture(scope="module")
def straight(spark_server, tmp_path_factory) -> Iterator[Straight]:
    """Loaded once: no test below may change its content."""
    folder = tmp_path_factory.mktemp("straight")
    client = session.connect(spark_server.settings)
    with home_of(spark_server, folder):
        land("2026-10", first_reports())
        land("2026-11", [correction()])
        assert load() == (job_run.DONE, job_run.DONE)
        found = Straight(folder, hashes(client))
    session.close(client)
    yield found


def test_ledger_closes_and_says_what_came(spark, spark_server, straight):
    with home_of(spark_server, straight.home):
        rows = {row.receipt_window: row for row in tables.read(spark, "ops.ledger").collect()}
    assert all(row.closes for row in rows.values())
    told = [
        (r.rows_in, r.rows_accepted, r.rows_duplicate, r.rows_superseded, r.rows_quarantined) for r in rows.values()
    ]
    assert sorted(told) == [(1, 1, 0, 0, 0), (14, 11, 1, 1, 1)]
    assert straight.hashes[SILVER][0] == 13


def test_twice_and_window_by_window_and_split_otherwise(spark, spark_server, tmp_path, straight):
    with home_of(spark_server, tmp_path / "other"):
        land("2026-11", [correction()])
        assert load("2026-11") == (job_run.DONE, job_run.DONE)
        reports = first_reports()
        land("2026-10", reports[7:])
        land("2026-10", reports[:7])
        assert load("2026-10") == (job_run.DONE, job_run.DONE)
        assert hashes(spark) == straight.hashes
        assert load("2026-10") == (job_run.NOTHING_TO_DO, job_run.DONE)
        assert hashes(spark) == straight.hashes


def test_a_correction_rebuilds_its_month_only_and_keeps_both_versions(spark, spark_server, tmp_path):
    with home_of(spark_server, tmp_path / "corrected"):
        land("2026-10", first_reports())
        load("2026-10")
        before = tables.version(SILVER)
        land("2026-11", [correction()])
        load("2026-11")
        touched = tables.read(spark, "ops.touched").where(f"silver_version > {before}").collect()
        assert [row.period for row in touched] == ["2026-08"]
        rows = tables.read(spark, SILVER).where(f"enterprise_code = '{ENTERPRISES[1]}' AND period = '2026-08'")
        old, new = rows.orderBy("version_no").collect()
        assert (old.consumption, new.consumption) == (90.0, 99.0)
        assert old.known_to == new.known_from
        assert new.known_to is None


def test_kill_of_the_server_in_the_middle_then_resume(spark_server, tmp_path, straight):
    with home_of(spark_server, tmp_path / "killed"):
        land("2026-10", first_reports())
        land("2026-11", [correction()])
        load("2026-10")
        failed: list[Exception] = []

        def job() -> None:
            try:
                load()
            except Exception as error:
                failed.append(error)

        worker = threading.Thread(target=job)
        before = tables.version("silver.quarantine")
        worker.start()
        while worker.is_alive() and tables.version("silver.quarantine") == before:
            worker.join(0.02)
        spark_server.kill()
        worker.join()
        assert all(session.is_unreachable(error) or session.is_session_lost(error) for error in failed)
        spark_server.start()
        load()
        client = session.connect()
        assert hashes(client) == straight.hashes
        session.close(client)


def test_upkeep_changes_no_content(spark, spark_server, straight):
    with home_of(spark_server, straight.home):
        assert maintain.run("silver", "", "") == job_run.DONE
        assert hashes(spark) == straight.hashes
        (detail,) = spark.sql(f"DESCRIBE DETAIL delta.`{tables.place('silver.energy_monthly')}`").collect()
        assert detail.properties["delta.logRetentionDuration"] == "interval 90 days"
        with pytest.raises(ValueError, match="no layer"):
            maintain.run("copper", "", "")
