"""Marts of ships over the fixture lake, checked by hand, and traced down to the landed files."""

from __future__ import annotations

from pathlib import Path

import pytest

from spark_jobs.provenance.connection import reading
from spark_jobs.provenance.release import all_releases
from spark_jobs.provenance.trace import trace_one
from tests.fixtures.lake.ais import CARGO, DAY, NEXT, OPEN_CELL, UNKNOWN
from tests.fixtures.lake.published import at_home


def rows(published: Path, sql: str) -> list[dict]:
    with reading(published / "serving" / "current.duckdb") as query:
        return query(sql)


def test_a_day_is_the_sum_of_its_cells_and_of_its_ships(published: Path) -> None:
    (day,) = rows(published, "select * from agg_ais_day")
    shown = ("day", "is_latest_day", "ships", "cells", "emission_hours", "positions")
    assert [day[name] for name in shown] == [DAY, True, 5, 1, 2, 600]
    assert float(day["co2_kg"]) == float(day["co2_by_ship_kg"]) == 8 * 31.0
    assert [float(day[name]) for name in ("ship_fuel_kg", "moving_h", "anchor_h", "berth_h", "distance_nm")] == [
        80.0, 5.0, 2.5, 2.5, 60.0
    ]  # fmt: skip
    assert day["hidden_co2_share"] == pytest.approx(5 / 8) and day["unknown_share"] == pytest.approx(2 / 10)


def test_types_of_few_ships_stand_together_without_their_number(published: Path) -> None:
    found = rows(published, "select * from agg_ais_type_day order by ship_type desc")
    shown = ("ship_type", "ship_type_zh", "ships", "moving_h", "anchor_h", "berth_h")
    assert [tuple(row[name] for name in shown) for row in found] == [
        ("general_cargo_ship", "杂货船", 3, 3.0, 1.5, 1.5), ("", "船舶不足而合并", None, 2.0, 1.0, 1.0)
    ]  # fmt: skip


def test_an_unknown_ship_has_times_and_no_fuel(published: Path) -> None:
    found = rows(published, f"select * from fct_ais_ship_hour where mmsi = {UNKNOWN} order by hour")
    assert [(row["hour"], row["ship_type_zh"], float(row["ship_fuel_kg"]), row["unknown_h"]) for row in found] == [
        (f"{DAY}T08", "未知", 0.0, 1.0), (f"{DAY}T09", "未知", 0.0, 1.0)
    ]  # fmt: skip


def test_a_track_has_at_most_5000_points_and_the_rate_of_its_hour(published: Path) -> None:
    found = rows(published, "select * from fct_ais_track order by point_at")
    assert 0 < len(found) <= 5000 and len(found) == 6
    assert {(row["mmsi"], row["ship_type_zh"], row["co2_kg_per_h"]) for row in found} == {(CARGO[0], "杂货船", 31.0)}
    with at_home(published):
        key = {"mmsi": CARGO[0], "point_at": f"{DAY} 08:20:00+08"}
        traced = trace_one(all_releases()[-1], "fct_ais_track", key, "co2_kg_per_h")
    assert traced["adds_up"] and traced["evidence"]["broken"] == []


def test_the_ledger_of_files_closes(published: Path) -> None:
    found = rows(published, "select * from fct_ais_file order by received_hour")
    assert [(row["received_hour"], row["rows_in"], row["rows_refused"], row["is_closed"]) for row in found] == [
        (f"{DAY}T08", 359, 9, True), (f"{DAY}T23", 359, 9, True), (f"{NEXT}T08", 359, 9, True)
    ]  # fmt: skip


@pytest.mark.parametrize(("mart", "key"), [
    ("agg_ais_day", {"day": DAY}),
    ("fct_ais_cell_hour", {"cell": OPEN_CELL}),
    ("fct_ais_ship_hour", {"mmsi": CARGO[0], "hour_start": f"{DAY} 08:00:00+08"}),
])  # fmt: skip
def test_a_figure_is_traced_to_the_files_of_its_day(published: Path, mart: str, key: dict) -> None:
    with at_home(published):
        found = trace_one(all_releases()[-1], mart, key, "co2_kg")
    assert found["adds_up"]
    assert found["evidence"]["broken"] == []
    assert found["evidence"]["followed"]["payloads"] == 2
    assert found["terms"][0]["lines"][0]["model_version"] == "abcdef012345"
