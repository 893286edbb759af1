"""`lake model cii`: attained and required carbon intensity, rating and boundaries of a ship-year."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from spark_jobs.models.emission import emissions
from spark_jobs.models.frame import FloatArray, Frame, Options, arrow, choose
from spark_jobs.models.interval import combined, lognormal_95
from spark_jobs.models.shipping import settings as s
from spark_jobs.models.shipping.cii_lines import (
    boundary_factors,
    capacity_measure,
    rating,
    reduction_percent,
    reference,
    required,
)
from spark_jobs.models.shipping.fuels import FUEL_SET, FUELS, any_reported, reported_t
from spark_jobs.models.shipping.ship_types import SHIP_TYPES

GRAMS_PER_KG, KG_PER_TONNE = 1000.0, 1000.0


def compute(frame: Frame, options: Options) -> pa.Table:
    """One row per input row, same order."""
    kinds = frame.text("ship_type")
    deadweight, gross = frame.number("deadweight_t"), frame.number("gross_tonnage")
    distance, year = frame.number("distance_nm"), frame.number("year")
    fuel_t = reported_t(frame)
    _refuse(frame, kinds, fuel_t, distance, year)
    capacity, line, factors = _by_type(frame, kinds, deadweight, gross)
    usable = frame.usable
    emission = emissions({code: np.where(usable, tonnes, np.nan) for code, tonnes in fuel_t.items()}, FUEL_SET, "t")
    grams = emission.co2_kg * GRAMS_PER_KG
    with np.errstate(divide="ignore", invalid="ignore"):
        attained = _attained(frame, emission.co2_kg, capacity, distance)
        per_nm = emission.co2_kg / distance
        aer, cgdist = grams / (deadweight * distance), grams / (gross * distance)
        eeoi = grams / _transport_work(frame, distance)
    needed = np.where(usable, required(line, year), np.nan)
    bounds = needed[:, None] * factors
    low, high = lognormal_95(attained, combined(s.SD_FACTOR.value, emission.factor_sd))
    return arrow(
        {
            "ship_id": frame.text("ship_id"),
            "year": frame.table["year"],
            "capacity": np.where(usable, capacity, np.nan),
            "capacity_unit": np.array(
                [None if not ok else capacity_measure(k) for k, ok in zip(kinds, usable, strict=True)], object
            ),
            "attained": attained,
            "attained_low_95": low,
            "attained_high_95": high,
            "required": needed,
            "reference": np.where(usable, line, np.nan),
            "rating": rating(attained, bounds, np.isfinite(attained) & np.isfinite(needed)),
            **{f"boundary_{n + 1}": bounds[:, n] for n in range(4)},
            "co2_t": emission.co2_kg / KG_PER_TONNE,
            "co2_kg_per_nm": per_nm,
            "aer_g_per_dwtnm": aer,
            "cgdist_g_per_gtnm": cgdist,
            "eeoi_g_per_tnm": eeoi,
            "tier": choose(usable, "1 reported fuel"),
            "factor_ids": emission.factor_ids,
            "reason": frame.reasons,
        }
    )


def _attained(frame: Frame, co2_kg: FloatArray, capacity: FloatArray, distance: FloatArray) -> FloatArray:
    """CO2 over capacity and distance, less what MEPC.355(78) lets a ship leave out, as the reporter reckoned it."""
    counted_kg = co2_kg - np.nan_to_num(frame.number("excluded_co2_t")) * KG_PER_TONNE
    counted_nm = distance - np.nan_to_num(frame.number("excluded_distance_nm"))
    correction = frame.number("capacity_correction")
    size = capacity * np.where(np.isfinite(correction), correction, 1.0)
    return np.where((counted_kg >= 0) & (counted_nm > 0), counted_kg * GRAMS_PER_KG / (size * counted_nm), np.nan)


def _transport_work(frame: Frame, distance: FloatArray) -> FloatArray:
    """t·nm as reported, else cargo × distance; NaN where neither is known or it is zero."""
    reported, cargo = frame.number("transport_work_tnm"), frame.number("cargo_t")
    work = np.where(np.isfinite(reported), reported, cargo * distance)
    return np.where(work > 0, work, np.nan)


def _refuse(
    frame: Frame, kinds: np.ndarray, fuel_t: dict[str, FloatArray], distance: FloatArray, year: FloatArray
) -> None:
    frame.refuse(~any_reported(fuel_t), f"no fuel: give at least one of {', '.join(f'{code}_t' for code in FUELS)}")
    frame.refuse(distance == 0, "distance_nm: zero, so no intensity per distance")
    left_out = np.nan_to_num(frame.number("excluded_distance_nm"))
    frame.refuse((left_out > 0) & (left_out >= distance), "excluded_distance_nm: not less than distance_nm")
    z = reduction_percent()
    frame.refuse(~np.isin(year, list(z)), f"year: no published reduction factor; known are {min(z)} to {max(z)}")
    proxy = np.array([kind is not None and SHIP_TYPES[kind].cii_proxy for kind in kinds], dtype=np.bool_)
    frame.refuse(proxy, "ship_type: the CII regulation does not cover this type")


def _by_type(
    frame: Frame, kinds: np.ndarray, deadweight: FloatArray, gross: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Capacity in the type's measure, reference CII, exp(d1..d4)."""
    rows = len(frame)
    capacity, line, factors = np.full(rows, np.nan), np.full(rows, np.nan), np.full((rows, 4), np.nan)
    for kind in dict.fromkeys(k for k in kinds if k is not None):
        where = kinds == kind
        measure = capacity_measure(kind)
        capacity[where] = (gross if measure == "GT" else deadweight)[where]
        line[where] = reference(kind, capacity[where])
        factors[where] = boundary_factors(kind, capacity[where])
        column = "gross_tonnage" if measure == "GT" else "deadweight_t"
        frame.refuse(where & ~np.isfinite(capacity), f"{column}: missing; it is the capacity of a {kind}")
    return capacity, line, factors
