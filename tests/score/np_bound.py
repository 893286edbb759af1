"""The best possible detector at a stated noise (Neyman and Pearson): its power for one known under-report."""

from __future__ import annotations

import numpy as np
from scipy import special


def best_power(covariance: np.ndarray, moves: np.ndarray, share: float) -> float:
    """Power of the likelihood ratio test at false-alarm share `share`.

    The log figures of a month are its truth (unknown) plus lasting differences (unknown) plus chance with this
    covariance. `moves` (figures, months): what the under-report adds to each; covariance (figures, figures) within a
    month, months independent. Truth and lasting differences are swept out: what is left is judged best.
    """
    figures = len(moves)
    within = np.linalg.inv(covariance)
    one = np.ones((figures, 1))
    within -= within @ one @ one.T @ within / float((one.T @ within @ one)[0, 0])  # a month's truth is unknown
    centred = moves - moves.mean(axis=1, keepdims=True)  # so is the level of each figure
    information = float(np.einsum("fm,fg,gm->", centred, within, centred))
    return float(special.ndtr(np.sqrt(information) - special.ndtri(1.0 - share)))


def month_moves(low: np.ndarray, months: int, size: float) -> np.ndarray:
    """One month of `months` reported low by `size`; `low` marks the figures it lowers."""
    moves = np.zeros((len(low), months))
    moves[low, 0] = np.log1p(-size)
    return moves


def lasting_moves(low: np.ndarray, months: int, size: float, since: int) -> np.ndarray:
    """Every month from `since` on reported low by `size`."""
    moves = np.zeros((len(low), months))
    moves[low, since:] = np.log1p(-size)
    return moves
