"""The modelled figure: what an enterprise's transport activity lets expect, from its own months and its sector's."""

from __future__ import annotations

import numpy as np

_YEAR_MONTHS = 12
_OWN_TERMS = 4  # level, activity, and one yearly wave: what a single enterprise's months must carry
_SPARE_MONTHS = 4  # months beyond its terms before an enterprise's own regression says anything
_ROUNDS = 3
_CLIP = 2.5  # scatters beyond which a month no longer pulls the sector's line


def activity_index(quantities: np.ndarray) -> np.ndarray:
    """Mean logarithm of an enterprise's activities, each against its own mean.

    quantities (activities, enterprises, months), NaN where not reported. Returns (enterprises, months), NaN where there
    is none.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        log = np.where(quantities > 0, np.log(quantities), np.nan)
    count = np.isfinite(log).sum(axis=2, keepdims=True)
    centred = log - np.where(count > 0, np.nansum(log, axis=2, keepdims=True) / np.maximum(count, 1), np.nan)
    there = np.isfinite(centred).sum(axis=0)
    return np.where(there > 0, np.nansum(centred, axis=0) / np.maximum(there, 1), np.nan)


def modelled(emission: np.ndarray, index: np.ndarray, sector: np.ndarray, peers_least: int) -> np.ndarray:
    """What activity lets expect of `emission` (enterprises, months; any unit), never from the month itself.

    ln emission = level of the enterprise + slope × index + effect of the month. Slope and month effect are the
    sector's, the effect from the other enterprises, where at least `peers_least` of them report; a smaller
    sector's enterprise has its own slope and one yearly wave. NaN where months do not suffice.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        log = np.where(emission > 0, np.log(emission), np.nan)
    out = np.full_like(log, np.nan)
    for name in np.unique(sector):
        of = np.flatnonzero(sector == name)
        y, x = log[of], np.where(np.isfinite(log[of]), index[of], np.nan)
        y = np.where(np.isfinite(x), y, np.nan)
        if (np.isfinite(y).sum(axis=0) > peers_least).sum() >= _YEAR_MONTHS // 2:
            out[of] = _from_peers(y, x, peers_least)
        else:
            out[of] = np.stack([_from_itself(a, b) for a, b in zip(y, x, strict=True)])
    return np.exp(out)


def _mean(values: np.ndarray, axis: int, least: int = 1) -> np.ndarray:
    count = np.isfinite(values).sum(axis=axis, keepdims=True)
    return np.where(count >= least, np.nansum(values, axis=axis, keepdims=True) / np.maximum(count, 1), np.nan)


def _from_peers(y: np.ndarray, x: np.ndarray, peers_least: int) -> np.ndarray:
    """Two-way effects: slope by least squares on what level and month leave, outliers clipped."""
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
    return np.where((count > _SPARE_MONTHS) & known, others + slope * x + month, np.nan)


def _both_ways(values: np.ndarray) -> np.ndarray:
    centred = values - _mean(values, 1)
    return centred - _mean(centred, 0)


def _from_itself(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Own least squares on level, activity and a yearly wave; each month is predicted from the others (leverage)."""
    out = np.full_like(y, np.nan)
    known = np.flatnonzero(np.isfinite(y))
    if len(known) < _OWN_TERMS + _SPARE_MONTHS:
        return out
    angle = 2 * np.pi * known / _YEAR_MONTHS
    terms = np.column_stack([np.ones(len(known)), x[known], np.cos(angle), np.sin(angle)])
    hat = terms @ np.linalg.pinv(terms)
    leverage = np.minimum(np.diag(hat), 0.95)
    out[known] = y[known] - (y[known] - hat @ y[known]) / (1.0 - leverage)
    return out
