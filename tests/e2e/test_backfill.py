"""`lake backfill` drives Airflow, changes nothing where nothing changed upstream, and leaves its reason."""

from __future__ import annotations

import duckdb

from infra.process.registry import dag_registry
from tests.small_world import SmallWorld


def monthly() -> str:
    return next(one.source for one in dag_registry().families() if one.grain == "month" and not one.closed)


def test_a_closed_month_again(running_lake: SmallWorld, calm_tables: dict[str, str]) -> None:
    done = running_lake.lake("backfill", monthly(), "--from", "2026-09", "--to", "2026-09", "--reason", "核对迟报")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 of 1 windows: 1 success" in done.stdout
    assert running_lake.table_hashes() == calm_tables
    table = running_lake.home / "warehouse" / "ops" / "backfill"
    with duckdb.connect() as connection:
        from infra.duckdb_delta import delta_extension

        connection.execute(f"load '{delta_extension()}'")
        rows = connection.execute(f"select reason, how, state from delta_scan('file://{table}')").fetchall()
    assert rows == [("核对迟报", "backfill", "success")]


def test_a_call_that_cannot_be_carried_out_says_why(running_lake: SmallWorld) -> None:
    for words, said in (
        (("nowhere", "--from", "2026-09", "--to", "2026-09", "--reason", "x"), "nowhere"),
        ((monthly(), "--from", "2026-13", "--to", "2026-13", "--reason", "x"), "2026-13"),
        ((monthly(), "--from", "2026-09", "--to", "2026-09", "--reason", " "), "--reason"),
        ((monthly(), "--from", "2027-09", "--to", "2027-09", "--reason", "x"), "2027-09"),
    ):
        done = running_lake.lake("backfill", *words)
        assert done.returncode == 2, done.stdout
        assert said in done.stdout
        assert "Traceback" not in done.stdout + done.stderr
