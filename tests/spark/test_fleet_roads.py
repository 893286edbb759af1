"""Positions → roads, corridors, trips over midnight, flows, datums in the lake: whole, private, the same again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from spark_jobs.engine import tables
from spark_jobs.engine.content_hash import content_hash
from spark_jobs.engine.fleet import days, network, tour_gold
from spark_jobs.engine.fleet import settings as s
from spark_jobs.models.truck_trips.coordinates import gcj02_from_wgs84
from tests.spark.conftest import Server
from tests.spark.landed import home_of
from tests.unit.engine.fleet.test_tour import HEADER, ROADS, north
from tests.unit.engine.fleet.tracks import Lake, landed

pytestmark = pytest.mark.spark
TERMINALS = [13_900_000_000 + n for n in range(8)]
MADE = (
    tour_gold.ROAD_HOURS, tour_gold.CORRIDOR_HOURS, tour_gold.PARTS, tour_gold.TRIPS, tour_gold.FLOWS,
    tour_gold.WRONG_DATUM, tour_gold.DATUMS,
)  # fmt: skip
CORES = 2


@pytest.fixture
def place(spark_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for received files, in a lake of its own: register, a small grid and an operator's network in it."""
    with home_of(spark_server, tmp_path / "home"):
        lake = Lake(tmp_path / "register", TERMINALS)
        target = Path(days.register_path())
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(Path(lake.register).read_bytes())
        monkeypatch.setattr(days.grids, "build", lambda _: lake.grid)
        source = tmp_path / "roads.csv"
        source.write_text("\n".join([HEADER, *ROADS]) + "\n", encoding="utf-8")
        network.seal_file(source, str(target.parent))
        yield tmp_path / "landed"


def a_night() -> np.ndarray:
    """Eight trucks north from 22:00 to 02:00 at 54 km/h, the last one's terminal in GCJ-02, two of them an hour later;
    all halt for two minutes over midnight."""
    rows = []
    for n, terminal in enumerate(TERMINALS):
        speed = [54.0] * 239 + [0.0] * 5 + [54.0] * 237
        own = north(terminal, 79_200 + (3600 if n < 2 else 0), speed)
        if n == 7:
            lat, lon = gcj02_from_wgs84(own[:, 2] * 1e-6, own[:, 3] * 1e-6)
            own[:, 2], own[:, 3] = np.round(lat * 1e6), np.round(lon * 1e6)
        rows.append(own)
    return np.concatenate(rows)


def added(spark, name: str, column: str) -> float:
    return tables.read(spark, name).selectExpr(f"SUM({column}) AS s").collect()[0].s


def test_roads_trips_and_flows(spark, place: Path) -> None:
    days.refine(spark, [landed(place, "2026-11-21T04", a_night())], CORES)
    whole = {c: added(spark, days.VEHICLE_HOURS, c) for c in ("distance_km", "fuel_kg", "co2_kg", "moving_s")}
    for name in (tour_gold.ROAD_HOURS, tour_gold.CORRIDOR_HOURS):
        for column, sum_of in whole.items():
            assert added(spark, name, column) == pytest.approx(sum_of, rel=1e-9)
    roads = tables.read(spark, tour_gold.ROAD_HOURS).collect()
    assert {row.edge_id for row in roads} == {"N1", "N2", "unmatched", ""}
    assert all(row.vehicles is None if row.edge_id == "" else row.vehicles >= s.FEWEST.value for row in roads)
    assert all(row.network.startswith("运营单位路网") for row in roads)

    trips = tables.read(spark, tour_gold.TRIPS).collect()
    assert len(trips) == len(TERMINALS)
    assert {row.day for row in trips} == {"2026-11-20"}
    assert {round((row.end_at - row.start_at).total_seconds()) for row in trips} == {480 * 30}
    assert sum(row.distance_km for row in trips) == pytest.approx(whole["distance_km"], rel=1e-9)
    assert sum(row.fuel_kg for row in trips) == pytest.approx(whole["fuel_kg"], rel=1e-9)
    assert sum(row.co2_kg for row in trips) == pytest.approx(whole["co2_kg"], rel=1e-9)
    assert all(row.stop_after_s is None for row in trips)
    flows = tables.read(spark, tour_gold.FLOWS).collect()
    assert sorted((row.trips, row.vehicles, row.destination_district) for row in flows) == [
        (2, None, ""), (6, 6, "outside")
    ]  # fmt: skip
    assert sum(row.fuel_kg for row in flows) == pytest.approx(whole["fuel_kg"], rel=1e-9)

    told = {row.day: row for row in tables.read(spark, tour_gold.DATUMS).collect()}
    assert (told["2026-11-20"].vehicle_days, told["2026-11-20"].told_gcj02) == (8, 1)
    assert [row.day for row in tables.read(spark, tour_gold.WRONG_DATUM).collect()] == ["2026-11-20"]

    before = {name: content_hash(spark, name) for name in MADE}
    days.gold(spark, ["2026-11-20"], CORES)
    assert {name: content_hash(spark, name) for name in MADE} == before
