"""Scenarios: what drivers (economy, tourism, technology, policy) would change, by elasticities that the user states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spark_jobs.models.forecast.periods import Grain, parse_period
from spark_jobs.models.frame import FloatArray, Frame

BASELINE = "baseline"


@dataclass(frozen=True)
class Effect:
    """A scenario's factor on a path: ``Π (1 + change)^elasticity``, and the spread of its logarithm.

    Args:
        factor: shape (horizon,), 1 where no driver acts. ``log_sd``: from the elasticities' standard errors.
    """

    factor: FloatArray
    log_sd: FloatArray


def effects(drivers: Frame, series_id: str, grain: Grain, first: int, horizon: int) -> dict[str, Effect]:
    """Effect of each scenario on one series over the periods ``first … first + horizon − 1``.

    A driver row without a period acts on every period; one without a series acts on every series.

    Args:
        drivers: conformed table of the ``drivers`` option.
    Raises:
        ValueError: a driver's period is of another grain than the series.
    """
    log_factor: dict[str, FloatArray] = {}
    variance: dict[str, FloatArray] = {}
    names, targets, periods = drivers.text("scenario"), drivers.text("series_id"), drivers.text("period")
    change, elasticity, error = (drivers.number(n) for n in ("change", "elasticity", "elasticity_se"))
    for row in np.flatnonzero(drivers.usable):
        if targets[row] not in (None, series_id):
            continue
        acts = _acts(periods[row], grain, first, horizon)
        log_change = float(np.log1p(change[row]))
        zero = np.zeros(horizon)
        log_factor[names[row]] = log_factor.get(names[row], zero) + acts * elasticity[row] * log_change
        spread = 0.0 if np.isnan(error[row]) else error[row] * log_change
        variance[names[row]] = variance.get(names[row], zero) + acts * spread**2
    return {name: Effect(np.exp(value), np.sqrt(variance[name])) for name, value in sorted(log_factor.items())}


def _acts(period: str | None, grain: Grain, first: int, horizon: int) -> FloatArray:
    if period is None:
        return np.ones(horizon)
    driver_grain, number = parse_period(period)
    if driver_grain is not grain:
        raise ValueError(f"--drivers: period {period!r} is a {driver_grain.name}, the series has {grain.name}s")
    return (np.arange(first, first + horizon) == number).astype(np.float64)
