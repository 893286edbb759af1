"""The modelled figure: what an enterprise's transport activity lets expect, from its own months and its sector's."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

_YEAR_MONTHS = 12
_OWN_TERMS = 4  # level, activity, and one yearly wave: what a single enterprise's months must carry
_SPARE_MONTHS = 4  # months beyond its terms before an enterprise's own regression says anything
_ROUNDS = 3
_CLIP = 2.5  # scatters beyond which a month no longer pulls the sector's line


class Expected(NamedTuple):
    """Arrays (enterprises, months): emission that activity lets expect, and by what power it follows the activity."""

    emission: np.ndarray
    elasticity: np.ndarray


def mean_log(quantities: np.ndarray) -> np.ndarray:
    """Mean logarithm of the activities that an enterprise-month has; shapes as of `activity_index`."""
    log = _log(quantities)
    count = np.isfinite(log).sum(axis=0)
    return np.where(count > 0, np.nansum(log, axis=0) / np.maximum(count, 1), np.nan)


def activity_index(quantities: np.ndarray) -> np.ndarray:
    """Mean logarithm of an enterprise's activities, each against its own mean.

    quantities (activities, enterprises, months), NaN where not reported. Returns (enterprises, months), NaN where there
    is none.
    """
    log = _log(quantities)
    count = np.isfinite(log).sum(axis=2, keepdims=True)
    centred = log - np.where(count > 0, np.nansum(log, axis=2, keepdims=True) / np.maximum(count, 1), np.nan)
    there = np.isfinite(centred).sum(axis=0)
    return np.where(there > 0, np.nansum(centred, axis=0) / np.maximum(there, 1), np.nan)


def _log(values: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(values > 0, np.log(values), np.nan)


def modelled(emission: np.ndarray, index: np.ndarray, sector: np.ndarray, peers_least: int) -> Expected:
    """What activity lets expect of `emission` (enterprises, months; any unit), never from the month itself.

    ln emission = level of the enterprise + slope × index + effect of the month. Slope and month effect are the
    sector's, the effect from the other enterprises, where at least `peers_least` of them report; a smaller
    sector's enterprise has its own slope and one yearly wave. NaN where months do not suffice.
    """
    log = _log(emission)
    out, elasticity = np.full_like(log, np.nan), np.full_like(log, np.nan)
    for name in np.unique(sector):
        of = np.flatnonzero(sector == name)
        y, x = log[of], np.where(np.isfinite(log[of]), index[of], np.nan)
        y = np.where(np.isfinite(x), y, np.nan)
        if (np.isfinite(y).sum(axis=0) > peers_least).sum() >= _YEAR_MONTHS // 2:
            out[of], elasticity[of] = _from_peers(y, x, peers_least)
        else:
            own = [_from_itself(a, b) for a, b in zip(y, x, strict=True)]
            out[of], elasticity[of] = (np.stack(part) for part in zip(*own, strict=True))
    return Expected(np.exp(out), np.where(np.isfinite(out), elasticity, np.nan))


def _mean(values: np.ndarray, axis: int, least: int = 1) -> np.ndarray:
    count = np.isfinite(values).sum(axis=axis, keepdims=True)
    return np.where(count >= least, np.nansum(values, axis=axis, keepdims=True) / np.maximum(count, 1), np.nan)


def _from_peers(y: np.ndarray, x: np.ndarray, peers_least: int) -> tuple[np.ndarray, float]:
    """Two-way effects: slope by least squares on what level and month leave, outliers clipped. (expected, slope)"""
    effect, slope = np.zeros((1, y.shape[1])), 0.0
    for _ in range(_ROUNDS):
        level = _mean(y - slope * x - effect, 1)
        rest = y - slope * x - effect - level
        scale = _CLIP * np.nanmedian(np.abs(rest)) / 0.6745
        kept = y - rest + np.clip(rest, -scale, scale)
        a, b = _both_ways(kept), _both_ways(x)
        slope = float(np.nansum(a * b) / max(np.nansum(b * b), 1e-12))
        effect = np.nan_to_num(_mean(kept - slope * x - _mean(kept - slope * x, 1), 0))
    left = y - slope * x
    count = np.isfinite(left).sum(axis=1, keepdims=True)
    own = np.isfinite(left)
    deviation = np.where(own, kept - slope * x - _mean(kept - slope * x - effect, 1), 0.0)
    peers = own.sum(axis=0, keepdims=True) - own
    month = np.where(
        peers >= peers_least, (deviation.sum(axis=0, keepdims=True) - deviation) / np.maximum(peers, 1), np.nan
    )
    rest = np.where(own, left - month, np.nan)
    known = np.isfinite(rest)
    others = (np.where(known, rest, 0.0).sum(axis=1, keepdims=True) - np.where(known, rest, 0.0)) / np.maximum(
        known.sum(axis=1, keepdims=True) - 1, 1
    )
    return np.where((count > _SPARE_MONTHS) & known, others + slope * x + month, np.nan), slope


def _both_ways(values: np.ndarray) -> np.ndarray:
    centred = values - _mean(values, 1)
    return centred - _mean(centred, 0)


def _from_itself(y: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Own least squares on level, activity and a yearly wave; each month is predicted from the others (leverage).

    Returns what is expected and the slope without the month itself, both by month.
    """
    out, slope = np.full_like(y, np.nan), np.full_like(y, np.nan)
    known = np.flatnonzero(np.isfinite(y))
    if len(known) < _OWN_TERMS + _SPARE_MONTHS:
        return out, slope
    angle = 2 * np.pi * known / _YEAR_MONTHS
    terms = np.column_stack([np.ones(len(known)), x[known], np.cos(angle), np.sin(angle)])
    inverse = np.linalg.pinv(terms)
    hat = terms @ inverse
    leverage = np.minimum(np.diag(hat), 0.95)
    left_out = (y[known] - hat @ y[known]) / (1.0 - leverage)
    out[known] = y[known] - left_out
    slope[known] = (inverse @ y[known])[1] - inverse[1] * left_out
    return out, slope
