"""`lake model diesel-forecast`: rows → series → paths → reconciled paths → rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from spark_jobs.models.diesel_forecast.candidates import EPOCH_ORDINAL, HOURS, candidates_of
from spark_jobs.models.diesel_forecast.daytypes import announced
from spark_jobs.models.diesel_forecast.hierarchy import HierarchyError, reconcile, summing_matrix
from spark_jobs.models.forecast.columns import OUTPUTS
from spark_jobs.models.forecast.engine import Path, forecast
from spark_jobs.models.forecast.rows import Grouped, grouped
from spark_jobs.models.forecast.run import path_rows, refusal, table_of
from spark_jobs.models.forecast.series import Series
from spark_jobs.models.frame import Frame, InputError, Options
from spark_jobs.models.interval import Z90

NAMES = tuple(column.name for column in OUTPUTS)
WEEKEND_ONLY = "; holidays of the forecast year not announced yet: weekends only"
RECONCILED = "; reconciled"


def compute(frame: Frame, options: Options) -> pa.Table:
    """All series; those with parents add up to them.

    Raises:
        InputError: the horizon is not 1 or more.
    """
    horizon = int(options["horizon"])
    if horizon < 1:
        raise InputError(f"--horizon must be 1 or more, not {horizon}")
    groups = list(grouped(frame, int(options["outage_run"])))
    paths = {g.series_id: forecast(g.series, horizon, candidates_of(g.series)) for g in groups if g.series is not None}
    parents = _parents(frame)
    reasons: dict[str, str] = {}
    usable = {g.series_id: g.series for g in groups if g.series is not None}
    try:
        paths = _reconciled(usable, paths, parents)
    except HierarchyError as error:
        reasons = {name: str(error) for name in paths}
    return table_of([row for group in groups for row in _rows(group, paths, reasons)], NAMES)


def _rows(group: Grouped, paths: dict[str, Path], reasons: dict[str, str]) -> list[dict[str, Any]]:
    if group.series is None:
        return [refusal(group)]
    if group.series_id in reasons:
        return [{"series_id": group.series_id, "reason": reasons[group.series_id]}]
    path = paths[group.series_id]
    rows = path_rows(group.series_id, group.series, path, None, "")
    for row in rows:
        row.pop("scenario")
        row["method"] += "" if _calendar_known(group.series, len(path.mean)) else WEEKEND_ONLY
    return rows


def _calendar_known(series: Series, horizon: int) -> bool:
    if series.grain.name != "hour":
        return True
    return announced(EPOCH_ORDINAL + (series.start + len(series.values) + horizon - 1) // HOURS)


def _parents(frame: Frame) -> dict[str, str]:
    pairs = zip(frame.text("series_id"), frame.text("parent_id"), strict=True)
    return {child: parent for child, parent in pairs if child and parent}


def _reconciled(series: dict[str, Series], paths: dict[str, Path], parents: dict[str, str]) -> dict[str, Path]:
    family = sorted({*parents, *parents.values()} & set(paths))
    if not parents or not family:
        return paths
    ends = {(series[name].grain.name, series[name].start + len(series[name].values)) for name in family}
    if len(ends) > 1:
        raise HierarchyError("period: the series of a hierarchy must be of one grain and end in the same period")
    summing = summing_matrix(family, {child: parent for child, parent in parents.items() if child in paths})
    means = np.array([paths[name].mean for name in family])
    spreads = np.array([(paths[name].high_90 - paths[name].low_90) / (2 * Z90) for name in family])
    moved = np.maximum(reconcile(summing, means, np.square(spreads)), 0.0)
    leaves = [row for row in range(len(family)) if summing[row].sum() == 1 and family[row] not in parents.values()]
    moved = summing @ moved[leaves]
    return paths | {name: _moved(paths[name], moved[row]) for row, name in enumerate(family)}


def _moved(path: Path, mean: np.ndarray) -> Path:
    """The path at a new mean, its interval in proportion."""
    ratio = np.divide(mean, path.mean, out=np.ones_like(mean), where=path.mean > 0)
    choice = replace(path.choice, method=path.choice.method + RECONCILED)
    return Path(mean, path.low_90 * ratio, path.high_90 * ratio, choice)
