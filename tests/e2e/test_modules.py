"""What ``docs/modules.csv`` says works is there in the release: its marts hold rows, and an emptied one is noticed."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.contracts.test_modules import modules, split
from tests.small_world import SmallWorld

WORKING = [row for row in modules() if row["state"] == "works" and row["marts"]]


def rows_of(release: Path, mart: str) -> int:
    """Rows of a mart in a release file, wherever its schema."""
    with duckdb.connect(str(release), read_only=True) as db:
        found = db.execute("SELECT table_schema FROM information_schema.tables WHERE table_name = ?", [mart]).fetchall()
        return int(db.execute(f'SELECT count(*) FROM "{found[0][0]}"."{mart}"').fetchone()[0]) if found else 0


def lacking(release: Path, row: dict[str, str]) -> list[str]:
    """Marts of a module that are empty or not there."""
    return [mart for mart in split(row["marts"]) if rows_of(release, mart) == 0]


@pytest.mark.parametrize("row", WORKING, ids=lambda row: row["no"])
def test_marts_of_a_working_module_hold_rows(running_lake: SmallWorld, row: dict[str, str]) -> None:
    assert lacking(running_lake.home / "serving" / "current.duckdb", row) == []


def test_an_emptied_mart_is_noticed(running_lake: SmallWorld, tmp_path: Path) -> None:
    assert WORKING
    copy = tmp_path / "release.duckdb"
    shutil.copyfile(running_lake.home / "serving" / "current.duckdb", copy)
    for mart in {mart for row in WORKING for mart in split(row["marts"])}:
        with duckdb.connect(str(copy)) as db:
            sql = "SELECT table_schema, table_type FROM information_schema.tables WHERE table_name = ?"
            schema, kind = db.execute(sql, [mart]).fetchone()
            if kind == "VIEW":
                db.execute(f'CREATE OR REPLACE VIEW "{schema}"."{mart}" AS SELECT 1 AS nothing WHERE false')
            else:
                db.execute(f'DELETE FROM "{schema}"."{mart}"')
    for row in WORKING:
        assert lacking(copy, row) == split(row["marts"]), row["no"]
