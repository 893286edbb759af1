"""Forecasts against held-out values of public series and of a simulated flow with Chinese holidays."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
import statsmodels.api as sm
from statsforecast.utils import AirPassengers

from spark_jobs.models.diesel_forecast.daytypes import day_types
from spark_jobs.models.forecast.candidates import seasonal_naive
from spark_jobs.models.forecast.engine import forecast
from spark_jobs.models.forecast.periods import GRAINS
from spark_jobs.models.forecast.series import regular
from spark_jobs.models.registry import model

BY_NAME = {grain.name: grain for grain in GRAINS}
HORIZON = {"month": 12, "quarter": 8, "year": 6}


def public_series() -> dict[str, tuple[str, np.ndarray]]:
    macro = sm.datasets.macrodata.load_pandas().data
    elnino = sm.datasets.elnino.load_pandas().data.iloc[:, 1:].to_numpy(dtype=float).ravel()
    found = {"air passengers": ("month", np.array(AirPassengers, dtype=float)), "el nino": ("month", elnino[-160:])}
    for name in ("realgdp", "realcons", "realinv", "unemp", "cpi"):
        found[name] = ("quarter", macro[name].to_numpy(dtype=float))
    found["nile"] = ("year", sm.datasets.nile.load_pandas().data.volume.to_numpy(dtype=float))
    return found


@pytest.fixture(scope="module")
def scores() -> dict[str, tuple[float, float]]:
    """Series → (error ÷ that of the seasonal naive, share of held-out values inside the 90 % interval)."""
    out = {}
    for name, (grain_name, values) in public_series().items():
        grain, horizon = BY_NAME[grain_name], HORIZON[grain_name]
        season = (grain.seasons or (1,))[-1]
        ours, naive, inside = [], [], []
        for end in range(60, len(values) - horizon, max(1, (len(values) - 60 - horizon) // 10)):
            train, held = values[end - 60 : end], values[end : end + horizon]
            path = forecast(regular(grain, np.arange(60), train, 0), horizon)
            unit = np.abs(train[season:] - train[:-season]).mean()  # scaled as in MASE: windows count alike
            ours.append(np.abs(path.mean - held).mean() / unit)
            naive.append(np.abs(seasonal_naive(train, horizon, season) - held).mean() / unit)
            inside.append(((held >= path.low_90) & (held <= path.high_90)).mean())
        out[name] = (float(np.mean(ours) / np.mean(naive)), float(np.mean(inside)))
    return out


def test_beats_the_seasonal_naive_on_most_and_is_never_much_worse(scores: dict[str, tuple[float, float]]) -> None:
    relative = [score[0] for score in scores.values()]
    assert len(relative) == 8
    assert sum(value < 1 for value in relative) >= 6, scores
    assert max(relative) <= 1.05, scores


def test_intervals_cover(scores: dict[str, tuple[float, float]]) -> None:
    assert 0.85 <= np.mean([score[1] for score in scores.values()]) <= 0.95, scores


HOURS = 24 * 7 * 10
DAY = np.array([3, 2.5, 2, 2, 3, 5, 8, 10, 11, 12, 12, 11, 10, 11, 12, 12, 11, 10, 9, 8, 7, 6, 5, 4]) / 10


def flow(level: float, seed: int, start: datetime) -> np.ndarray:
    """Trucks an hour: day profile × kind of day × a level that wanders."""
    rng, hours = np.random.default_rng(seed), np.arange(HOURS + 168)
    days = np.array([(start + timedelta(hours=int(h))).date().toordinal() for h in hours])
    wander = np.zeros(len(hours))
    for i in range(1, len(hours)):
        wander[i] = 0.97 * wander[i - 1] + rng.normal(0, 0.03)
    return rng.poisson(level * DAY[hours % 24] * np.array([1, 0.7, 0.5, 0.3])[day_types(days)] * np.exp(wander)).astype(
        float
    )


@pytest.mark.parametrize("start", [datetime(2026, 3, 3), datetime(2026, 7, 25)], ids=["plain", "before National Day"])
def test_hourly_flow_beats_last_week_and_adds_up(start: datetime) -> None:
    parts = {name: flow(level, seed, start) for seed, (name, level) in enumerate([("P1", 60), ("P2", 200)])}
    truth = parts | {"ROAD": sum(parts.values())}
    rows = [
        (name, (start + timedelta(hours=h)).strftime("%Y-%m-%dT%H"), values[h], None if name == "ROAD" else "ROAD")
        for name, values in truth.items()
        for h in range(HOURS)
    ]
    columns = dict(zip(("series_id", "period", "value", "parent_id"), map(list, zip(*rows, strict=True)), strict=True))
    out = model("diesel-forecast").run(pa.table(columns), horizon=168).to_pandas()
    wide = out.pivot(index="period", columns="series_id", values="mean")
    assert np.allclose(wide["P1"] + wide["P2"], wide["ROAD"], rtol=1e-9)
    for name, values in truth.items():
        last_week = np.abs(values[HOURS - 168 : HOURS] - values[HOURS:]).mean()
        assert np.abs(wide[name].to_numpy() - values[HOURS:]).mean() < last_week
