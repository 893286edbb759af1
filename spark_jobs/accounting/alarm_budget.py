"""One budget of false alarms over several tests, split so that none loses more power than another."""

from __future__ import annotations

import numpy as np
from scipy import special

_HALVINGS = 60


def critical_values(shift: np.ndarray, share: float) -> np.ndarray:
    """Return one-sided critical values of standard normal tests, shape (tests, rows).

    shift: what each test's statistic moves by under the alternative it looks for, in its standard deviations, of the
    same shape; NaN where a test cannot be made. The false alarms of a row's tests add up to at most `share`
    (Bonferroni: for any dependence). Among such splits this one has the least largest loss against each test made
    alone at `share` (Neyman-Pearson); a test that cannot be made gets infinity.
    """
    best = special.ndtr(shift - special.ndtri(1.0 - share))
    low, high = np.zeros(shift.shape[1]), np.ones(shift.shape[1])
    for _ in range(_HALVINGS):
        loss = (low + high) / 2
        spent = np.nansum(_level(shift, best, loss), axis=0)
        low, high = np.where(spent > share, loss, low), np.where(spent > share, high, loss)
    level = _level(shift, best, high)
    return np.where(np.isnan(shift), np.inf, -special.ndtri(np.where(np.isnan(level), 0.5, level)))


def _level(shift: np.ndarray, best: np.ndarray, loss: np.ndarray) -> np.ndarray:
    """Level at which a test's power is its best less the loss; nothing where it may lose all."""
    wanted = best - loss
    level = special.ndtr(special.ndtri(np.clip(wanted, 1e-300, 1.0 - 1e-16)) - shift)
    return np.where(np.isnan(shift), np.nan, np.where(wanted <= 0.0, 0.0, level))
