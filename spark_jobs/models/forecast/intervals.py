"""90 % intervals from the errors made at the rolling origins."""

from __future__ import annotations

import numpy as np
from scipy import stats
from scipy.optimize import nnls

from spark_jobs.models.frame import FloatArray

COVERAGE = 0.90
MIN_FREEDOM = 3  # fewer origins than this say almost nothing about the spread


def spread(errors: FloatArray, horizon: int) -> FloatArray:
    """Standard error of the forecast, by step ahead, shape (horizon,), in the transformed unit.

    The mean square error is fitted as ``a + b·k + c·k²`` (k steps beyond the first; a, b, c ≥ 0): noise, a level
    that wanders, a trend that is not known. It may grow with the horizon and may not shrink, and steps seen at few
    origins borrow from the others.

    Args:
        errors: shape (origins, horizon), NaN where not known.
    """
    known = np.isfinite(errors)
    steps = np.broadcast_to(np.arange(errors.shape[1], dtype=np.float64), errors.shape)[known]
    squares = np.square(errors[known])
    if len(squares) == 0:
        return np.zeros(horizon)
    coefficients, _ = nnls(np.power.outer(steps, np.arange(3)), squares)
    return np.sqrt(np.power.outer(np.arange(horizon, dtype=np.float64), np.arange(3)) @ coefficients)


def quantile(errors: FloatArray, coverage: float = COVERAGE) -> float:
    """Student factor of a two-sided interval; the origins are the independent observations."""
    origins = int(np.isfinite(errors).any(axis=1).sum())
    new = np.sqrt(1 + 1 / max(origins, 1))  # a new observation, its spread known from few
    return float(stats.t.ppf(0.5 + coverage / 2, df=max(origins - 1, MIN_FREEDOM)) * new)
