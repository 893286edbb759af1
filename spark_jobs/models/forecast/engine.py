"""Forecast one regular series: transform, choose, forecast, interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from spark_jobs.models.forecast.candidates import GENERAL, Candidate
from spark_jobs.models.forecast.intervals import quantile, spread
from spark_jobs.models.forecast.selection import Choice, choose
from spark_jobs.models.forecast.series import Series
from spark_jobs.models.frame import FloatArray


@dataclass(frozen=True)
class Path:
    """A forecast: mean and 90 % interval, shape (horizon,), in the unit of the series, and how it was made."""

    mean: FloatArray
    low_90: FloatArray
    high_90: FloatArray
    choice: Choice


@dataclass(frozen=True)
class Scale:
    """Where the forecast is made: logarithms for positive series, ``log(1 + y/c)`` with zeros, else as it is.

    Args:
        kind: log, log1p or none. ``unit``: c, the median of the positive values.
    """

    kind: str
    unit: float = 1.0

    def into(self, values: FloatArray) -> FloatArray:
        """Unit of the series → unit of the forecast."""
        if self.kind == "log":
            return np.log(values)
        return np.log1p(values / self.unit) if self.kind == "log1p" else values

    def back(self, values: FloatArray) -> FloatArray:
        """Unit of the forecast → unit of the series."""
        if self.kind == "log":
            return np.exp(values)
        return np.maximum(np.expm1(values) * self.unit, 0.0) if self.kind == "log1p" else values


def scale_of(values: FloatArray) -> Scale:
    """Logarithmic where the values allow it: energy and emissions vary in proportion to their level."""
    if (values > 0).all():
        return Scale("log")
    if (values >= 0).all() and (values > 0).any():
        return Scale("log1p", float(np.median(values[values > 0])))
    return Scale("none")


def forecast(series: Series, horizon: int, candidates: Mapping[str, Candidate] = GENERAL) -> Path:
    """Mean path and 90 % interval of the next ``horizon`` periods.

    Raises:
        ValueError: horizon below one.
    """
    if horizon < 1:
        raise ValueError(f"--horizon must be at least 1, not {horizon}")
    scale, season = scale_of(series.values), series.season
    history = scale.into(series.values)
    if np.ptp(history) == 0:
        flat = np.full(horizon, series.values[-1])
        return Path(flat, flat, flat, Choice(("naive",), "constant series", np.zeros((1, horizon)), 1.0))
    choice = choose(history, horizon, season, candidates, series.filled)
    mean = np.mean([candidates[name](history, horizon, season) for name in choice.names], axis=0)
    half = quantile(choice.errors) * spread(choice.errors, horizon)
    return Path(scale.back(mean), scale.back(mean - half), scale.back(mean + half), choice)
