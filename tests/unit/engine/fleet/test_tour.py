"""Roads, corridors, trips and datums of hand-made tracks: by hand, and nothing is lost or counted twice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spark_jobs.engine.fleet import hours, network, tour_rows
from spark_jobs.models.truck_trips.coordinates import gcj02_from_wgs84
from tests.unit.engine.fleet.test_network import HEADER
from tests.unit.engine.fleet.tracks import DAY, METRES_PER_DEGREE, Lake, landed, track

ROADS = (  # the way north in two edges, a road across at 31.1, one beside it 100 m to the east, one far away
    'N1,试验北路,C,北行,南行,motorway,,,"LINESTRING (121.3 31.0, 121.3 31.1)"',
    'N2,试验北路,C,北行,南行,motorway,,,"LINESTRING (121.3 31.1, 121.3 31.4)"',
    'X,横路,,东行,西行,arterial,,,"LINESTRING (121.3 31.1, 121.5 31.1)"',
    'P,旁路,,北行,,urban,,,"LINESTRING (121.30105 31.0, 121.30105 31.4)"',
)


class Roads(Lake):
    """The lake of the other tests with a road network beside."""

    def __init__(self, folder: Path, terminals: Sequence[int]) -> None:
        super().__init__(folder, terminals)
        source = folder / "roads.csv"
        source.write_text("\n".join([HEADER, *ROADS]) + "\n", encoding="utf-8")
        self.source = str(source)
        self.roads = network.build(str(folder), self.source)

    def tour(self, day: int = DAY) -> pa.Table:
        files = [
            hours.DayFile(path, self.files.get((day - 1, bucket), ""), self.files.get((day + 1, bucket), ""))
            for (of, bucket), path in sorted(self.files.items())
            if of == day
        ]
        table = pa.Table.from_batches(list(tour_rows.rows(files, day, self.register, self.grid, self.roads)))
        return table.sort_by([("kind", "ascending"), ("object_id", "ascending"), ("hour_start", "ascending")])

    def by_edge(self, rows: pa.Table) -> dict[str, float]:
        """Distance (km) by edge id."""
        names = network.names(self.source).table["edge_id"].to_pylist()
        out: dict[str, float] = {}
        for row in of(rows, tour_rows.ROAD).to_pylist():
            name = names[row["object_id"]]
            out[name] = out.get(name, 0.0) + row["distance_km"]
        return out


def of(rows: pa.Table, kind: str) -> pa.Table:
    return rows.filter(pc.equal(rows["kind"], kind))


def added(rows: pa.Table, kind: str, column: str) -> float:
    return float(pc.sum(of(rows, kind)[column]).as_py() or 0.0)


def north(terminal: int, begin: int, speeds: Sequence[float], every: int = 30, heading: int = 0) -> np.ndarray:
    rows = track(terminal, begin, speeds, every=every)
    rows[:, 6] = heading
    return rows


def test_a_way_over_two_edges_and_back(tmp_path: Path) -> None:
    """54 km/h north for an hour from 31.0: 11.12 km on the first edge, the rest on the second; then the same back."""
    lake = Roads(tmp_path, [1])
    out = north(1, 30_000, [54.0] * 60)
    back = out[::-1].copy()
    back[:, 1] = out[-1, 1] + 30 + 30 * np.arange(len(out))
    back[:, 6] = 180
    lake.take(landed(tmp_path / "in", "2026-11-20T12", np.concatenate([out, back])))
    found = lake.by_edge(lake.tour())
    assert set(found) == {"N1", "N2", "N1~", "N2~"}
    assert found["N1"] == pytest.approx(11.12, abs=0.5)
    assert found["N1"] + found["N2"] == pytest.approx(59 * 0.45, abs=0.5)  # half of the turning at the end
    assert found["N1~"] + found["N2~"] == pytest.approx(59 * 0.45, abs=0.5)
    assert sum(found.values()) == pytest.approx(added(lake.tour(), hours.VEHICLE, "distance_km"), rel=1e-12)
    corridors = of(lake.tour(), tour_rows.CORRIDOR)
    assert set(corridors["object_id"].to_pylist()) == {2, 3}
    assert corridors["vehicles"].to_pylist() == [1] * len(corridors)


def test_parts_add_up_to_the_vehicles(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    lake, rows = Roads(tmp_path, [1, 2, 3]), []
    for terminal in (1, 2, 3):
        speed = np.clip(np.cumsum(rng.normal(0, 9, 900)) + 40, 0, 95)
        own = north(terminal, 60_000, speed)
        own[200:260, 3] += 4_000  # off every road
        rows.append(own)
    lake.take(landed(tmp_path / "in", "2026-11-20T23", np.concatenate(rows)))
    found, plain = lake.tour(), lake.hours()
    shown = hours.ROWS.names[: hours.SUMMED]
    for kind in (hours.VEHICLE, hours.CELL):
        assert of(found, kind).select(shown).equals(of(plain, kind).select(shown))
    for column in ("distance_km", "moving_s", "fuel_kg", "co2_kg"):
        whole = added(found, hours.VEHICLE, column)
        assert whole > 0
        for kind in (tour_rows.ROAD, tour_rows.CORRIDOR):
            assert added(found, kind, column) == pytest.approx(whole, rel=1e-12)
    assert lake.by_edge(found)["unmatched"] > 0
    assert added(found, tour_rows.ROAD, "positions") == added(found, hours.CELL, "positions")


def test_a_drift_and_a_road_beside_do_not_lead_astray(tmp_path: Path) -> None:
    """Five minutes 150 m to the west, no road there; then two minutes 70 m to the east, nearer to the road beside."""
    lake = Roads(tmp_path, [1])
    rows = north(1, 30_000, [54.0] * 60)
    rows[10:20, 3] -= round(150 / METRES_PER_DEGREE / np.cos(np.radians(31.0)) * 1e6)
    lake.take(landed(tmp_path / "in", "2026-11-20T12", rows))
    assert set(lake.by_edge(lake.tour())) == {"N1", "N2"}


def test_a_turn_is_seen_by_the_direction(tmp_path: Path) -> None:
    lake = Roads(tmp_path, [1])
    rows = north(1, 30_000, [60.0] * 60)
    after = rows[:, 2] > 31_100_000
    path = rows[after, 2] - 31_100_000
    rows[after, 3] = 121_300_000 + np.round(path / np.cos(np.radians(31.1)))
    rows[after, 2], rows[after, 6] = 31_100_000, 90
    lake.take(landed(tmp_path / "in", "2026-11-20T12", rows))
    found = lake.by_edge(lake.tour())
    assert set(found) == {"N1", "X"}
    assert found["X"] == pytest.approx(59 * 0.5 - 11.12, abs=0.51)


def test_a_terminal_of_the_wrong_datum_is_told_and_turned(tmp_path: Path) -> None:
    lake = Roads(tmp_path, [1, 2])
    right, wrong = north(1, 30_000, [54.0] * 60), north(2, 30_000, [54.0] * 60)
    lat, lon = gcj02_from_wgs84(wrong[:, 2] * 1e-6, wrong[:, 3] * 1e-6)
    wrong[:, 2], wrong[:, 3] = np.round(lat * 1e6), np.round(lon * 1e6)
    lake.take(landed(tmp_path / "in", "2026-11-20T12", np.concatenate([right, wrong])))
    found = lake.tour()
    assert sorted(of(found, tour_rows.DATUM)["datum"].to_pylist()) == ["gcj02", "wgs84"]
    assert lake.by_edge(found) == pytest.approx(
        {name: 2 * km for name, km in lake_of_one(tmp_path / "one", right).items()}, rel=1e-9
    )


def lake_of_one(folder: Path, rows: np.ndarray) -> dict[str, float]:
    lake = Roads(folder, [1])
    lake.take(landed(folder / "in", "2026-11-20T12", rows))
    return lake.by_edge(lake.tour())


def test_a_short_track_tells_no_datum(tmp_path: Path) -> None:
    lake = Roads(tmp_path, [1])
    lake.take(landed(tmp_path / "in", "2026-11-20T12", north(1, 30_000, [54.0] * 4)))
    assert of(lake.tour(), tour_rows.DATUM)["datum"].to_pylist() == [""]


def test_trips_by_hand(tmp_path: Path) -> None:
    """A halt of two minutes is within a trip, one of ten ends it; a silence on the way does not."""
    lake = Roads(tmp_path, [1])
    rows = north(1, 30_000, [50.0] * 20 + [0.0] * 4 + [50.0] * 20 + [0.0] * 20 + [50.0] * 80)
    rows = np.delete(rows, np.r_[90:110], axis=0)
    lake.take(landed(tmp_path / "in", "2026-11-20T12", rows))
    found = lake.tour()
    trips = of(found, tour_rows.TRIP).to_pylist()
    assert [(t["end_at"] - t["hour_start"]).total_seconds() for t in trips] == [44 * 30, 80 * 30]
    assert trips[0]["start_latitude_deg"] == pytest.approx(31.0)
    assert trips[1]["end_latitude_deg"] == pytest.approx(rows[-1, 2] * 1e-6)
    assert sum(t["moving_s"] for t in trips) == added(found, hours.VEHICLE, "moving_s")


def test_parts_meet_at_midnight(tmp_path: Path) -> None:
    """A drive from 23:00 to 01:00: the second day's part begins where and when the first day's ends."""
    lake = Roads(tmp_path, [1])
    lake.take(landed(tmp_path / "in", "2026-11-21T01", north(1, 82_800, [60.0] * 241)))
    (first,), (second,) = (of(lake.tour(day), tour_rows.TRIP).to_pylist() for day in (DAY, DAY + 1))
    assert second["hour_start"] == first["end_at"]
    assert second["start_latitude_deg"] == first["end_latitude_deg"]
    assert first["distance_km"] + second["distance_km"] == pytest.approx(120.0, rel=1e-9)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, 720), min_size=1, max_size=4), order=st.randoms(use_true_random=False))
def test_roads_and_trips_do_not_depend_on_the_cut(tmp_path_factory, cuts, order) -> None:
    rng = np.random.default_rng(3)
    speed = np.clip(np.cumsum(rng.normal(0, 9, 240)) + 30, 0, 95)
    rows = np.concatenate([north(n, 80_000, speed) for n in (1, 2, 3)])
    folder = tmp_path_factory.mktemp("cut")
    whole, parts = Roads(folder / "whole", [1, 2, 3]), Roads(folder / "parts", [1, 2, 3])
    whole.take(landed(folder / "in", "2026-11-21T05", rows))
    pieces = [piece for piece in np.split(rows, sorted(cuts)) if len(piece)]
    paths = [landed(folder / "in", "2026-11-21T05", piece, name=f"p{n}") for n, piece in enumerate(pieces)]
    order.shuffle(paths)
    for path in paths:
        parts.take(path)
    for day in (DAY, DAY + 1):
        assert parts.tour(day).equals(whole.tour(day))
