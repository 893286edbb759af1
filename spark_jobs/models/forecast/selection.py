"""Choice by rolling origin: which candidates to combine, and the errors from which intervals are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from spark_jobs.models.forecast.candidates import SEASONAL_NAIVE, Candidate
from spark_jobs.models.frame import BoolArray, FloatArray

MAX_ORIGINS = 12  # later origins say more about the next one; more only cost time
HALF_LIFE = 4  # origins; what was best lately counts most, for the score only
NEAR_BEST = 1.10  # candidates within 10 % of the best are as good as it, and their mean is steadier
COMBINE_AT_MOST = 3
MUST_BEAT = 0.98  # a gain of less than 2 % over the seasonal naive is no gain


@dataclass(frozen=True)
class Choice:
    """What was chosen for a series.

    Args:
        names: candidates whose mean is the forecast.
        method: said in the result, with the error against the seasonal naive.
        errors: transformed actual − forecast of the combination, shape (origins, horizon), NaN where not known.
        relative_error: mean absolute error ÷ that of the seasonal naive over the rolling origins.
    """

    names: tuple[str, ...]
    method: str
    errors: FloatArray
    relative_error: float


def origins_of(count: int, season: int, horizon: int) -> list[int]:
    """Lengths of history from which to forecast: at least one season and one value, at most ``MAX_ORIGINS``.

    They are spread over the whole history: neighbours see almost the same errors, and the errors of one good or
    bad year would pass for all.
    """
    first = season + max(2, season // 6) if season > 1 else 3
    usable = list(range(min(first, count - 1), count - min(horizon, season) + 1)) or [count - 1]
    stride = max(1, len(usable) // MAX_ORIGINS)
    return usable[::-1][::stride][:MAX_ORIGINS][::-1]


def rolling_paths(
    history: FloatArray, horizon: int, season: int, candidates: Mapping[str, Candidate]
) -> tuple[dict[str, FloatArray], FloatArray]:
    """Forecasts of each candidate and the actuals, both of shape (origins, horizon); NaN beyond the end."""
    origins = origins_of(len(history), season, horizon)
    actual = np.full((len(origins), horizon), np.nan)
    paths = {name: np.full((len(origins), horizon), np.nan) for name in candidates}
    for row, origin in enumerate(origins):
        ahead = min(horizon, len(history) - origin)
        actual[row, :ahead] = history[origin : origin + ahead]
        for name, candidate in candidates.items():
            paths[name][row, :ahead] = candidate(history[:origin], ahead, season)
    return paths, actual


def choose(
    history: FloatArray, horizon: int, season: int, candidates: Mapping[str, Candidate], filled: BoolArray
) -> Choice:
    """Combine the candidates near the best, or fall back to the seasonal naive and say so.

    Args:
        history: transformed values, shape (n,). ``filled``: periods that were filled and judge nobody.
    """
    paths, actual = rolling_paths(history, horizon, season, candidates)
    actual = _without_filled(actual, filled, origins_of(len(history), season, horizon))
    scores = {name: _mae(path, actual) for name, path in paths.items()}
    benchmark = scores[SEASONAL_NAIVE]
    best = min(scores.values())
    near = [name for name in sorted(scores, key=scores.__getitem__) if scores[name] <= best * NEAR_BEST]
    names = tuple(near[:COMBINE_AT_MOST])
    mean = np.mean([paths[name] for name in names], axis=0)
    relative = _mae(mean, actual) / benchmark if benchmark > 0 else 1.0
    if not relative < MUST_BEAT:
        errors = actual - paths[SEASONAL_NAIVE]
        return Choice((SEASONAL_NAIVE,), "seasonal naive (no candidate beat it)", errors, 1.0)
    label = " + ".join(names)
    return Choice(names, f"{label} (error {relative:.2f} of the seasonal naive)", actual - mean, relative)


def _without_filled(actual: FloatArray, filled: BoolArray, origins: list[int]) -> FloatArray:
    out = actual.copy()
    for row, origin in enumerate(origins):
        ahead = min(actual.shape[1], len(filled) - origin)
        out[row, :ahead][filled[origin : origin + ahead]] = np.nan
    return out


def _mae(paths: FloatArray, actual: FloatArray) -> float:
    """Mean absolute error, each step ahead weighing the same, an origin half as much every ``HALF_LIFE`` earlier."""
    errors = np.abs(paths - actual)
    weights = np.power(0.5, np.arange(len(errors))[::-1] / HALF_LIFE)[:, None] * np.isfinite(errors)
    steps = weights.any(axis=0)
    if not steps.any():
        return float("inf")
    sums, counts = (weights * np.nan_to_num(errors)).sum(axis=0), weights.sum(axis=0)
    return float(np.mean(sums[steps] / counts[steps]))
