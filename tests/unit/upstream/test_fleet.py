"""Simulated trucks: the same whatever else is simulated, plausible, and faulty at the stated rates."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pcompute
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from infra.upstream.fleet import minutes
from infra.upstream.fleet.driving import block
from infra.upstream.fleet.fixes import NAMES, gcj02
from infra.upstream.fleet.network import network
from infra.upstream.fleet.road_file import edge_ids, network_file
from infra.upstream.fleet.vehicles import fleet
from infra.upstream.fleet.writer import LOCAL, Order, write

TRUCKS, SEED = 40, 7


@pytest.fixture(scope="module")
def driven() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    return block(fleet(TRUCKS, SEED), 0, TRUCKS, SEED, 1)


def test_a_truck_does_not_depend_on_the_others(driven) -> None:
    alone, truth, _, _ = block(fleet(TRUCKS, SEED), 30, 31, SEED, 1)
    assert np.array_equal(alone, driven[0][driven[0][:, 0] == 30])
    assert np.array_equal(truth[0], driven[1][30])


def test_fuel_and_speed_are_those_of_trucks(driven) -> None:
    fixes, truth, _, _ = driven
    fuel_g, metres, engine_s = truth.sum(axis=(0, 1))
    assert 18 < fuel_g / 840 / (metres / 1e5) < 45  # L/100 km
    assert 30 < metres / engine_s * 3.6 < 70
    located = fixes[(fixes[:, 7] & 2 > 0) & (fixes[:, 5] < 2000)]
    assert located[:, 5].max() < 1200
    assert (truth[:, :, 2] <= 3600).all()


def test_faults_occur_at_their_rates(driven) -> None:
    counts = dict(zip(NAMES, driven[3].tolist(), strict=False))
    rows = len(driven[0])
    assert 0.003 < counts["duplicates"] / rows < 0.007
    assert 0.007 < counts["out_of_order"] / rows < 0.013
    assert counts["silences"] > 0 and counts["frozen"] > 0 and counts["drifting"] > 0


def test_metres_by_road_are_the_metres_of_the_hour(driven) -> None:
    _, truth, by_road, _ = driven
    assert by_road.sum(axis=2) == pytest.approx(truth[:, :, 1], rel=1e-4, abs=0.5)
    assert by_road.shape[2] == len(edge_ids())


def test_the_network_file_has_the_roads_driven_a_few_metres_off() -> None:
    rows, net = network_file().to_pylist(), network()
    assert [r["edge_id"] for r in rows] == edge_ids()[::2]
    for n, row in enumerate(rows):
        points = [pair.split() for pair in row["geometry"][12:-1].split(", ")]
        lon, lat = np.array(points, float).T
        assert lat[[0, -1]] == pytest.approx(net.lat[[net.start[2 * n], net.end[2 * n]]], abs=1e-6)
        north, east = np.diff(lat) * 111_195, np.diff(lon) * 111_195 * np.cos(np.radians(lat[:-1]))
        assert np.hypot(north, east).sum() == pytest.approx(net.length_m[2 * n], rel=0.002)


def test_the_way_to_every_place_is_known() -> None:
    net = network()
    for goal in range(len(net.lat)):
        for place in range(len(net.lat)):
            here, roads = place, 0
            while here != goal:
                here, roads = int(net.end[net.hop[goal, here]]), roads + 1
                assert roads < len(net.lat)


def test_the_offset_of_the_datum_is_the_published_one() -> None:
    """At the People's Square GCJ-02 lies about 220 m south and 420 m east of WGS 84."""
    lat, lon = gcj02(31.2304, 121.4737)
    assert (lat - 31.2304) * 111_195 == pytest.approx(-220, abs=40)
    assert (lon - 121.4737) * 111_195 * np.cos(np.radians(31.23)) == pytest.approx(425, abs=60)


def test_both_formats_hold_the_same_rows(tmp_path: Path) -> None:
    told = write(Order(tmp_path, "2026-11-20", 1, 5, SEED, ("parquet", "csv")))
    parquet, csv = 0, 0
    for path in sorted(tmp_path.glob("positions-*.parquet")):
        table = pq.read_table(path)
        other = pc.read_csv(str(path).replace(".parquet", ".csv.gz"))
        parquet, csv = parquet + table.num_rows, csv + other.num_rows
        assert table["latitude"].cast(pa.int64()) == other["latitude"]
        clock = pcompute.strftime(pcompute.cast(table["time"], pa.timestamp("s", "Asia/Shanghai")), "%y%m%d%H%M%S")
        assert clock.cast(pa.int64()) == other["time"]
    assert parquet == csv == told["rows"]
    planted = json.loads((tmp_path / "truth" / "planted-g0.json").read_text())
    assert planted["vehicles"] == 5
    assert pq.read_table(tmp_path / "truth" / "fuel-g0.parquet").num_rows > 5
    assert pq.read_table(tmp_path / "register.parquet")["plate"][0].as_py().startswith("沪I")


def test_minute_files_are_the_hour_cut_finer(tmp_path: Path) -> None:
    write(Order(tmp_path / "hour", "2026-11-20", 1, 60, SEED, hours=(10, 11)))
    write(Order(tmp_path / "minute", "2026-11-20", 1, 60, SEED, cut_s=60, hours=(10, 11)))
    (hour,) = (tmp_path / "hour").glob("positions-2026-11-20T10-g0.parquet")
    minutes = sorted((tmp_path / "minute").glob("positions-2026-11-20T10-*-g0.parquet"))
    assert len(minutes) > 30
    assert pa.concat_tables([pq.read_table(path) for path in minutes]) == pq.read_table(hour)


def test_gateways_send_the_minutes_of_the_last_hour_once(tmp_path: Path) -> None:
    now = datetime(2026, 11, 22, 8, 30, tzinfo=LOCAL)
    given = ["--drop", str(tmp_path / "drop"), "--staged", str(tmp_path / "staged"), "--vehicles", "20",
             "--world", "small", "--now", now.isoformat()]  # fmt: skip
    assert minutes.main(given) == 0
    names = sorted(path.name[10:26] for path in (tmp_path / "drop").iterdir())
    assert (names[0], names[-1], len(names)) == ("2026-11-22T07-30", "2026-11-22T08-29", 60)
    assert minutes.send(tmp_path / "staged", tmp_path / "drop", now, now.replace(minute=32)) == 2
    assert minutes.send(tmp_path / "staged", tmp_path / "drop", now, now.replace(minute=32)) == 0


@pytest.mark.parametrize(
    ("first", "last", "hours"),
    [("07:30", "08:30", [7, 8]), ("07:00", "08:00", [7]), ("08:59", "09:01", [8, 9]), ("00:00", "00:00", [])],
)
def test_hours_that_gateways_simulate(first: str, last: str, hours: list[int]) -> None:
    begin, end = (datetime.fromisoformat(f"2026-11-22T{clock}:00+08:00") for clock in (first, last))
    assert [hour.hour for hour in minutes.hours_between(begin, end)] == hours


def test_a_day_begins_without_a_past() -> None:
    midnight = datetime(2026, 11, 22, 0, 10, tzinfo=LOCAL)
    assert [hour.hour for hour in minutes.hours_between(midnight - minutes.LAST_HOUR, midnight)] == [0]
