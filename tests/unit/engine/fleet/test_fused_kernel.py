"""The fused kernel gives what ``lake model diesel-regional`` gives, and goes on over midnight."""

from __future__ import annotations

from pathlib import Path

import h3.api.basic_int as h3
import numpy as np
import pyarrow.compute as pc
import pytest

from spark_jobs.models.diesel_regional import parameters as p
from spark_jobs.models.diesel_regional.groups import fuel_kg
from spark_jobs.models.diesel_regional.intervals import Fixes, intervals
from tests.unit.engine.fleet.tracks import DAY, Lake, landed, total, track

NONE = np.zeros(0)


def driving(rng: np.random.Generator, fixes: int) -> tuple[np.ndarray, np.ndarray]:
    """Speeds (km/h) with stops and crawling, and heights of hills."""
    speed = np.clip(np.cumsum(rng.normal(0, 9, fixes)) + 40, 0, 95).round(1)
    speed[rng.random(fixes) < 0.15] = 0.0
    return speed, np.round(20 + 15 * np.sin(np.arange(fixes) / 7) + rng.normal(0, 2, fixes))


@pytest.mark.parametrize("seed", range(4))
def test_equals_the_model(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    speed, height = driving(rng, 700)
    lake = Lake(tmp_path, [13_900_000_001])
    # At 29 s no path is ever a whole 75 m: on the edge of the slope's window the model's own rounding decides.
    rows = track(13_900_000_001, 6 * 3600, speed, every=29, altitude=height, status=3 | 3 << 8)
    gone = np.r_[200:230, 400:402]  # a long silence and a short one
    rows = np.delete(rows, gone, axis=0)
    lake.take(landed(tmp_path / "in", "2026-11-20T12", rows))
    found = lake.hours()

    first = np.zeros(len(rows), np.bool_)
    first[0] = True
    kind = np.full(len(rows), p.class_names().index("gt_12t"))
    model = intervals(
        Fixes(
            rows[:, 1].astype(float), rows[:, 5] / 36.0, first, np.full(len(rows), 35.0), kind, NONE, NONE,
            rows[:, 4].astype(float), kind[:0], np.ones(len(rows), np.bool_),
        )
    )  # fmt: skip
    assert total(found, "fuel_kg") == pytest.approx(float(np.sum(fuel_kg(model.fuel_kw * model.lapse))), rel=1e-9)
    assert total(found, "distance_km") == pytest.approx(float(np.sum(model.mean_m_s * model.lapse)) / 1000, rel=1e-9)
    assert total(found, "fuel_kg", "cell") == pytest.approx(total(found, "fuel_kg"), rel=1e-12)


def test_steady_driving_by_hand(tmp_path: Path) -> None:
    """72 km/h, level, 35 t, an hour: 71.4 km in 119 intervals and the road load of the class."""
    lake = Lake(tmp_path, [1])
    lake.take(landed(tmp_path / "in", "2026-11-20T10", track(1, 9 * 3600, [72.0] * 120, status=3 | 3 << 8)))
    found, c, line = lake.hours(), p.class_parameters(), p.willans()
    kind, v = p.class_names().index("gt_12t"), 20.0
    wheel = c.rolling[kind] * 35.0 * v + c.linear[kind] * v**2 + c.drag[kind] * v**3
    fuel_kw = c.idle_kw[kind] + line.slope * (wheel / p.driveline_efficiency() + c.auxiliary_kw[kind])
    assert total(found, "distance_km") == pytest.approx(71.4, rel=1e-9)
    assert total(found, "fuel_kg") == pytest.approx(fuel_kw * 119 * 30 / (p.heating_value_mj_per_kg() * 1000), rel=1e-9)
    assert total(found, "moving_s") == 3570


def test_a_stop_counts_once_and_idling_needs_the_engine(tmp_path: Path) -> None:
    """Ten minutes at rest, five with the engine on and five with it off, between two drives."""
    lake = Lake(tmp_path, [1])
    rows = track(1, 36_000, [50.0] * 10 + [0.0] * 21 + [50.0] * 10)
    rows[20:31, 7] = 2  # located, ACC off
    lake.take(landed(tmp_path / "in", "2026-11-20T10", rows))
    found = lake.hours()
    assert total(found, "stops") == 1
    assert total(found, "trips") == 1
    assert total(found, "idle_s") == 9 * 30


def test_a_track_goes_on_over_midnight(tmp_path: Path) -> None:
    """Two hours at 60 km/h around midnight, received in two files and also in four: 120 km less nothing."""
    rows = track(1, 82_800, [60.0] * 241)
    whole, parts = Lake(tmp_path / "a", [1]), Lake(tmp_path / "b", [1])
    whole.take(landed(tmp_path / "in", "2026-11-21T01", rows))
    for n, piece in enumerate(np.array_split(rows, 4)):
        parts.take(landed(tmp_path / "in", "2026-11-21T01", piece, name=f"p{n}"))
    for lake in (whole, parts):
        distance = total(lake.hours(DAY), "distance_km") + total(lake.hours(DAY + 1), "distance_km")
        assert distance == pytest.approx(120.0, rel=1e-9)
    assert whole.hours(DAY).equals(parts.hours(DAY))
    assert whole.hours(DAY + 1).equals(parts.hours(DAY + 1))


def test_hours_are_local_and_cells_are_h3(tmp_path: Path) -> None:
    lake = Lake(tmp_path, [1])
    lake.take(landed(tmp_path / "in", "2026-11-20T10", track(1, 9 * 3600, [0.5] * 10)))
    found = lake.hours()
    cells = found.filter(pc.equal(found["kind"], "cell"))
    assert [str(t)[:13] for t in cells["hour_start"].to_pylist()] == ["2026-11-20 09"]
    assert cells["vehicles"].to_pylist() == [1]
    assert h3.get_resolution(cells["object_id"][0].as_py()) == 8
