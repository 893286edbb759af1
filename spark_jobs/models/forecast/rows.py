"""Rows of the input grouped into series, with a reason for what cannot be one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from spark_jobs.models.forecast.periods import Grain, parse_period
from spark_jobs.models.forecast.series import Series, regular
from spark_jobs.models.frame import Frame


@dataclass(frozen=True)
class Grouped:
    """One series of the input: either usable, or with the reason why not."""

    series_id: str
    series: Series | None
    reason: str | None


def grouped(frame: Frame, outage_run: int = 0) -> Iterator[Grouped]:
    """Series in the order of their names; any order of rows gives the same.

    Args:
        outage_run: zeros in a row that count as an outage; 0 means zeros are values.
    """
    rows: dict[str, list[int]] = defaultdict(list)
    names, reasons = frame.text("series_id"), frame.reasons
    for row, name in enumerate(names):
        rows[name or ""].append(row)
    periods, values = frame.text("period"), frame.number("value")
    for name in sorted(rows):
        bad = [f"row {row + 1}: {reasons[row]}" for row in rows[name] if reasons[row]]
        try:
            if bad:
                raise ValueError("; ".join(bad[:3]))
            yield Grouped(name, _series([(periods[r], values[r]) for r in rows[name]], outage_run), None)
        except ValueError as error:
            yield Grouped(name, None, str(error))


def _series(pairs: list[tuple[str, float]], outage_run: int) -> Series:
    grain: Grain | None = None
    ordinals = np.empty(len(pairs), dtype=np.int64)
    seen: dict[int, str] = {}
    for index, (text, _) in enumerate(pairs):
        found, ordinals[index] = parse_period(text)
        if grain is not None and found is not grain:
            raise ValueError(f"period: {text!r} is a {found.name}, other rows of the series are {grain.name}s")
        grain = found
        if int(ordinals[index]) in seen:
            raise ValueError(f"period: {text!r} stands twice in the series; keep one row a period")
        seen[int(ordinals[index])] = text
    assert grain is not None
    return regular(grain, ordinals, np.array([value for _, value in pairs], dtype=np.float64), outage_run)
