"""Live view: the newest fix of each vehicle, a rate within its band, what is open, and the way back to landing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pytest

from infra.settings import settings
from spark_jobs.engine.fleet import days, live_feed, live_tables
from spark_jobs.engine.fleet import settings as s
from spark_jobs.ingest.landing import Landing
from tests.unit.engine.fleet.tracks import Lake, landed, track

FEWEST = int(s.FEWEST.value)
TERMINALS = [13_900_000_000 + n for n in range(FEWEST + 2)]
MEASURES = ("vehicles", "vehicles_below", "vehicles_within", "vehicles_above", "distance_km_per_h", *live_tables.RATES)


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lake]:
    """A register in force, a small grid, an empty drop folder."""
    monkeypatch.setenv("LAKE_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    made = Lake(tmp_path, TERMINALS)
    register = Path(days.register_path())
    register.parent.mkdir(parents=True)
    shutil.copyfile(made.register, register)
    monkeypatch.setattr(live_feed.grids, "build", lambda _folder: made.grid)
    yield made
    settings.cache_clear()


def drop(window: str, *rows: np.ndarray, name: str = "a", form: str = "parquet") -> None:
    landed(live_feed.drop_folder(), window, np.concatenate(rows), name=name, form=form)


def shown(query: str) -> list[tuple]:
    with duckdb.connect(str(live_feed.target()), read_only=True) as database:
        return database.execute(query).fetchall()


def driving(count: int, speed: float = 20.0, begin: int = 25_200) -> list[np.ndarray]:
    return [track(terminal, begin, [speed]) for terminal in TERMINALS[:count]]


def test_the_newest_fix_wins_whatever_the_order(lake: Lake) -> None:
    rows = track(TERMINALS[0], 25_200, [36.0, 50.0, 72.0, 72.0], status=3 | 1 << 8)
    bad = rows[-1:].copy()
    bad[0, 1], bad[0, 2] = bad[0, 1] + 10, 60_000_000
    feed = live_feed.begin()
    drop("2026-11-20T07-01", rows[2:])
    drop("2026-11-20T07-00", rows[:2], bad)
    assert live_feed.look(feed, "run") == 2
    drop("2026-11-20T07-02", rows[:1], name="late")
    assert live_feed.look(feed, "run") == 1
    ((fixed, speed, load_code, rate, low, high, band),) = shown(
        "SELECT epoch(fixed_at), speed_kmh, load_code, fuel_kg_per_h, usual_low_kg_per_h, usual_high_kg_per_h, band "
        "FROM live_vehicle"
    )
    assert fixed == 1_795_104_000 + 25_290
    assert speed == pytest.approx(72.0)
    assert (load_code, band) == (1, "within")
    assert low < rate < high
    assert 8 < low < high < 30


def test_no_cell_class_or_minute_of_few_vehicles(lake: Lake) -> None:
    counted = "SELECT vehicles, round(mean_speed_kmh, 6) FROM "
    feed = live_feed.begin()
    drop("2026-11-20T07-00", *driving(FEWEST - 1))
    live_feed.look(feed, "run")
    assert [shown(counted + name) for name in ("live_cell", "live_class", "live_minute")] == [[], [], []]
    assert len(shown("SELECT * FROM live_vehicle")) == FEWEST - 1
    drop("2026-11-20T07-01", *driving(FEWEST, begin=25_260))
    live_feed.look(feed, "run")
    for name in ("live_cell", "live_class", "live_minute"):
        assert shown(counted + name) == [(FEWEST, 20.0)], name


def test_open_sums_are_those_of_the_vehicles(lake: Lake) -> None:
    elsewhere = [track(terminal, 25_200, [50.0]) for terminal in TERMINALS]
    for rows in elsewhere:
        rows[:, 3] = 121_900_000  # no square that the small grid knows
    drop("2026-11-20T07-00", *elsewhere)
    drop("2026-11-20T07-01", *driving(FEWEST - 1, speed=70.0, begin=25_260))
    live_feed.look(live_feed.begin(), "run")
    rest = shown(f"SELECT cell, {', '.join(MEASURES)} FROM live_cell")
    assert [row[:2] for row in rest] == [("", len(TERMINALS))]
    for column, total in zip(live_tables.RATES, rest[0][-len(live_tables.RATES) :], strict=True):
        assert shown(f"SELECT sum({column}) FROM live_vehicle")[0][0] == pytest.approx(total, rel=1e-12)
    newest = shown(f"SELECT {', '.join(MEASURES)} FROM live_minute ORDER BY window_end DESC LIMIT 1")
    assert newest[0] == pytest.approx(rest[0][1:], rel=1e-12)


def test_a_silent_vehicle_leaves_the_map_and_a_parked_one_is_outside_the_band(lake: Lake) -> None:
    feed = live_feed.begin()
    drop("2026-11-20T07-00", *driving(1))
    live_feed.look(feed, "run")
    drop("2026-11-20T09-00", track(TERMINALS[1], 32_400, [0.0], status=2))
    live_feed.look(feed, "run")
    assert shown("SELECT band, fuel_kg_per_h, usual_high_kg_per_h FROM live_vehicle") == [("off", 0.0, 0.0)]
    assert shown("SELECT vehicles, engines_on, files FROM live_now") == [(1, 0, 1)]


def test_a_figure_leads_to_its_payload_and_a_killed_process_shows_the_same(lake: Lake) -> None:
    tables = ("live_vehicle", "live_cell", "live_class", "live_minute", "live_file")
    for minute in range(3):
        drop(f"2026-11-20T07-0{minute}", *driving(FEWEST, 30.0 + minute, 25_200 + 60 * minute), form="csv")
    live_feed.look(live_feed.begin(), "run")
    before = {name: shown(f"SELECT * FROM {name} ORDER BY ALL") for name in tables}
    assert not list(live_feed.drop_folder().glob("positions-*"))
    for (payload,) in shown("SELECT DISTINCT payload_sm3 FROM live_vehicle UNION SELECT payload_sm3 FROM live_file"):
        assert Landing().find(payload) is not None
    live_feed.target().unlink()
    assert live_feed.look(live_feed.begin(), "another run") == 0
    assert {name: shown(f"SELECT * FROM {name} ORDER BY ALL") for name in tables} == before


def test_a_file_that_cannot_be_read_is_kept_told_and_stops_nothing(lake: Lake) -> None:
    live_feed.drop_folder().mkdir(parents=True)
    (live_feed.drop_folder() / "positions-2026-11-20T07-00-broken.parquet").write_bytes(b"no parquet")
    (live_feed.drop_folder() / "positions-of-today.parquet").write_bytes(b"no window")
    drop("2026-11-20T07-01", *driving(FEWEST))
    assert live_feed.look(live_feed.begin(), "run") == 2
    told = shown("SELECT file_name, fixes_taken, trouble <> '' FROM live_file ORDER BY ALL")
    assert told == [
        ("positions-2026-11-20T07-00-broken.parquet", 0, True),
        ("positions-2026-11-20T07-01-a.parquet", FEWEST, False),
    ]
    assert [path.name for path in live_feed.drop_folder().iterdir()] == ["positions-of-today.parquet"]


def test_an_empty_live_database_has_every_table_of_the_dictionary(lake: Lake) -> None:
    live_tables.ensure(live_feed.target())
    for name in live_tables.dictionary():
        described = {
            row[0]: row[1].replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ") for row in shown(f"DESCRIBE {name}")
        }
        assert described == live_tables.columns(name)
        assert shown(f"SELECT count(*) FROM {name}") == [(0,)]


def test_one_process_keeps_the_live_view(lake: Lake) -> None:
    held = live_feed.alone()
    assert held is not None and live_feed.alone() is None
    held.close()
    again = live_feed.alone()
    assert again is not None
    again.close()


def test_a_new_register_is_taken_into_use(lake: Lake, tmp_path: Path) -> None:
    feed = live_feed.begin()
    stranger = track(13_900_000_099, 25_200, [20.0])
    drop("2026-11-20T07-00", stranger)
    live_feed.look(feed, "run")
    assert shown("SELECT count(*) FROM live_vehicle") == [(0,)]
    more = Lake(tmp_path / "more", [*TERMINALS, 13_900_000_099])
    shutil.copyfile(more.register, days.register_path())
    drop("2026-11-20T07-01", *driving(1, begin=25_260))
    live_feed.look(feed, "run")
    assert shown("SELECT count(*) FROM live_vehicle") == [(2,)]
