"""`lake model forecast`: rows → series → paths → scenarios → rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from spark_jobs.models.forecast.columns import OUTPUTS
from spark_jobs.models.forecast.engine import Path, forecast
from spark_jobs.models.forecast.rows import Grouped, grouped
from spark_jobs.models.forecast.scenarios import BASELINE, Effect, effects
from spark_jobs.models.forecast.series import Series
from spark_jobs.models.frame import Frame, InputError, Options
from spark_jobs.models.interval import Z90

NAMES = ("scenario", *(column.name for column in OUTPUTS))


def refusal(group: Grouped) -> dict[str, Any]:
    """The one row of a series that cannot be forecast."""
    return {"series_id": group.series_id, "reason": group.reason}


def path_rows(name: str, series: Series, path: Path, effect: Effect | None, scenario: str) -> list[dict[str, Any]]:
    """One row a period; a scenario moves mean and interval by its factor and widens it by its own spread."""
    factor = effect.factor if effect else np.ones(len(path.mean))
    widen = np.exp(Z90 * effect.log_sd) if effect else factor
    first = series.start + len(series.values)
    return [
        {
            "scenario": scenario,
            "series_id": name,
            "period": series.grain.text(first + step),
            "mean": path.mean[step] * factor[step],
            "low_90": path.low_90[step] * factor[step] / widen[step],
            "high_90": path.high_90[step] * factor[step] * widen[step],
            "method": path.choice.method,
            "filled_periods": int(series.filled.sum()),
        }
        for step in range(len(path.mean))
    ]


def table_of(rows: list[dict[str, Any]], names: tuple[str, ...]) -> pa.Table:
    """Rows → Arrow table with typed columns, empty ones included."""
    numbers, integers = {"mean", "low_90", "high_90"}, {"filled_periods"}
    types = {n: pa.float64() if n in numbers else pa.int64() if n in integers else pa.string() for n in names}
    return pa.table({name: pa.array([row.get(name) for row in rows], type=types[name]) for name in names})


def compute(frame: Frame, options: Options) -> pa.Table:
    """All series of the file, baseline first, then each scenario of ``--drivers``.

    Raises:
        InputError: the horizon is not 1 or more.
    """
    horizon = int(options["horizon"])
    if horizon < 1:
        raise InputError(f"--horizon must be 1 or more, not {horizon}")
    drivers = options.frame("drivers") if options["drivers"] is not None else None
    rows: list[dict[str, Any]] = []
    for group in grouped(frame):
        if group.series is None:
            rows.append(refusal(group))
            continue
        path = forecast(group.series, horizon)
        rows += path_rows(group.series_id, group.series, path, None, BASELINE)
        if drivers is not None:
            try:
                found = effects(drivers, group.series_id, group.series.grain, _first(group.series), horizon)
            except ValueError as error:
                rows.append({"series_id": group.series_id, "reason": str(error)})
                continue
            for scenario, effect in found.items():
                rows += path_rows(group.series_id, group.series, path, effect, scenario)
    return table_of(rows, NAMES)


def _first(series: Series) -> int:
    return series.start + len(series.values)
