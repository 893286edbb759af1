"""What ``docs/modules.csv`` says works is there in the release: its marts hold rows, and an emptied one is noticed."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from spark_jobs.engine.fleet import live_tables
from tests.contracts.test_modules import modules, split
from tests.small_world import SmallWorld

WORKING = [row for row in modules() if row["state"] == "works" and row["marts"]]


def file_of(serving: Path, mart: str) -> Path:
    """The file that dashboards read a mart from: the release, or the live view's."""
    return serving / (live_tables.FILE_NAME if mart in live_tables.dictionary() else "current.duckdb")


def rows_of(serving: Path, mart: str) -> int:
    """Rows of a mart in the folder's files, wherever its schema."""
    with duckdb.connect(str(file_of(serving, mart)), read_only=True) as db:
        found = db.execute("SELECT table_schema FROM information_schema.tables WHERE table_name = ?", [mart]).fetchall()
        return int(db.execute(f'SELECT count(*) FROM "{found[0][0]}"."{mart}"').fetchone()[0]) if found else 0


def lacking(serving: Path, row: dict[str, str]) -> list[str]:
    """Marts of a module that are empty or not there."""
    return [mart for mart in split(row["marts"]) if rows_of(serving, mart) == 0]


@pytest.mark.parametrize("row", WORKING, ids=lambda row: row["no"])
def test_marts_of_a_working_module_hold_rows(running_lake: SmallWorld, row: dict[str, str]) -> None:
    assert lacking(running_lake.home / "serving", row) == []


def test_an_emptied_mart_is_noticed(running_lake: SmallWorld, tmp_path: Path) -> None:
    assert WORKING
    for name in ("current.duckdb", live_tables.FILE_NAME):
        shutil.copyfile(running_lake.home / "serving" / name, tmp_path / name)
    for mart in {mart for row in WORKING for mart in split(row["marts"])}:
        with duckdb.connect(str(file_of(tmp_path, mart))) as db:
            sql = "SELECT table_schema, table_type FROM information_schema.tables WHERE table_name = ?"
            schema, kind = db.execute(sql, [mart]).fetchone()
            if kind == "VIEW":
                db.execute(f'CREATE OR REPLACE VIEW "{schema}"."{mart}" AS SELECT 1 AS nothing WHERE false')
            else:
                db.execute(f'DELETE FROM "{schema}"."{mart}"')
    for row in WORKING:
        assert lacking(tmp_path, row) == split(row["marts"]), row["no"]
