"""Scatter of an enterprise's differences by chance: from month to month, with what its sector's enterprises teach.

Squared successive differences (von Neumann) do not see a lasting change. Variances of enterprises are drawn to their
sector's as far as they are alike (Smyth 2004, Statistical Applications in Genetics and Molecular Biology 3(1), 3:
moderated variances), so that a short history does not make an uncertain scale.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import special

_MAD_TO_SIGMA = 1.0 / special.ndtri(0.75)  # median absolute deviation of a normal, in standard deviations
_MOST_FREEDOM = 1e6
_HALVINGS = 80


class Scatter(NamedTuple):
    """By enterprise: standard deviation of a month's difference, and its degrees of freedom."""

    sigma: np.ndarray
    freedom: np.ndarray


def scatter(gap: np.ndarray, sector: np.ndarray, least: float, clip: float, cut: float = 0.0) -> Scatter:
    """Standard deviation of chance per enterprise; gap (enterprises, months; NaN: none), `least` bounds it from below.

    Steps beyond `clip` of their robust scale count as that much, so that single outliers do not hide themselves.
    `cut`: share of honest months that were taken out at the upper end beforehand; their variance is put back.
    """
    own, freedom = _from_steps(gap, least, clip)
    own = own / _uncut_variance(cut)
    common = np.full(len(own), np.nan)
    for name in np.unique(sector):
        of = (sector == name) & np.isfinite(own)
        if of.any():
            common[of] = np.average(own[of], weights=freedom[of])
    prior = _likeness(own / common, freedom)
    drawn = (freedom * own + prior * common) / (freedom + prior)
    return Scatter(np.maximum(np.sqrt(drawn), least), freedom + prior)


def _from_steps(gap: np.ndarray, least: float, clip: float) -> tuple[np.ndarray, np.ndarray]:
    """Half the mean squared step between neighbouring months that are there, and its degrees of freedom."""
    variance, freedom = np.full(len(gap), np.nan), np.zeros(len(gap))
    kept = _clipped_variance(clip)
    for i, row in enumerate(gap):
        steps = np.diff(row[np.isfinite(row)])
        if len(steps) < 2:
            continue
        reach = clip * max(_MAD_TO_SIGMA * float(np.median(np.abs(steps))), least)
        variance[i] = max(float(np.mean(np.clip(steps, -reach, reach) ** 2)) / 2 / kept, least**2)
        freedom[i] = 2.0 * len(steps) ** 2 / (3 * len(steps) - 1)
    return variance, freedom


def _clipped_variance(k: float) -> float:
    """Variance of a standard normal clipped to ±k."""
    density = np.exp(-(k**2) / 2) / np.sqrt(2 * np.pi)
    return float(special.ndtr(k) - special.ndtr(-k) - 2 * k * density + 2 * k**2 * special.ndtr(-k))


def _uncut_variance(cut: float) -> float:
    """Variance of a standard normal without its upper `cut`."""
    if cut == 0.0:
        return 1.0
    limit = -special.ndtri(cut)
    hazard = np.exp(-(limit**2) / 2) / np.sqrt(2 * np.pi) / (1.0 - cut)
    return float(1.0 - limit * hazard - hazard**2)


def _likeness(ratio: np.ndarray, freedom: np.ndarray) -> float:
    """Prior degrees of freedom: log variances scatter by trigamma(own/2) + trigamma(prior/2)."""
    of = np.isfinite(ratio) & (freedom > 1)
    if of.sum() < 3:
        return 0.0
    log = np.log(ratio[of])
    beyond = float(np.var(log, ddof=1) - np.mean(special.polygamma(1, freedom[of] / 2)))
    low, high = 1e-2, _MOST_FREEDOM
    if beyond <= float(special.polygamma(1, high / 2)):
        return _MOST_FREEDOM
    for _ in range(_HALVINGS):
        middle = np.sqrt(low * high)
        low, high = (middle, high) if special.polygamma(1, middle / 2) > beyond else (low, middle)
    return float(low)


def as_normal(z: np.ndarray, freedom: np.ndarray) -> np.ndarray:
    """The standard normal value as far out as `z` is under Student's t with `freedom`, from the nearer tail."""
    return -np.sign(z) * special.ndtri(special.stdtr(freedom, -np.abs(z)))
