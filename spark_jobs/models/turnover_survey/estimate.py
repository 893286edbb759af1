"""`lake model turnover-survey --mode estimate`: CO2 intensity and totals from the answers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from spark_jobs.models.frame import BoolArray, Frame, Options, arrow
from spark_jobs.models.turnover_survey.estimators import Estimate, Stratum, combined_ratio, separate_ratio_total, total

TOTAL = "TOTAL"
GRAMS_PER_TONNE = 1e6
FIGURES = ("intensity_g_per_tnm", "co2_t", "turnover_tnm", "combined_ratio_co2_t", "separate_ratio_co2_t")
NUMBERS = (
    "ships",
    "drawn",
    "answered",
    "response_rate",
    *(f"{figure}{part}" for figure in FIGURES for part in ("", "_se", "_low", "_high")),
    "design_effect",
    "achieved_relative_half_width",
    "planned_relative_half_width",
)


def compute(frame: Frame, options: Options) -> pa.Table:
    """Per stratum and TOTAL: expanded totals and the ratio of CO2 to turnover, each with error and interval."""
    strata, known_x = _strata(frame, options)
    rows = [_row(s.name, [s], [known_x.get(s.name)], options) for s in strata]
    usable = [s for s in strata if s.answered]
    if usable:
        rows.append(_row(TOTAL, usable, [known_x.get(s.name) for s in usable], options))
        if len(usable) < len(strata):
            rows[-1]["reason"] = "strata without answers are left out of the total"
    rows += _refused(frame)
    return arrow(
        {n: np.array([r.get(n) for r in rows], dtype=object) for n in ("stratum", "reason")}
        | {n: np.array([r.get(n, np.nan) for r in rows], dtype=np.float64) for n in NUMBERS}
    )


def _answered(frame: Frame) -> BoolArray:
    return np.isfinite(frame.number("co2_t")) & np.isfinite(frame.number("turnover_tnm")) & frame.usable


def _strata(frame: Frame, options: Options) -> tuple[list[Stratum], dict[str, float]]:
    """Strata in order of name, and known turnover by stratum where the strata file gives it."""
    names, weight = frame.text("stratum"), frame.number("weight")
    y, x, answered, usable = frame.number("co2_t"), frame.number("turnover_tnm"), _answered(frame), frame.usable
    sizes, known_x = _frame_totals(options)
    out = []
    for name in sorted({n for n, ok in zip(names, usable, strict=True) if ok}):
        rows = (names == name) & usable
        drawn = int(rows.sum())
        expanded = np.where(np.isfinite(weight[rows]), weight[rows], 1.0).sum()
        out.append(Stratum(name, max(sizes.get(name, expanded), drawn), drawn, y[rows & answered], x[rows & answered]))
    return out, known_x


def _frame_totals(options: Options) -> tuple[dict[str, float], dict[str, float]]:
    if options["strata"] is None:
        return {}, {}
    frame = options.frame("strata")
    names, ships, turnover = frame.text("stratum"), frame.number("ships"), frame.number("turnover_total_tnm")
    known = frame.usable
    return (
        {n: v for n, v, ok in zip(names, ships, known, strict=True) if ok},
        {n: v for n, v, ok in zip(names, turnover, known, strict=True) if ok and np.isfinite(v)},
    )


def _row(name: str, strata: list[Stratum], known_x: list[float | None], options: Options) -> dict:
    drawn, answered = sum(s.drawn for s in strata), sum(s.answered for s in strata)
    row = {
        "stratum": name, "reason": None, "ships": sum(s.ships for s in strata), "drawn": drawn, "answered": answered,
        "response_rate": answered / drawn if drawn else np.nan,
    }  # fmt: skip
    if not answered:
        return {**row, "reason": "no ship of the stratum answered"}
    ratio = combined_ratio(strata)
    row |= _figures("co2_t", total(strata, "y"), options) | _figures("turnover_tnm", total(strata, "x"), options)
    scaled = Estimate(ratio.value * GRAMS_PER_TONNE, ratio.standard_error * GRAMS_PER_TONNE, ratio.degrees)
    row |= _figures("intensity_g_per_tnm", scaled, options)
    row["design_effect"] = ratio.design_effect
    row["achieved_relative_half_width"] = ratio.relative_half_width(options["confidence"])
    row["planned_relative_half_width"] = options["precision"]
    if all(x is not None for x in known_x):
        known = [float(x or 0) for x in known_x]
        combined = Estimate(ratio.value * sum(known), ratio.standard_error * sum(known), ratio.degrees)
        row |= _figures("combined_ratio_co2_t", combined, options)
        row |= _figures("separate_ratio_co2_t", separate_ratio_total(strata, known), options)
    if not np.isfinite(ratio.standard_error):
        row["reason"] = "one answer only: no standard error"
    return row


def _figures(name: str, estimate: Estimate, options: Options) -> dict[str, float]:
    low, high = estimate.interval(options["confidence"])
    return {name: estimate.value, f"{name}_se": estimate.standard_error, f"{name}_low": low, f"{name}_high": high}


def _refused(frame: Frame) -> list[dict]:
    """One row per stratum and reason of ships that could not be used, so that none is lost."""
    counts: dict[tuple[str | None, str], int] = {}
    for name, reason in zip(frame.text("stratum"), frame.reasons, strict=True):
        if reason is not None:
            counts[name, reason] = counts.get((name, reason), 0) + 1
    return [{"stratum": name, "reason": reason, "drawn": count} for (name, reason), count in counts.items()]
