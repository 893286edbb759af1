"""Sample sizes of stratified random sampling (Cochran 1977, chapter 5)."""

from __future__ import annotations

from typing import Literal

import numpy as np

from spark_jobs.models.frame import FloatArray, IntArray

Rule = Literal["neyman", "optimal", "proportional", "equal"]
NEGLIGIBLE = 1e-12  # a stratum whose share is this far below the largest counts as without spread
SMALLEST = 2  # ships a stratum must yield for its variance to be estimable


def shares(size: FloatArray, sd: FloatArray, cost: FloatArray, rule: Rule) -> FloatArray:
    """Share of the sample by stratum, sums to 1.

    Neyman: N_h S_h (5.26); optimal for cost: N_h S_h / √c_h (5.23); proportional: N_h; equal.
    """
    by_rule = {
        "neyman": size * sd,
        "optimal": size * sd / np.sqrt(cost),
        "proportional": size,
        "equal": np.ones(len(size)),
    }
    raw = by_rule[rule]
    if raw.max() <= 0:
        raw = size
    raw = np.where(raw < raw.max() * NEGLIGIBLE, 0.0, raw / raw.max())
    return raw / raw.sum()


def variance_of_mean(size: FloatArray, sd: FloatArray, sample: FloatArray | IntArray) -> float:
    """V(ȳ_st) = Σ W_h² S_h² (1/n_h − 1/N_h) (5.6), with finite population correction."""
    weight = size / size.sum()
    return float(np.sum(np.square(weight * sd) * (1 / sample - 1 / size)))


def size_for_variance(size: FloatArray, sd: FloatArray, share: FloatArray, variance: float) -> float:
    """Sample size that gives V(ȳ_st) with n_h = n × share: Σ(W² S²/share) / (V + Σ W S²/N) (5.25)."""
    weight = size / size.sum()
    needed = np.divide(np.square(weight * sd), share, out=np.zeros(len(size)), where=share > 0)
    return float(needed.sum() / (variance + np.sum(weight * sd * sd) / size.sum()))


def size_for_budget(size: FloatArray, sd: FloatArray, cost: FloatArray, share: FloatArray, budget: float) -> float:
    """Sample size that spends a budget with n_h = n × share."""
    return float(budget / np.sum(share * cost))


def whole_numbers(size: FloatArray, share: FloatArray, total: float) -> IntArray:
    """Whole n_h that sum to the rounded total, none above N_h (the rest goes to the other strata), none below two.

    Strata whose share exceeds N_h are taken whole first (Cochran 5.8); what is left is rounded by largest remainder.
    """
    n = int(min(np.ceil(total - 1e-9), size.sum()))
    floor = np.minimum(size, SMALLEST).astype(np.int64)
    taken = np.zeros(len(size), dtype=np.bool_)
    wanted = share * n
    for _ in range(len(size)):
        free = ~taken
        room = n - size[taken].sum()
        if not free.any():
            break
        basis = share if share[free].sum() > 0 else size
        wanted = np.where(taken, size, room * (basis / max(basis[free].sum(), NEGLIGIBLE)))
        over = free & (wanted > size)
        if not over.any():
            break
        taken |= over
    whole = np.floor(wanted + 1e-9).astype(np.int64)
    missing = n - int(whole.sum())
    if missing > 0:
        order = np.argsort(-(wanted - whole) + np.where(whole >= size, np.inf, 0.0), kind="stable")
        whole[order[:missing]] += 1
    return np.maximum(np.minimum(whole, size.astype(np.int64)), floor)
