"""`lake model shipping-year`: CO2 per nautical mile of a ship-year from particulars alone.

Two pieces of evidence are joined as a weighted geometric mean: the CII reference line, which is the median regression
of what the world fleet reported for 2019 (MEPC.353(78)), and the power model of the Fourth IMO GHG Study with the power
and speed of MEPC.333(76), brought to the lines' level. One alone serves where the other cannot be had.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from spark_jobs.models.emission import emissions, gases
from spark_jobs.models.frame import BoolArray, FloatArray, Frame, Options, arrow, choose
from spark_jobs.models.interval import Z95
from spark_jobs.models.shipping import settings as s
from spark_jobs.models.shipping.cii_lines import boundary_factors, capacity_measure, reference
from spark_jobs.models.shipping.fuels import FUEL_SET
from spark_jobs.models.shipping.particulars import Particulars, particulars, reference_power_speed
from spark_jobs.models.shipping.ship_types import SHIP_TYPES
from spark_jobs.models.shipping.typical import typical_speed_kn, year_fuel_per_nm

KG_PER_TONNE, GRAMS_PER_KG = 1000.0, 1000.0
BASE_YEAR = 2019
Z85 = 1.0364333894937898  # 85 % quantile of the standard normal distribution: d1 and d4 are 15 % and 85 % quantiles


def compute(frame: Frame, options: Options) -> pa.Table:
    """One row per input row, same order."""
    ships = particulars(frame)
    distance, hours = frame.number("distance_nm"), frame.number("hours_under_way")
    with np.errstate(divide="ignore", invalid="ignore"):
        own_speed = np.where(hours > 0, distance / hours, np.nan)
    frame.refuse(own_speed > s.MAX_SPEED.value, "distance_nm over hours_under_way is faster than any ship")
    assumed = np.isfinite(ships.gross_tonnage) & ~np.isfinite(frame.number("gross_tonnage"))
    line, sd_low, sd_high = _line(ships, assumed)
    built_up, typical = _built_up(ships)
    per_nm = _joined(line, built_up) * _speed_factor(ships, own_speed, typical) * _trend(frame)
    per_nm = np.where(np.isfinite(per_nm), per_nm, np.nan)
    frame.refuse(~np.isfinite(per_nm) & frame.usable, _missing(ships))
    per_nm = np.where(frame.usable, per_nm, np.nan)
    fuel_t = per_nm / _co2_kg_per_t(ships) * distance
    emission = emissions(_by_code(ships, fuel_t), FUEL_SET, "t")
    return arrow(
        {
            "ship_id": frame.text("ship_id"),
            "co2_kg_per_nm": per_nm,
            "co2_low_95_kg_per_nm": per_nm * np.exp(-Z95 * sd_low),
            "co2_high_95_kg_per_nm": per_nm * np.exp(Z95 * sd_high),
            "fuel_kg_per_nm": per_nm / _co2_kg_per_t(ships) * KG_PER_TONNE,
            "fuel_t": fuel_t,
            "co2_t": emission.co2_kg / KG_PER_TONNE,
            "speed_kn": np.where(frame.usable, np.where(np.isfinite(own_speed), own_speed, typical), np.nan),
            "tier": _tier(frame, line, own_speed, assumed),
            "factor_ids": _factor_ids(ships, frame.usable),
            "reason": frame.reasons,
        }
    )


def _line(ships: Particulars, assumed: BoolArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """CO2 per nm of the 2019 median (kg/nm), and the lower and upper standard deviation of its logarithm."""
    rows = len(ships.ship_type)
    line, low, high = np.full(rows, np.nan), np.full(rows, np.nan), np.full(rows, np.nan)
    for kind in dict.fromkeys(k for k in ships.ship_type if k is not None):
        where = ships.ship_type == kind
        size = (ships.gross_tonnage if capacity_measure(kind) == "GT" else ships.deadweight_t)[where]
        line[where] = reference(kind, size) * size / GRAMS_PER_KG
        factors = boundary_factors(kind, np.where(np.isfinite(size), size, 0.0))
        proxy = s.SD_PROXY.value if SHIP_TYPES[kind].cii_proxy else 0.0
        unsure = ~np.isfinite(size) | (assumed[where] & (capacity_measure(kind) == "GT"))
        extra = s.SD_TRANSFER.value**2 + proxy**2 + np.where(unsure, s.SD_PARTICULARS.value**2, 0.0)
        low[where] = np.sqrt((np.log(factors[:, 0]) / Z85) ** 2 + extra)
        high[where] = np.sqrt((np.log(factors[:, 3]) / Z85) ** 2 + extra)
    return line, low, high


def _built_up(ships: Particulars) -> tuple[FloatArray, FloatArray]:
    """CO2 per nm (kg/nm) by the power model at the typical speed, and that speed (kn)."""
    _, mean_speed = reference_power_speed(ships.ship_type, ships.deadweight_t, ships.gross_tonnage)
    speed = typical_speed_kn(ships, np.where(np.isfinite(mean_speed), mean_speed, ships.reference_speed_kn))
    return year_fuel_per_nm(ships, speed) * _co2_kg_per_t(ships) / s.BUILT_UP_LEVEL.value, speed


def _joined(line: FloatArray, built_up: FloatArray) -> FloatArray:
    weight = s.LINE_WEIGHT.value
    both = np.exp(weight * np.log(line) + (1 - weight) * np.log(built_up))
    return np.where(np.isfinite(both), both, np.where(np.isfinite(line), line, built_up))


def _speed_factor(ships: Particulars, own_speed: FloatArray, typical: FloatArray) -> FloatArray:
    """How much more or less a mile takes at the ship's own speed than at the typical one, damped and bounded."""
    low, high = s.SPEED_BOUND.value, 1 / s.SPEED_BOUND.value
    ratio = np.clip(own_speed / typical, low, high)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = year_fuel_per_nm(ships, ratio * typical) / year_fuel_per_nm(ships, typical)
    return np.where(np.isfinite(factor), factor, 1.0) ** s.SPEED_DAMPING.value


def _trend(frame: Frame) -> FloatArray:
    year = frame.number("year")
    year = np.where(np.isfinite(year), year, s.DEFAULT_YEAR.value)
    return (1 - s.TREND.value) ** (year - BASE_YEAR)


def _co2_kg_per_t(ships: Particulars) -> FloatArray:
    rate = {code: gases(FUEL_SET, code, "t")["CO2", "TTW"].kg_per_unit for code in set(ships.fuel) if code}
    return np.array([rate.get(code, np.nan) for code in ships.fuel])


def _factor_ids(ships: Particulars, usable: np.ndarray) -> np.ndarray:
    ids = {code: gases(FUEL_SET, code, "t")["CO2", "TTW"].factor_id for code in set(ships.fuel) if code}
    return np.array([ids.get(code) if ok else None for code, ok in zip(ships.fuel, usable, strict=True)], dtype=object)


def _by_code(ships: Particulars, fuel_t: FloatArray) -> dict[str, FloatArray]:
    return {
        code: np.where(ships.fuel == code, fuel_t, np.nan) for code in dict.fromkeys(c for c in ships.fuel if c)
    } or {"hfo": fuel_t}


def _tier(frame: Frame, line: FloatArray, own_speed: FloatArray, assumed: BoolArray) -> np.ndarray:
    base = np.where(np.isfinite(line), "3 CII line and power model", "5 power model")
    base = np.where(assumed & np.isfinite(line), "4 CII line and power model, tonnage by ratio", base)
    texts = [f"{b}, own speed" if np.isfinite(v) else str(b) for b, v in zip(base, own_speed, strict=True)]
    return choose(frame.usable, np.array(texts, dtype=object))


def _missing(ships: Particulars) -> np.ndarray:
    measure = [capacity_measure(k) if k else "DWT" for k in ships.ship_type]
    names = {"GT": "gross_tonnage (or deadweight_t)", "DWT": "deadweight_t"}
    return np.array([f"no size to reckon from: give {names[m]}" for m in measure], dtype=object)
