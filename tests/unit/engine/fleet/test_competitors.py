"""The kernel's hours are those of SQL windows in DuckDB and of Polars: two independent ways to the same figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from tests.bench.fleet import accuracy, duck, polars_way, tables
from tests.unit.engine.fleet.test_silver import TERMINALS, a_day
from tests.unit.engine.fleet.tracks import DAY, Lake, landed

COLUMNS = {
    "vehicle": ["positions", "distance_km", "moving_s", "idle_s", "fuel_kg"],
    "cell": ["positions", "distance_km", "moving_s", "fuel_kg", "vehicles"],
}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    folder = tmp_path_factory.mktemp("lake")
    found = Lake(folder, TERMINALS)
    found.take(landed(folder / "in", "2026-11-21T05", a_day(3)))
    return found


def by_duckdb(files: list[str], small: dict[str, pa.Table]) -> dict[str, pa.Table]:
    return duck.whole(duck.database(small, 1), files)[1]


def by_polars(files: list[str], small: dict[str, pa.Table]) -> dict[str, pa.Table]:
    return polars_way.run(files, small)[1]


@pytest.mark.parametrize("way", [by_duckdb, by_polars])
def test_same_hours(lake: Lake, way: Callable[[list[str], dict[str, pa.Table]], dict[str, pa.Table]]) -> None:
    files = [path for (day, _), path in sorted(lake.files.items()) if day == DAY]
    single = Lake(Path(lake.folder) / way.__name__, TERMINALS)  # the day alone: competitors know no neighbours
    single.files = {key: path for key, path in lake.files.items() if key[0] == DAY}
    ours = accuracy.with_hour(single.hours().to_pandas())
    theirs = way(files, tables.small_tables(single.register, single.grid))
    for kind, columns in COLUMNS.items():
        own = ours[ours["kind"] == kind]
        both = own.merge(theirs[kind].to_pandas(), on=["object_id", "hour"], how="outer", suffixes=("", "_other"))
        assert len(both) == len(own) > 5
        for column in columns:
            assert both[column].tolist() == pytest.approx(both[f"{column}_other"].astype(float).tolist(), rel=1e-9)
