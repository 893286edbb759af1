"""The carbon intensity indicator: reference line, required value, boundaries (MEPC.338/352/353/354/400)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from factor_library.library import library
from spark_jobs.models.frame import BoolArray, FloatArray
from spark_jobs.models.shipping.ship_types import SHIP_TYPES

RATINGS = np.array(["A", "B", "C", "D", "E"], dtype=object)
HIGH_SPEED = "high_speed_ro_pax_ship"


@dataclass(frozen=True)
class Line:
    """One row of the reference-line table: a × capacity^(−c) for ships between two sizes.

    ``measure`` is what attained CII divides by (DWT or GT); ``fixed`` replaces it in the line only.
    """

    a: float
    c: float
    measure: str
    fixed: float | None
    low: float
    high: float
    high_speed: bool


def _size(text: str) -> float:
    return float(text.replace(",", ""))


def size_band(condition: str | None) -> tuple[float, float]:
    """``">=65,000 DWT"`` → (65000, inf); ``"65,000-100,000 DWT"`` → (65000, 100000); no size → (0, inf)."""
    numbers = re.findall(r"\d[\d,]*", condition or "")
    if not numbers:
        return 0.0, float("inf")
    if (condition or "").startswith(">="):
        return _size(numbers[0]), float("inf")
    if (condition or "").startswith("<"):
        return 0.0, _size(numbers[0])
    return _size(numbers[0]), _size(numbers[1])


@cache
def lines(cii_type: str) -> tuple[Line, ...]:
    """Reference lines of an IMO ship type, from the factor library."""
    rows = [r for r in _rows() if r["table"] == "reference line" and r["ship_type"] == cii_type]
    measure = "GT" if any("GT" in (r["capacity"] + (r["condition"] or "")) for r in rows) else "DWT"
    return tuple(_line(row, measure) for row in rows)


def _line(row: dict, measure: str) -> Line:
    low, high = size_band(row["condition"])
    fixed = re.match(r"[\d,]+", row["capacity"])
    return Line(
        row["a"],
        row["c"],
        measure,
        _size(fixed.group()) if fixed else None,
        low,
        high,
        "HSC" in (row["condition"] or ""),
    )


@cache
def _rows() -> list[dict]:
    return library().table("ship_cii").to_pylist()


@cache
def reduction_percent() -> dict[int, float]:
    """Year → Z, per cent below the 2019 line (MEPC.338(76), MEPC.400(83))."""
    return {int(r["year"]): r["Z"] for r in _rows() if r["table"].startswith("reduction factor")}


@cache
def boundaries(cii_type: str) -> tuple[tuple[float, float, tuple[float, float, float, float]], ...]:
    """(low, high, exp(d1..d4)) by size; the table prints exp(d): do not exponentiate again."""
    rows = [r for r in _rows() if r["table"].startswith("rating boundary") and r["ship_type"] == cii_type]
    return tuple((*size_band(r["condition"]), (r["d1"], r["d2"], r["d3"], r["d4"])) for r in rows)


def capacity_measure(ship_type: str) -> str:
    """DWT or GT: what the attained CII of the type divides by."""
    return lines(SHIP_TYPES[ship_type].cii)[0].measure


def reference(ship_type: str, capacity: FloatArray) -> FloatArray:
    """Reference CII of 2019, g CO2/(t·nm) or g/(GT·nm), for capacities (DWT or GT by type); NaN where unknown."""
    out = np.full(len(capacity), np.nan)
    chosen = [n for n in lines(SHIP_TYPES[ship_type].cii) if n.high_speed == (ship_type == HIGH_SPEED)]
    for line in chosen:
        where = (capacity > 0) & (capacity >= line.low) & (capacity < line.high)
        size = capacity[where] if line.fixed is None else np.full(int(where.sum()), line.fixed)
        out[where] = line.a * size ** (-line.c)
    return out


def boundary_factors(ship_type: str, capacity: FloatArray) -> FloatArray:
    """exp(d1..d4) per ship, shape (rows, 4)."""
    out = np.full((len(capacity), 4), np.nan)
    for low, high, factors in boundaries(SHIP_TYPES[ship_type].cii):
        out[(capacity >= low) & (capacity < high)] = factors
    return out


def required(reference_cii: FloatArray, year: FloatArray) -> FloatArray:
    """Required CII = (1 − Z/100) × reference; NaN for years without a published Z."""
    z = reduction_percent()
    percent = np.array([z.get(int(y), np.nan) if np.isfinite(y) else np.nan for y in year])
    return (1 - percent / 100) * reference_cii


def rating(attained: FloatArray, bounds: FloatArray, known: BoolArray) -> np.ndarray:
    """A to E by the four boundaries (a value on a boundary takes the worse letter); None where unknown."""
    above = (attained[:, None] >= bounds).sum(axis=1)
    out = RATINGS[above].astype(object)
    out[~known] = None
    return out
