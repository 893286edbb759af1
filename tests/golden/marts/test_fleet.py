"""Fleet marts over the fixture lake, checked by hand, and traced down to the landed files."""

from __future__ import annotations

from pathlib import Path

import pytest

from spark_jobs.provenance.connection import reading
from spark_jobs.provenance.release import all_releases
from spark_jobs.provenance.trace import trace_one
from tests.fixtures.lake.fleet import DAY, KEYS, NETWORK, NEXT, OPEN_CELL
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
    assert float(day["co2_kg"]) == float(day["co2_by_vehicle_kg"]) == float(day["co2_by_road_kg"]) == 6 * 31.0
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
        (f"{DAY}T08", 365, 5, [DAY]), (f"{DAY}T23", 365, 5, [DAY]), (f"{NEXT}T08", 365, 5, [NEXT])
    ]  # fmt: skip


def test_roads_have_names_and_the_sums_of_the_cells(published: Path) -> None:
    found = rows(published, "select * from fct_fleet_road_hour order by hour_start, co2_kg desc, edge_id desc")
    assert [(row["hour"], row["edge_id"], row["vehicles"], float(row["co2_kg"])) for row in found] == [
        (f"{DAY}T08", "S20-01", 5, 46.5), (f"{DAY}T08", "", None, 31.0), (f"{DAY}T08", "G60-02~", 6, 15.5),
        (f"{DAY}T09", "unmatched", 5, 46.5), (f"{DAY}T09", "", None, 31.0), (f"{DAY}T09", "S20-01", 7, 15.5),
    ]  # fmt: skip
    ring, hidden = found[0], found[1]
    names = ("road_name", "direction", "corridor_zh", "road_class_zh", "district_zh", "network")
    assert [ring[name] for name in names] == ["S20 外环高速", "内圈", "S20 外环高速", "高速公路", "宝山区", NETWORK]
    assert [hidden[name] for name in names] == ["", "", "", "", "", NETWORK]
    assert (float(ring["distance_km"]), float(ring["moving_h"]), ring["positions"]) == (75.0, 1.5, 180)
    (cells,) = rows(published, "select sum(co2_kg) as co2_kg, sum(distance_km) as km from fct_fleet_cell_hour")
    assert sum(row["co2_kg"] for row in found) == cells["co2_kg"]
    assert sum(row["distance_km"] for row in found) == cells["km"]


def test_a_corridors_day_is_the_sum_of_its_open_hours(published: Path) -> None:
    found = rows(published, "select * from agg_fleet_corridor_day order by co2_kg desc, corridor_id desc")
    assert [(row["corridor_zh"], row["direction"], row["is_corridor"], row["peak_vehicles"]) for row in found] == [
        ("S20 外环高速", "内圈", True, 7), ("车辆不足而合并", "", False, None), ("未匹配路网", "", False, 5),
        ("G60 沪昆高速", "入沪", True, 6),
    ]  # fmt: skip
    assert [(float(row["co2_kg"]), row["emission_hours"]) for row in found] == [(62, 2), (62, 2), (46.5, 1), (15.5, 1)]
    assert {row["is_latest_day"] for row in found} == {True}


def test_flows_have_districts_beyond_the_city_and_reach_to_the_last_arrival(published: Path) -> None:
    found = rows(published, "select * from fct_fleet_flow_hour order by hour_start, departures desc")
    shown = ("origin_district_zh", "destination_district_zh", "vehicles", "departures", "last_arrival_day")
    assert [tuple(row[name] for name in shown) for row in found] == [
        ("浦东新区", "闵行区", 5, 6, DAY), ("车辆不足而合并", "车辆不足而合并", None, 2, DAY),
        ("市外", "浦东新区", 5, 5, NEXT),
    ]  # fmt: skip
    assert [(float(row["co2_kg"]), float(row["distance_km"]), float(row["moving_h"])) for row in found] == [
        (46.5, 60, 1.5), (15.5, 20, 0.5), (38.75, 50, 1.25)
    ]  # fmt: skip
    days = rows(published, "select * from agg_fleet_flow_day order by departures desc")
    shown = ("origin_district", "peak_vehicles", "departures", "co2_kg")
    assert [tuple(row[name] for name in shown) for row in days] == [
        ("310115", 5, 6, 46.5), ("outside", 5, 5, 38.75), ("", None, 2, 15.5)
    ]  # fmt: skip


@pytest.mark.parametrize(("mart", "key", "files"), [
    ("agg_fleet_day", {"day": DAY}, 2),
    ("fct_fleet_cell_hour", {"cell": OPEN_CELL}, 2),
    ("fct_fleet_vehicle_hour", {"vehicle_key": KEYS[0], "hour_start": f"{DAY} 08:00:00+08"}, 2),
    ("fct_fleet_road_hour", {"edge_id": "S20-01", "hour_start": f"{DAY} 08:00:00+08"}, 2),
    ("fct_fleet_corridor_hour", {"corridor_id": "S20", "hour_start": f"{DAY} 09:00:00+08"}, 2),
    ("agg_fleet_corridor_day", {"corridor_id": "S20"}, 2),
    ("fct_fleet_flow_hour", {"origin_district": "310115"}, 2),
    ("fct_fleet_flow_hour", {"origin_district": "outside"}, 3),
    ("agg_fleet_flow_day", {"origin_district": "outside"}, 3),
])  # fmt: skip
def test_a_figure_is_traced_to_the_files_of_its_days(published: Path, mart: str, key: dict, files: int) -> None:
    with at_home(published):
        found = trace_one(all_releases()[-1], mart, key, "co2_kg")
    assert found["adds_up"]
    assert found["evidence"]["broken"] == []
    assert found["evidence"]["followed"]["payloads"] == files
    assert found["terms"][0]["lines"][0]["model_version"] == "abcdef012345"
