"""Candidate methods: each maps a history to a mean path. Field libraries do the fitting (statsforecast)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from spark_jobs.models.frame import FloatArray

Candidate = Callable[[FloatArray, int, int], FloatArray]
"""(history (n,), horizon, season) → mean path (horizon,)."""

SEASONAL_NAIVE = "seasonal naive"
MIN_FIT = 12  # values below which the libraries' fits have more parameters than evidence
FADE = 0.5  # a season's change is believed by half as much for each further season


def seasonal_naive(history: FloatArray, horizon: int, season: int) -> FloatArray:
    """The last season again."""
    return history[len(history) - season + np.arange(horizon) % season]


def naive(history: FloatArray, horizon: int, season: int) -> FloatArray:
    """The last value again."""
    del season
    return np.full(horizon, history[-1])


def seasonal_drift(history: FloatArray, horizon: int, season: int) -> FloatArray:
    """The last season, moved by the mean change from season to season, which fades by half each season."""
    years = len(history) // season
    if years < 2:
        return seasonal_naive(history, horizon, season)
    blocks = history[len(history) - years * season :].reshape(years, season).mean(axis=1)
    change = (blocks[-1] - blocks[0]) / (years - 1)
    step = np.arange(horizon) // season + 1
    return seasonal_naive(history, horizon, season) + change * (1 - np.power(FADE, step)) * FADE / (1 - FADE)


@cache
def _statsforecast(kind: str, season: int) -> Any:
    from statsforecast import models

    if kind == "damped":
        return models.AutoETS(season_length=1, model="ZAN", damped=True)
    if kind == "ets":
        return models.AutoETS(season_length=season, model="ZZZ")
    if kind == "theta":
        return models.DynamicOptimizedTheta(season_length=season, decomposition_type="additive")
    raise KeyError(kind)


def _fit(kind: str, history: FloatArray, horizon: int, season: int) -> FloatArray:
    if len(history) < MIN_FIT:
        return naive(history, horizon, season)
    return np.asarray(
        _statsforecast(kind, season).forecast(y=history.astype(np.float64), h=horizon)["mean"], dtype=np.float64
    )


def deseasonalised_damped(history: FloatArray, horizon: int, season: int) -> FloatArray:
    """Damped trend on the series without its mean seasonal pattern, which is put back."""
    if season <= 1 or len(history) < 2 * season:
        return _fit("damped", history, horizon, 1)
    position = np.arange(len(history)) % season
    centred = history - _moving_average(history, season)
    pattern = np.array([np.nanmean(centred[position == p]) for p in range(season)])
    pattern = np.nan_to_num(pattern - np.nanmean(pattern))
    path = _fit("damped", history - pattern[position], horizon, 1)
    return path + pattern[(len(history) + np.arange(horizon)) % season]


def _moving_average(history: FloatArray, season: int) -> FloatArray:
    """Centred average over one season (2×m for even m); the ends repeat the nearest."""
    weights = np.ones(season) if season % 2 else np.concatenate(([0.5], np.ones(season - 1), [0.5]))
    core = np.convolve(history, weights / weights.sum(), mode="valid")
    left = (len(history) - len(core)) // 2
    return np.concatenate((np.full(left, core[0]), core, np.full(len(history) - len(core) - left, core[-1])))


def ets(history: FloatArray, horizon: int, season: int) -> FloatArray:
    """Exponential smoothing, its form chosen by AICc."""
    return _fit("ets", history, horizon, season if len(history) > 2 * season + 4 else 1)


def theta(history: FloatArray, horizon: int, season: int) -> FloatArray:
    """Dynamic optimised theta."""
    return _fit("theta", history, horizon, season if len(history) >= 2 * season else 1)


GENERAL: dict[str, Candidate] = {
    SEASONAL_NAIVE: seasonal_naive,
    "naive": naive,
    "seasonal drift": seasonal_drift,
    "damped trend": deseasonalised_damped,
    "ets": ets,
    "theta": theta,
}
