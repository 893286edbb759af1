"""`lake model turnover-survey --mode plan`: how many ships of each stratum to ask."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from scipy import stats

from spark_jobs.models.frame import FloatArray, Frame, InputError, IntArray, Options, arrow
from spark_jobs.models.turnover_survey import allocation as a

TOTAL = "TOTAL"


def compute(frame: Frame, options: Options) -> pa.Table:
    """One row per stratum, then TOTAL."""
    size, mean = frame.number("ships"), frame.number("mean")
    sd, cost = frame.number("standard_deviation"), frame.number("cost")
    cost = np.where(np.isfinite(cost), cost, 1.0)
    ok = frame.usable
    sample = np.zeros(len(frame), dtype=np.int64)
    if ok.any():
        sample[ok] = _sizes(size[ok], mean[ok], sd[ok], cost[ok], options)
    return _table(frame, ok, sample, (size, mean, sd, cost), options)


def _sizes(size: FloatArray, mean: FloatArray, sd: FloatArray, cost: FloatArray, options: Options) -> IntArray:
    share = a.shares(size, sd, cost, options["allocation"])
    if options["size"] is not None:
        return a.whole_numbers(size, share, options["size"])
    if options["budget"] is not None:
        return a.whole_numbers(size, share, np.floor(a.size_for_budget(size, sd, cost, share, options["budget"])))
    target = _variance(size, mean, options)
    needed = a.size_for_variance(size, sd, share, target)
    sample = a.whole_numbers(size, share, needed)
    while a.variance_of_mean(size, sd, sample) > target * (1 + 1e-12) and (sample < size).any():
        gain = np.where(sample < size, np.square(size * sd) / (sample * (sample + 1.0)), -1.0)
        sample[int(np.argmax(gain))] += 1
    return sample


def _variance(size: FloatArray, mean: FloatArray, options: Options) -> float:
    """Variance of the mean that the wanted relative half-width allows."""
    overall = float(np.average(mean, weights=size))
    if overall == 0:
        raise InputError(
            "input: the mean over all strata is zero, so no relative precision can be aimed at; give --size"
        )
    z = float(stats.norm.ppf((1 + options["confidence"]) / 2))
    return (options["precision"] * abs(overall) / z) ** 2


def _table(
    frame: Frame, ok: np.ndarray, sample: IntArray, columns: tuple[FloatArray, ...], options: Options
) -> pa.Table:
    size, mean, sd, cost = columns
    drawn = np.ceil(sample / options["response_rate"] - 1e-9)
    drawn = np.minimum(np.where(ok, drawn, np.nan), size)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = sd * np.sqrt(np.maximum(1 / sample - 1 / size, 0.0))
    rows: list[dict[str, Any]] = [
        {
            "stratum": name, "ships": size[i], "sample_size": int(sample[i]), "ships_to_ask": int(drawn[i]),
            "weight": size[i] / drawn[i], "expected_mean": mean[i], "expected_standard_error": error[i],
            "cost": cost[i] * drawn[i], "reason": None,
        } if ok[i] else {"stratum": name, "reason": reason}
        for i, (name, reason) in enumerate(zip(frame.text("stratum"), frame.reasons, strict=True))
    ]  # fmt: skip
    if ok.any():
        rows.append(_total(size[ok], mean[ok], sd[ok], cost[ok], sample[ok], drawn[ok]))
    z = float(stats.norm.ppf((1 + options["confidence"]) / 2))
    for row in rows:
        value, se = row.get("expected_mean"), row.get("expected_standard_error")
        row["expected_relative_half_width"] = z * se / abs(value) if value and se is not None else np.nan
    return _arrow(rows)


def _total(
    size: FloatArray, mean: FloatArray, sd: FloatArray, cost: FloatArray, sample: IntArray, drawn: FloatArray
) -> dict[str, Any]:
    return {
        "stratum": TOTAL, "ships": size.sum(), "sample_size": int(sample.sum()), "ships_to_ask": int(drawn.sum()),
        "weight": size.sum() / drawn.sum(), "expected_mean": float(np.average(mean, weights=size)),
        "expected_standard_error": float(np.sqrt(max(a.variance_of_mean(size, sd, sample), 0.0))),
        "cost": float((cost * drawn).sum()), "reason": None,
    }  # fmt: skip


NUMBERS = ("ships", "weight", "expected_mean", "expected_standard_error", "expected_relative_half_width", "cost")


def _arrow(rows: list[dict]) -> pa.Table:
    out = {name: np.array([row.get(name, np.nan) for row in rows], dtype=np.float64) for name in NUMBERS}
    whole = {n: pa.array([row.get(n) for row in rows], pa.int64()) for n in ("sample_size", "ships_to_ask")}
    text = {n: np.array([row.get(n) for row in rows], dtype=object) for n in ("stratum", "reason")}
    return arrow({**out, **whole, **text})
