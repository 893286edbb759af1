"""What difference between two figures is usual for an enterprise, how much it scatters, and whether it has moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from spark_jobs.accounting.scatter import scatter


class Rules(Protocol):
    """The settings used here (see triangulation.yaml)."""

    @property
    def months_least(self) -> int: ...
    @property
    def scatter_least(self) -> float: ...
    @property
    def clip_scatters(self) -> float: ...
    @property
    def lasting_months(self) -> int: ...
    @property
    def lasting_months_least(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Usual:
    """`gap`, `centre`, `residual` (enterprises, months): the difference, what is usual by the other months, what is
    left; `sigma`, `freedom`, `months` (enterprises,): scatter of chance, its degrees of freedom, months seen."""

    gap: np.ndarray
    centre: np.ndarray
    residual: np.ndarray
    sigma: np.ndarray
    freedom: np.ndarray
    months: np.ndarray


def usual(
    gap: np.ndarray, sector: np.ndarray, rules: Rules, doubted: np.ndarray | None = None, cut: float = 0.0
) -> Usual:
    """Centre each enterprise's differences (enterprises, months; NaN: none) on its other months.

    Outlying months are clipped before they shape the centre; `doubted` ones (`cut`: the share of honest months that
    are doubted) do not shape the scatter. An enterprise with too few months has no centre.
    """
    enough = np.isfinite(gap).sum(axis=1) >= rules.months_least
    gap = np.where(enough[:, None], gap, np.nan)
    months = np.isfinite(gap).sum(axis=1)
    middle = _median(gap)
    trusted = gap if doubted is None else np.where(doubted, np.nan, gap)
    spread = scatter(trusted, sector, rules.scatter_least, rules.clip_scatters, cut)
    reach = rules.clip_scatters * spread.sigma[:, None]
    clipped = np.clip(gap - middle[:, None], -reach, reach)
    own = np.isfinite(clipped)
    total = np.where(own, clipped, 0.0).sum(axis=1)[:, None]
    others = np.maximum(months[:, None] - own, 1)
    centre = middle[:, None] + (total - np.where(own, clipped, 0.0)) / others
    centre = np.where(np.isfinite(gap), centre, np.nan)
    return Usual(gap, centre, gap - centre, spread.sigma, spread.freedom, months)


def _median(values: np.ndarray) -> np.ndarray:
    some = np.isfinite(values).any(axis=1)
    return np.where(some, np.nanmedian(np.where(some[:, None], values, 0.0), axis=1), np.nan)


def lasting_change(value: np.ndarray, alone: np.ndarray, rules: Rules) -> tuple[np.ndarray, np.ndarray]:
    """Change of the mean over the last `lasting_months` against all months before, and its standard deviation.

    value, alone (enterprises, months): deficit of each month (but for a constant) and the standard deviation
    of one. NaN where either side has fewer than `lasting_months_least` months: what was there from the first month on
    is no change. While history is short the window is half of it.
    """
    there = np.isfinite(value)
    count, value = there.astype(float), np.where(there, value, 0.0)
    sums, counts = (np.cumsum(np.pad(x, ((0, 0), (1, 0))), axis=1) for x in (value, count))
    last = np.arange(1, value.shape[1] + 1)
    first = last - np.minimum(rules.lasting_months, last // 2)
    late, early = counts[:, last] - counts[:, first], counts[:, first]
    enough = (np.minimum(late, early) >= rules.lasting_months_least) & there
    with np.errstate(invalid="ignore", divide="ignore"):
        change = (sums[:, last] - sums[:, first]) / late - sums[:, first] / early
        spread = alone * np.sqrt(1.0 / late + 1.0 / early)
    return np.where(enough, change, np.nan), np.where(enough, spread, np.nan)
