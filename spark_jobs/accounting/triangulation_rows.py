"""Rows of gold.triangulation: every pair of an enterprise-month's figures, its difference, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pyarrow as pa
from scipy import special

from spark_jobs.accounting.activity_model import activity_index, mean_log, modelled
from spark_jobs.accounting.triangulation import FIGURES, TESTS, Settings, Verdict, judge, settings
from spark_jobs.accounting.usual_difference import usual
from spark_jobs.models.interval import Z90, Z95

SCHEMA = pa.schema(
    [
        ("enterprise_code", pa.string()),
        ("sector", pa.string()),
        ("period_month", pa.string()),
        ("pair", pa.string()),
        ("checked_figure", pa.string()),
        ("evidence_figure", pa.string()),
        ("checked_co2_t", pa.float64()),
        ("evidence_co2_t", pa.float64()),
        ("relative_difference", pa.float64()),
        ("difference_rsu", pa.float64()),
        ("z", pa.float64()),
        ("p", pa.float64()),
        ("usual_difference", pa.float64()),
        ("month_z", pa.float64()),
        ("is_alarmed", pa.bool_()),
        ("alarm_tests", pa.string()),
        ("under_report_share", pa.float64()),
        ("under_report_rsu", pa.float64()),
        ("flag", pa.string()),
        ("advice_zh", pa.string()),
        ("metered_media", pa.string()),
        ("model_elasticity", pa.float64()),
        ("model_intercept", pa.float64()),
    ]
)
ADVICE = {
    "agrees": "两个数值在不确定度内一致。",
    "level": "两个数值长期相差超出不确定度：请核对核算范围、因子与计量覆盖范围。",
    "statement_month": "本月自报二氧化碳低于其能源报表所示：请核对排放报表的口径、因子和漏填品种。",
    "report_month": "本月能源报表低于计量或运输活动所示：请核对当月能源台账、购入凭证和漏报品种。",
    "statement_lasting": "自报二氧化碳较以往持续偏低：请核对核算方法是否变更并要求说明。",
    "report_lasting": "能源报表较以往持续低于运输活动或计量所示：请安排现场核查计量、外购与转供。",
}
_SUSPECT = Z90  # one-sided 5 %: a pair supports an alarm when it lies this far below what is usual


@dataclass(frozen=True)
class Figures:
    """Matrices (enterprises, months): t of CO2 and relative standard uncertainty, by name of FIGURES; their axes.

    media: those that the metered figure stands on, comma-separated. elasticity, intercept: the modelled figure is
    exp(intercept + elasticity × mean logarithm of the month's activities).
    """

    enterprises: tuple[str, ...]
    sector: np.ndarray
    months: tuple[str, ...]
    co2_t: dict[str, np.ndarray]
    rsu: dict[str, np.ndarray]
    media: np.ndarray
    elasticity: np.ndarray
    intercept: np.ndarray


def figures(known: pa.Table, activity: pa.Table, modelled_rsu: float, rules: Settings | None = None) -> Figures:
    """Lay figures out as matrices and add the modelled one.

    known, grain enterprise × month × figure (reported, computed, metered): enterprise_code, sector, period_month,
    figure, co2_t, rsu (relative, k=1), media (of a metered figure). activity, grain enterprise × month × activity type:
    enterprise_code, period_month, activity_type, quantity. modelled_rsu: stated relative standard uncertainty of a
    model. Months are all from the first to the last, so that a hole is a hole.
    """
    rules = rules or settings()
    of = dict(zip(known["enterprise_code"].to_pylist(), known["sector"].to_pylist(), strict=True))
    codes = tuple(sorted(of))
    months = _months(sorted(set(known["period_month"].to_pylist())))
    sector = np.array([of[c] for c in codes], dtype=object)
    shape = (len(codes), len(months))
    place = {c: i for i, c in enumerate(codes)}, {m: j for j, m in enumerate(months)}
    co2 = {name: np.full(shape, np.nan) for name in FIGURES}
    rsu = {name: np.full(shape, np.nan) for name in FIGURES}
    media = np.full(shape, "", dtype=object)
    for row in known.to_pylist():
        at = place[0][row["enterprise_code"]], place[1][row["period_month"]]
        if row["co2_t"] is not None and row["co2_t"] > 0:
            co2[row["figure"]][at], rsu[row["figure"]][at] = row["co2_t"], row["rsu"]
            media[at] = row["media"] or media[at]
    quantities = _quantities(activity, place, shape)
    expected = modelled(co2["computed"], activity_index(quantities), sector, rules.peers_least)
    co2["modelled"] = expected.emission
    rsu["modelled"] = np.where(np.isfinite(expected.emission), modelled_rsu, np.nan)
    intercept = np.log(expected.emission) - expected.elasticity * mean_log(quantities)
    return Figures(codes, sector, months, co2, rsu, media, expected.elasticity, intercept)


def _quantities(activity: pa.Table, place: tuple[dict[str, int], dict[str, int]], shape: tuple[int, int]) -> np.ndarray:
    types = sorted(set(activity["activity_type"].to_pylist()))
    out = np.full((max(len(types), 1), *shape), np.nan)
    for row in activity.to_pylist():
        enterprise, month = place[0].get(row["enterprise_code"]), place[1].get(row["period_month"])
        if enterprise is not None and month is not None:
            out[types.index(row["activity_type"]), enterprise, month] = row["quantity"]
    return out


def _months(seen: list[str]) -> tuple[str, ...]:
    """All months from the first to the last."""
    if not seen:
        return ()
    first, last = (int(m[:4]) * 12 + int(m[5:]) - 1 for m in (seen[0], seen[-1]))
    return tuple(f"{i // 12:04d}-{i % 12 + 1:02d}" for i in range(first, last + 1))


def triangulate(found: Figures, rules: Settings | None = None) -> pa.Table:
    """Rows (SCHEMA), grain enterprise × month × pair, for pairs of which both figures are there.

    relative_difference = checked ÷ evidence − 1; difference_rsu is its relative standard uncertainty from both stated
    ones; z standardises it, p is the chance of so low a value (one-sided, under-report). usual_difference and month_z:
    what is usual between the two for this enterprise, and how far the month is from it, in standard deviations.
    is_alarmed holds for the enterprise-month as a whole (alarm_tests: which); under_report_share and its uncertainty
    are what the strongest of these tests estimates. flag: alarm where this pair supports it, level where the stated
    uncertainties do not cover the difference, else empty.
    """
    rules = rules or settings()
    if not found.enterprises:
        return SCHEMA.empty_table()
    verdict = judge(found.co2_t, found.sector, rules)
    parts = [_pair(found, verdict, a, b, rules) for a, b in combinations(FIGURES, 2)]
    return pa.concat_tables(parts).sort_by(
        [("period_month", "ascending"), ("enterprise_code", "ascending"), ("pair", "ascending")]
    )


def _pair(found: Figures, verdict: Verdict, checked: str, evidence: str, rules: Settings) -> pa.Table:
    a, b = found.co2_t[checked], found.co2_t[evidence]
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = np.log(a) - np.log(b)
    rsu = np.hypot(found.rsu[checked], found.rsu[evidence])
    own = usual(gap, found.sector, rules)
    e, m = np.nonzero(np.isfinite(gap))
    z, month_z = gap[e, m] / rsu[e, m], own.residual[e, m] / own.sigma[e]
    fired = verdict.z[:, e, m] > verdict.limit[:, e, m]
    best = np.argmax(np.where(fired, verdict.z[:, e, m] - verdict.limit[:, e, m], -np.inf), axis=0)
    alarmed = fired.any(axis=0)
    supports = (
        alarmed & ((np.nan_to_num(month_z) < -_SUSPECT) | (best >= len(TESTS) // 2)) & _tells(best, checked, evidence)
    )
    flag = np.where(supports, "alarm", np.where(np.abs(z) > Z95, "level", ""))
    key = np.where(supports, np.array(TESTS)[best], np.where(flag == "level", "level", "agrees"))
    rows = np.arange(len(e))
    columns = {
        "enterprise_code": np.array(found.enterprises, dtype=object)[e], "sector": found.sector[e],
        "period_month": np.array(found.months, dtype=object)[m], "pair": [f"{checked}_{evidence}"] * len(e),
        "checked_figure": [checked] * len(e), "evidence_figure": [evidence] * len(e), "checked_co2_t": a[e, m],
        "evidence_co2_t": b[e, m], "relative_difference": np.expm1(gap[e, m]), "difference_rsu": rsu[e, m], "z": z,
        "p": special.ndtr(z), "usual_difference": np.expm1(own.centre[e, m]), "month_z": month_z,
        "is_alarmed": alarmed,
        "alarm_tests": [",".join(t for t, f in zip(TESTS, fired[:, i], strict=True) if f) for i in rows],
        "under_report_share": np.where(alarmed, -np.expm1(-verdict.deficit[best, e, m]), np.nan),
        "under_report_rsu": np.where(alarmed, verdict.spread[best, e, m], np.nan),
        "flag": flag, "advice_zh": [ADVICE[k] for k in key],
        "metered_media": found.media[e, m] if "metered" in (checked, evidence) else [""] * len(e),
        "model_elasticity": found.elasticity[e, m] if evidence == "modelled" else np.full(len(e), np.nan),
        "model_intercept": found.intercept[e, m] if evidence == "modelled" else np.full(len(e), np.nan),
    }  # fmt: skip
    arrays = [pa.array(columns[f.name], f.type, from_pandas=pa.types.is_floating(f.type)) for f in SCHEMA]
    return pa.table(arrays, schema=SCHEMA)


def _tells(best: np.ndarray, checked: str, evidence: str) -> np.ndarray:
    """Whether a pair can show what the strongest test found: a claim against what it should agree with."""
    of_statement = np.array([t.startswith("statement") for t in TESTS])[best]
    against_evidence = checked in ("reported", "computed") and evidence in ("metered", "modelled")
    return np.where(of_statement, checked == "reported", against_evidence)
