"""Candidates that know the clock and the Chinese calendar; each is bound to the start of one series."""

from __future__ import annotations

import numpy as np

from spark_jobs.models.diesel_forecast.daytypes import day_types, rest_shares
from spark_jobs.models.forecast.candidates import (
    GENERAL,
    SEASONAL_NAIVE,
    Candidate,
    deseasonalised_damped,
    seasonal_naive,
)
from spark_jobs.models.forecast.series import Series
from spark_jobs.models.frame import FloatArray, IntArray

HOURS = 24
EPOCH_ORDINAL = 719163  # date(1970, 1, 1).toordinal(): hours of a series count from there
HALF_LIFE_DAYS = 14.0  # a fortnight: long enough to average days, short enough to follow the season
LEVEL_DAYS = 7  # the present level is that of the last week
WEEKS = 4
RIDGE = 0.1  # keeps calendar effects small where few months speak for them


def candidates_of(series: Series) -> dict[str, Candidate]:
    """Candidates for the grain of a series."""
    if series.grain.name == "hour":
        return _hourly(series.start)
    if series.grain.name == "month":
        return {**GENERAL, "calendar-adjusted damped trend": _calendar_months(series.start)}
    return dict(GENERAL)


def _hourly(start: int) -> dict[str, Candidate]:
    def profile(history: FloatArray, horizon: int, season: int) -> FloatArray:
        del season
        now = start + len(history)
        return _day_type_profile(history, np.arange(start, now), np.arange(now, now + horizon))

    return {
        SEASONAL_NAIVE: seasonal_naive,
        "mean of 4 weeks": _mean_of_weeks,
        "day-type profile": profile,
        "day-type profile × daily damped trend": lambda history, horizon, season: _daily_trend(
            history, horizon, profile(history, horizon, season)
        ),
    }


def _mean_of_weeks(history: FloatArray, horizon: int, season: int) -> FloatArray:
    weeks = min(WEEKS, len(history) // season) or 1
    blocks = history[len(history) - weeks * season :].reshape(weeks, season)
    return blocks.mean(axis=0)[np.arange(horizon) % season]


def _day_type_profile(history: FloatArray, past: IntArray, ahead: IntArray) -> FloatArray:
    """Weighted mean of the same hour on days of the same kind, moved to the level of the last week.

    A kind that never occurred borrows the weekend's profile, or all days'.
    """
    kinds_past, kinds_ahead = day_types(EPOCH_ORDINAL + past // HOURS), day_types(EPOCH_ORDINAL + ahead // HOURS)
    weight = np.power(0.5, (past[-1] - past) / (HOURS * HALF_LIFE_DAYS))
    table = np.full((5, HOURS), np.nan)
    for kind in range(5):
        chosen = np.ones(len(past), dtype=bool) if kind == 4 else kinds_past == kind
        sums = np.bincount(past[chosen] % HOURS, weight[chosen] * history[chosen], minlength=HOURS)
        counts = np.bincount(past[chosen] % HOURS, weight[chosen], minlength=HOURS)
        table[kind] = np.divide(sums, counts, out=np.full(HOURS, np.nan), where=counts > 0)
    for kind, substitute in ((4, 4), (1, 4), (0, 4), (2, 1), (3, 2)):
        hole = ~np.isfinite(table[kind])
        table[kind][hole] = table[substitute][hole]
    recent = slice(-LEVEL_DAYS * HOURS, None)
    shift = float(np.mean(history[recent] - table[kinds_past[recent], past[recent] % HOURS]))
    return table[kinds_ahead, ahead % HOURS] + shift


def _daily_trend(history: FloatArray, horizon: int, profile: FloatArray) -> FloatArray:
    """The profile, each day moved to where the daily means are heading."""
    days = len(history) // HOURS
    daily = history[len(history) - days * HOURS :].reshape(days, HOURS).mean(axis=1)
    ahead = -(-horizon // HOURS)
    path = deseasonalised_damped(daily, ahead, 7)
    out = profile.copy()
    for day in range(ahead):
        part = slice(day * HOURS, min((day + 1) * HOURS, horizon))
        out[part] += path[day] - profile[part].mean()
    return out


def _calendar_months(start: int) -> Candidate:
    def adjusted(history: FloatArray, horizon: int, season: int) -> FloatArray:
        now = start + len(history)
        past, ahead = (np.column_stack(rest_shares(np.arange(a, b))) for a, b in ((start, now), (now, now + horizon)))
        centre = past.mean(axis=0)
        trend = np.polyval(np.polyfit(np.arange(len(history)), history, 1), np.arange(len(history)))
        x, y = past - centre, history - trend
        effect = np.linalg.solve(x.T @ x + RIDGE * np.eye(2) * max(x.var(), 1e-12) * len(x), x.T @ y)
        return deseasonalised_damped(history - x @ effect, horizon, season) + (ahead - centre) @ effect

    return adjusted
