"""Estimates from a stratified sample: totals, ratios, their variances (Cochran 1977, chapters 5 and 6; Lohr 2019)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from spark_jobs.models.frame import FloatArray


@dataclass(frozen=True)
class Stratum:
    """One stratum: ships in the population, ships drawn, and y and x of those that answered, in tonnes and t·nm."""

    name: str
    ships: float
    drawn: int
    y: FloatArray
    x: FloatArray

    @property
    def answered(self) -> int:
        """Ships that answered."""
        return len(self.y)

    @property
    def expansion(self) -> float:
        """N_h / r_h: the weight of an answer; non-response is taken as random within the stratum."""
        return self.ships / self.answered if self.answered else float("nan")

    def total_variance(self, values: FloatArray) -> float:
        """Variance of the expanded total N_h ȳ_h: N_h² (1 − f_h) s_h² / n_h (Cochran 2.16, 5.13)."""
        n = self.answered
        if n < 2:
            return 0.0 if n and n >= self.ships else float("nan")
        return self.ships**2 * (1 - n / self.ships) * float(np.var(values, ddof=1)) / n


@dataclass(frozen=True)
class Estimate:
    """A figure with its standard error, degrees of freedom and design effect (NaN where it has none)."""

    value: float
    standard_error: float
    degrees: float
    design_effect: float = float("nan")

    def interval(self, confidence: float) -> tuple[float, float]:
        """Two-sided interval by Student's t."""
        if not np.isfinite(self.standard_error) or self.degrees < 1:
            return float("nan"), float("nan")
        half = float(stats.t.ppf((1 + confidence) / 2, self.degrees)) * self.standard_error
        return self.value - half, self.value + half

    def relative_half_width(self, confidence: float) -> float:
        """Half the interval over the estimate."""
        low, high = self.interval(confidence)
        return (high - low) / 2 / self.value if self.value else float("nan")


def degrees_of_freedom(strata: list[Stratum]) -> float:
    """Answers minus strata."""
    return float(sum(s.answered for s in strata) - sum(1 for s in strata if s.answered))


def total(strata: list[Stratum], of: str) -> Estimate:
    """Total of y or x over the strata: Σ N_h ȳ_h."""
    values = [getattr(s, of) for s in strata]
    sums = sum(s.expansion * float(v.sum()) for s, v in zip(strata, values, strict=True))
    variance = sum(s.total_variance(v) for s, v in zip(strata, values, strict=True))
    return Estimate(
        sums, float(np.sqrt(variance)), degrees_of_freedom(strata), _design_effect(strata, values, variance)
    )


def combined_ratio(strata: list[Stratum]) -> Estimate:
    """R = Σ N_h ȳ_h / Σ N_h x̄_h with the linearised variance of y − R x (Cochran 6.48)."""
    y, x = total(strata, "y"), total(strata, "x")
    if not x.value:
        return Estimate(float("nan"), float("nan"), degrees_of_freedom(strata))
    ratio = y.value / x.value
    residuals = [s.y - ratio * s.x for s in strata]
    variance = sum(s.total_variance(e) for s, e in zip(strata, residuals, strict=True))
    effect = _design_effect(strata, residuals, variance)
    return Estimate(ratio, float(np.sqrt(variance)) / x.value, degrees_of_freedom(strata), effect)


def separate_ratio_total(strata: list[Stratum], known_x: list[float]) -> Estimate:
    """Σ R_h X_h with known X_h (Cochran 6.44): better where ratios differ and samples are not small."""
    parts = [combined_ratio([s]) for s in strata]
    value = sum(part.value * x for part, x in zip(parts, known_x, strict=True))
    variance = sum((part.standard_error * x) ** 2 for part, x in zip(parts, known_x, strict=True))
    return Estimate(float(value), float(np.sqrt(variance)), degrees_of_freedom(strata))


def _design_effect(strata: list[Stratum], values: list[FloatArray], variance: float) -> float:
    """Variance over that of a simple random sample of as many answers (Kish 1965)."""
    n, population = sum(s.answered for s in strata), sum(s.ships for s in strata)
    if n < 2 or n >= population or not np.isfinite(variance):
        return float("nan")
    weights = np.concatenate([np.full(s.answered, s.expansion) for s in strata])
    pooled = np.concatenate(values)
    mean = np.average(pooled, weights=weights)
    spread = float(np.average(np.square(pooled - mean), weights=weights)) * n / (n - 1)
    simple = population**2 * (1 - n / population) * spread / n
    return variance / simple if simple > 0 else float("nan")
