"""Triangulation: do the figures that an enterprise-month has agree, and does it report less than the evidence says?

Two of an enterprise's figures are its own claims (its CO2 statement; what is computed from the fuel and power it
reports), two are evidence (its meters; a model from its activity). Figures differ for lasting reasons (another factor,
meters on a part) and by chance from month to month. A lasting difference is judged against both stated uncertainties;
an under-report against the enterprise's own usual difference and its scatter.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from pathlib import Path

import numpy as np
import yaml
from scipy import special

from spark_jobs.accounting.alarm_budget import critical_values
from spark_jobs.accounting.scatter import as_normal
from spark_jobs.accounting.usual_difference import Usual, lasting_change, usual

FIGURES = ("reported", "computed", "metered", "modelled")
# What each kind of under-report moves the other figures by against the computed one, per unit of it.
DIRECTIONS = {"statement": {"reported": -1.0, "metered": 0.0, "modelled": 0.0},
              "report": {"reported": 0.0, "metered": 1.0, "modelled": 1.0}}  # fmt: skip
OTHERS = ("reported", "metered", "modelled")
_MONTH_TESTS = 2  # the first of them
_ROUNDS = 2
_PAIRS_LEAST = 24  # months of both figures in a sector before what they have in common is estimated
_MOST_SHARED = 0.9  # of the smallest variance: chance of the other figure is never nothing
TESTS = ("statement_month", "report_month", "statement_lasting", "report_lasting")


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of triangulation.yaml; their reasons stand there."""

    false_alarm_share: float
    month_under_report: float
    lasting_under_report: float
    lasting_months: int
    lasting_months_least: int
    months_least: int
    scatter_least: float
    clip_scatters: float
    doubt_above: float
    metered_hours_share_least: float
    peers_least: int


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings; raises TypeError where one is missing or unknown."""
    path = Path(__file__).with_name("triangulation.yaml")
    return Settings(**yaml.safe_load(path.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Arrays (tests, enterprises, months) in the order of TESTS: `z` (standard normal where nothing is wrong), `limit`
    (its critical value), `deficit` (estimated under-report, of the logarithm), `spread` (its standard uncertainty);
    NaN where a test cannot be made. `alarm` (enterprises, months): any z beyond its limit. `usual`: by figure."""

    z: np.ndarray
    limit: np.ndarray
    alarm: np.ndarray
    deficit: np.ndarray
    spread: np.ndarray
    usual: dict[str, Usual]


def judge(figures: dict[str, np.ndarray], sector: np.ndarray, rules: Settings | None = None) -> Verdict:
    """Test every enterprise-month for an under-report, of this month or lasting.

    figures: by name of FIGURES, shape (enterprises, months in order without a hole), in one unit, NaN where there is
    none; computed must be there for a month to be judged. sector: one per enterprise; sectors share what is learnt
    about scatter. Over all tests, at most `false_alarm_share` of honest enterprise-months are alarmed.
    """
    rules = rules or settings()
    found = _judge(figures, sector, rules)
    for _ in range(_ROUNDS):  # months that stand out must not widen the scatter by which all others are judged
        doubted = np.any(found.z[:_MONTH_TESTS] > rules.doubt_above, axis=0)
        found = _judge(figures, sector, rules, doubted, float(special.ndtr(-rules.doubt_above)))
    return found


def _judge(
    figures: dict[str, np.ndarray],
    sector: np.ndarray,
    rules: Settings,
    doubted: np.ndarray | None = None,
    cut: float = 0.0,
) -> Verdict:
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = {name: np.log(figures[name]) - np.log(figures["computed"]) for name in OTHERS}
    known = {name: usual(gap[name], sector, rules, doubted, cut) for name in OTHERS}
    shared = _shared_noise(known, sector)
    found = [_directed(known, shared, moves, rules) for moves in DIRECTIONS.values()]
    deficit, spread = (np.stack([f[i] for f in found] + [f[i + 2] for f in found]) for i in (0, 1))
    freedom = np.stack([f[4] for f in found] * 2)
    sought = np.array([rules.month_under_report] * 2 + [rules.lasting_under_report] * 2)[:, None, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        z = as_normal(deficit / spread, freedom)
        shift = np.where(np.isfinite(deficit), -np.log1p(-sought) / spread, np.nan)
    limit = critical_values(shift.reshape(len(TESTS), -1), rules.false_alarm_share).reshape(shift.shape)
    return Verdict(z, limit, np.any(z > limit, axis=0), deficit, spread, known)


def _shared_noise(known: dict[str, Usual], sector: np.ndarray) -> np.ndarray:
    """Variance of chance in the computed figure, by enterprise: what the differences of two others from it have in
    common. The robust covariance of a pair is a quarter of the variance of its sum less that of its difference."""
    total, weight = np.zeros(len(sector)), np.zeros(len(sector))
    for one, other in combinations(OTHERS, 2):
        plus, minus = known[one].gap + known[other].gap, known[one].gap - known[other].gap
        for name in np.unique(sector):
            of = sector == name
            months = np.isfinite(plus[of]).sum()
            if months >= _PAIRS_LEAST:
                value = (_step_variance(plus[of]) - _step_variance(minus[of])) / 4
                total[of] += value * months
                weight[of] += months
    return np.maximum(np.divide(total, weight, out=np.zeros_like(total), where=weight > 0), 0.0)


def _step_variance(gap: np.ndarray) -> float:
    """Robust variance of one month from the steps between neighbouring months."""
    steps = np.diff(gap, axis=1)
    return float((np.median(np.abs(steps[np.isfinite(steps)])) / special.ndtri(0.75)) ** 2 / 2)


def _directed(
    known: dict[str, Usual], shared: np.ndarray, moves: dict[str, float], rules: Settings
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Best linear estimate of an under-report in one direction: of the month and its standard deviation, of the lasting
    change and its standard deviation, and degrees of freedom; by generalised least squares on the figures there are."""
    variance = np.stack([known[n].sigma ** 2 for n in OTHERS])
    common = np.minimum(shared, _MOST_SHARED * np.nanmin(np.where(np.isnan(variance), np.inf, variance), axis=0))
    residual = np.stack([known[n].residual for n in OTHERS])
    there = np.isfinite(residual)
    weight, precision = _gls(there, variance, common, np.array([moves[n] for n in OTHERS]))
    months = np.stack([known[n].months for n in OTHERS])[:, :, None]
    own = np.where(
        there, residual * (months - 1) / np.maximum(months, 1), 0.0
    )  # against all months, its own among them
    used = np.abs(weight) * there
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.where(precision > 0, precision, np.nan)
        estimate = (weight * np.where(there, residual, 0.0)).sum(axis=0) / precision
        inflation = (used * np.where(months > 1, months / (months - 1), 1.0)).sum(axis=0) / used.sum(axis=0)
        freedom = (used * np.stack([known[n].freedom for n in OTHERS])[:, :, None]).sum(axis=0) / used.sum(axis=0)
        alone = 1.0 / np.sqrt(precision)
        change, spread = lasting_change((weight * own).sum(axis=0) / precision, alone, rules)
    return estimate, alone * np.sqrt(inflation), change, spread, freedom


def _gls(there: np.ndarray, variance: np.ndarray, common: np.ndarray, h: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """h' V^-1 and h' V^-1 h for V = diag(own) + common 11' (Sherman and Morrison); shapes (3, E, M) and (E, M)."""
    own = np.where(there, (variance - common)[:, :, None], np.inf)
    inverse = np.where(there, 1.0 / own, 0.0)
    c = common[None, :, None]
    down = c / (1.0 + c * inverse.sum(axis=0, keepdims=True))
    hv = h[:, None, None] * inverse
    weight = hv - inverse * (hv.sum(axis=0, keepdims=True) * down)
    return weight, (weight * h[:, None, None]).sum(axis=0)
