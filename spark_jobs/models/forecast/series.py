"""One regular series out of rows in any order: gaps and outages filled and counted, never silently."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spark_jobs.models.forecast.periods import Grain
from spark_jobs.models.frame import BoolArray, FloatArray, IntArray

MIN_VALUES = 4  # two numbers make a line; a spread needs two more


@dataclass(frozen=True)
class Series:
    """A gapless series.

    Args:
        grain: kind of period. ``start``: running number of the first period.
        values: shape (periods,), any unit, no NaN.
        filled: True where the value was missing or an outage and was filled.
    """

    grain: Grain
    start: int
    values: FloatArray
    filled: BoolArray

    @property
    def season(self) -> int:
        """Longest usual season that the series holds twice; 1 for none."""
        fitting = [length for length in self.grain.seasons if len(self.values) >= 2 * length]
        return fitting[-1] if fitting else 1

    @property
    def positive(self) -> bool:
        """True when logarithms may be taken."""
        return bool((self.values > 0).all())


def regular(grain: Grain, ordinals: IntArray, values: FloatArray, outage_run: int) -> Series:
    """Sort, fill gaps and outages, return the gapless series.

    A run of at least ``outage_run`` zeros in a series whose other values are mostly positive is a detector
    that was off, not a road that was empty. Filled values take the mean of the same position in the
    neighbouring seasons, else a straight line.

    Args:
        ordinals: running numbers, shape (rows,), distinct. ``values``: same shape; NaN is missing.
    Raises:
        ValueError: too few values.
    """
    order = np.argsort(ordinals)
    first, last = int(ordinals[order[0]]), int(ordinals[order[-1]])
    dense = np.full(last - first + 1, np.nan)
    dense[ordinals - first] = values
    dense[_outages(dense, outage_run)] = np.nan
    known = np.isfinite(dense)
    if known.sum() < MIN_VALUES:
        raise ValueError(
            f"value: {int(known.sum())} usable values in the series; a forecast needs at least {MIN_VALUES}"
        )
    begin, end = int(np.argmax(known)), len(known) - int(np.argmax(known[::-1]))
    kept = dense[begin:end]
    season = next((s for s in reversed(grain.seasons) if len(kept) >= 2 * s), 1)
    return Series(grain, first + begin, _filled(kept, season), ~known[begin:end])


def _outages(dense: FloatArray, run: int) -> BoolArray:
    zero = dense == 0
    if run <= 0 or not zero.any() or np.nanmedian(dense) <= 0:
        return np.zeros(len(dense), dtype=np.bool_)
    out = np.zeros(len(dense), dtype=np.bool_)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], zero, [False])).astype(np.int8)))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if end - begin >= run:
            out[begin:end] = True
    return out


def _filled(values: FloatArray, season: int) -> FloatArray:
    out = values.copy()
    holes = np.flatnonzero(~np.isfinite(values))
    known = np.flatnonzero(np.isfinite(values))
    for hole in holes:
        near = [hole - season, hole + season] if season > 1 else []
        found = [values[i] for i in near if 0 <= i < len(values) and np.isfinite(values[i])]
        out[hole] = np.mean(found) if found else np.interp(hole, known, values[known])
    return out
