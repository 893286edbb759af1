"""Live state: the newest fix of each vehicle, a rate within its band, cells of few vehicles left out."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pytest

from spark_jobs.engine.fleet import live
from spark_jobs.engine.fleet import settings as s
from spark_jobs.engine.fleet.register import load
from tests.unit.engine.fleet.tracks import Lake, landed, track

TERMINALS = [13_900_000_000 + n for n in range(7)]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path, TERMINALS)


def shown(path: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as database:
        return database.execute(query).fetchall()


def test_the_newest_fix_wins_whatever_the_order(lake: Lake, tmp_path: Path) -> None:
    rows = track(TERMINALS[0], 25_200, [36.0, 50.0, 72.0, 72.0], status=3 | 1 << 8)
    bad = rows[-1:].copy()
    bad[0, 1], bad[0, 2] = bad[0, 1] + 10, 60_000_000
    files = [
        landed(tmp_path / "in", "2026-11-20T07-01", rows[2:]),
        landed(tmp_path / "in", "2026-11-20T07-00", np.concatenate([rows[:2], bad])),
    ]
    known, target = live.Live.empty(load(lake.register)), tmp_path / "live.duckdb"
    live.refresh(known, files, lake.grid, target)
    live.refresh(known, [landed(tmp_path / "in", "2026-11-20T07-02", rows[:1], name="late")], lake.grid, target)
    ((fixed, speed, load_code, rate, low, high),) = shown(
        target, "SELECT epoch(fixed_at), speed_kmh, load_code, fuel_kg_per_h, usual_low_kg_per_h, usual_high_kg_per_h "
        "FROM live_vehicle",
    )  # fmt: skip
    assert fixed == 1_795_104_000 + 25_290
    assert speed == pytest.approx(72.0)
    assert load_code == 1
    assert low < rate < high
    assert 8 < low < high < 30


def test_no_cell_of_few_vehicles(lake: Lake, tmp_path: Path) -> None:
    target = tmp_path / "live.duckdb"
    for count in (int(s.FEWEST.value) - 1, int(s.FEWEST.value)):
        known = live.Live.empty(load(lake.register))
        rows = np.concatenate([track(terminal, 25_200, [20.0]) for terminal in TERMINALS[:count]])
        live.refresh(known, [landed(tmp_path / "in", "2026-11-20T07-00", rows)], lake.grid, target)
        cells = shown(target, "SELECT vehicles, mean_speed_kmh FROM live_cell")
        assert len(shown(target, "SELECT * FROM live_vehicle")) == count
    assert [(n, round(v, 6)) for n, v in cells] == [(int(s.FEWEST.value), 20.0)]


def test_a_silent_vehicle_leaves_the_map(lake: Lake, tmp_path: Path) -> None:
    known, target = live.Live.empty(load(lake.register)), tmp_path / "live.duckdb"
    live.refresh(known, [landed(tmp_path / "in", "2026-11-20T07-00", track(TERMINALS[0], 25_200, [20.0]))], lake.grid,
                 target)  # fmt: skip
    live.refresh(known, [landed(tmp_path / "in", "2026-11-20T09-00", track(TERMINALS[1], 32_400, [20.0]))], lake.grid,
                 target)  # fmt: skip
    assert len(shown(target, "SELECT * FROM live_vehicle")) == 1
