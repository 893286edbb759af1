"""Fleet marts over the fixture lake, checked by hand, and traced down to the landed files."""

from __future__ import annotations

from pathlib import Path

import pytest

from spark_jobs.provenance.connection import reading
from spark_jobs.provenance.release import all_releases
from spark_jobs.provenance.trace import trace_one
from tests.fixtures.lake.fleet import DAY, KEYS, OPEN_CELL
from tests.fixtures.lake.published import at_home


def rows(published: Path, sql: str) -> list[dict]:
    with reading(published / "serving" / "current.duckdb") as query:
        return query(sql)


def test_a_day_is_the_sum_of_its_cells_and_of_its_vehicles(published: Path) -> None:
    (day,) = rows(published, "select * from agg_fleet_day")
    assert (day["day"], day["is_latest_day"], day["vehicles"], day["cells"], day["emission_hours"]) == (
        DAY,
        True,
        3,
        1,
        2,
    )
    assert float(day["co2_kg"]) == float(day["co2_by_vehicle_kg"]) == 6 * 31.0
    assert float(day["fuel_kg"]) == 60.0 and float(day["moving_h"]) == 6.0 and day["departures"] == 6
    assert day["hidden_co2_share"] == pytest.approx(4 / 6)


def test_a_vehicle_meets_the_register_by_its_key(published: Path) -> None:
    found = rows(published, "select distinct vehicle_code, is_registered, district_code from fct_fleet_vehicle_hour")
    assert {(row["vehicle_code"], row["is_registered"], row["district_code"]) for row in found} == {
        ("0123456789abcdef", True, "310115"), ("1111111111111111", True, "310115"), ("ddddddddddddddde", False, None)
    }  # fmt: skip
    assert f"{KEYS[2] % 2**64:016x}" == "ddddddddddddddde"


def test_coverage_counts_objects_that_sent_data(published: Path) -> None:
    found = {row["mass_class"]: row for row in rows(published, "select * from agg_fleet_coverage_day")}
    heavy, unlisted = found["gt_12t"], found["unlisted"]
    assert (heavy["registered_vehicles"], heavy["positioned_vehicles"], heavy["heard_vehicles"]) == (2, 1, 2)
    assert heavy["register_share"] == 1.0
    assert (unlisted["registered_vehicles"], unlisted["heard_vehicles"], unlisted["heard_share"]) == (0, 1, None)


def test_the_ledger_of_files_closes(published: Path) -> None:
    found = rows(published, "select * from fct_fleet_position_file order by received_hour")
    assert [(row["received_hour"], row["rows_in"], row["rows_refused"], row["days"]) for row in found] == [
        (f"{DAY}T08", 365, 5, [DAY]), (f"{DAY}T23", 365, 5, [DAY])
    ]  # fmt: skip


@pytest.mark.parametrize(("mart", "key"), [
    ("agg_fleet_day", {"day": DAY}),
    ("fct_fleet_cell_hour", {"cell": OPEN_CELL}),
    ("fct_fleet_vehicle_hour", {"vehicle_key": KEYS[0], "hour_start": f"{DAY} 08:00:00+08"}),
])  # fmt: skip
def test_a_figure_is_traced_to_the_files_of_its_day(published: Path, mart: str, key: dict) -> None:
    with at_home(published):
        found = trace_one(all_releases()[-1], mart, key, "co2_kg")
    assert found["adds_up"]
    assert found["evidence"]["broken"] == []
    assert found["evidence"]["followed"]["payloads"] == 2
    assert found["terms"][0]["lines"][0]["model_version"] == "abcdef012345"
