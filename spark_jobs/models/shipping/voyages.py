"""`lake model shipping-voyages`: fuel and CO2 of voyages from reported fuel, or from distance, hours and draught."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from spark_jobs.models.emission import emissions
from spark_jobs.models.frame import BoolArray, FloatArray, Frame, Options, arrow, choose
from spark_jobs.models.interval import combined, lognormal_95
from spark_jobs.models.shipping import settings as s
from spark_jobs.models.shipping.fuels import FUEL_SET, FUELS, any_reported, reported_t
from spark_jobs.models.shipping.join import positions_of, refuse_unknown, ship_file
from spark_jobs.models.shipping.mix import by_fuel
from spark_jobs.models.shipping.particulars import PHASES, Particulars, reference_power_speed
from spark_jobs.models.shipping.typical import auxiliary_rate, boiler_rate, main_rate, typical_speed_kn

KG_PER_TONNE, GRAMS_PER_KG = 1000.0, 1000.0
_SEA, _BERTH = PHASES.index("cruise"), PHASES.index("berth")


def compute(frame: Frame, options: Options) -> pa.Table:
    """One row per input row, same order."""
    reported = reported_t(frame)
    has_fuel = any_reported(reported)
    modelled, sd, tier = _modelled(frame, options, ~has_fuel)
    fuel_t = {code: np.where(has_fuel, reported[code], modelled.get(code, np.nan)) for code in FUELS}
    usable = frame.usable
    fuel_t = {code: np.where(usable, tonnes, np.nan) for code, tonnes in fuel_t.items() if np.isfinite(tonnes).any()}
    fuel_t = fuel_t or {"hfo": np.full(len(frame), np.nan)}
    emission = emissions(fuel_t, FUEL_SET, "t")
    low, high = lognormal_95(emission.co2_kg, combined(np.where(has_fuel, s.SD_FACTOR.value, sd), emission.factor_sd))
    total = np.where(np.isfinite(emission.co2_kg), np.nansum(list(fuel_t.values()), axis=0), np.nan)
    distance, cargo = frame.number("distance_nm"), frame.number("cargo_t")
    with np.errstate(divide="ignore", invalid="ignore"):
        per_nm = np.where(distance > 0, emission.co2_kg / distance, np.nan)
        per_tnm = np.where(cargo > 0, per_nm * GRAMS_PER_KG / cargo, np.nan)
    tiers = choose(usable, choose(has_fuel, "1 reported fuel", tier))
    return arrow(
        {
            "ship_id": frame.text("ship_id"), "voyage_id": frame.text("voyage_id"),
            "fuel_t": total, "main_fuel_t": _part(modelled, "main", has_fuel, usable),
            "auxiliary_fuel_t": _part(modelled, "auxiliary", has_fuel, usable),
            "boiler_fuel_t": _part(modelled, "boiler", has_fuel, usable),
            "co2_t": emission.co2_kg / KG_PER_TONNE, "co2_low_95_t": low / KG_PER_TONNE,
            "co2_high_95_t": high / KG_PER_TONNE, "co2_kg_per_nm": per_nm, "co2_g_per_tnm": per_tnm,
            "tier": tiers, "factor_ids": emission.factor_ids, "reason": frame.reasons,
        }
    )  # fmt: skip


def _part(modelled: dict[str, FloatArray], name: str, has_fuel: BoolArray, usable: BoolArray) -> FloatArray:
    return np.where(has_fuel | ~usable, np.nan, modelled[name])


def _modelled(
    frame: Frame, options: Options, needed: BoolArray
) -> tuple[dict[str, FloatArray], FloatArray, np.ndarray]:
    """Tonnes by fuel code and by machinery, relative standard uncertainty, tier; only where fuel is not reported."""
    rows = len(frame)
    if not needed.any() or options["ships"] is None:
        frame.refuse(needed, "no fuel reported, and no --ships file to model it from")
        empty = {name: np.full(rows, np.nan) for name in ("main", "auxiliary", "boiler")}
        return empty, np.full(rows, np.nan), np.full(rows, None, dtype=object)
    ids, ships, reasons, ship_frame = ship_file(options)
    index, _, _ = positions_of(frame, ids)
    refuse_unknown(frame, index, reasons, needed)
    own = ships.take(index)
    speed, hours, has_hours = _speed(frame, own)
    frame.refuse(needed & (speed > s.MAX_SPEED.value), "distance_nm over hours_under_way is faster than any ship")
    with np.errstate(invalid="ignore"):
        ratio = frame.number("draught_m") / ship_frame.number("design_draught_m")[index]
    ratio = np.where(np.isfinite(ratio) & (ratio > 0), ratio, 1.0)
    berth = np.nan_to_num(frame.number("hours_berth"))
    parts = {
        "main": main_rate(own, speed, ratio) * hours,
        "auxiliary": auxiliary_rate(own, _SEA) * hours + auxiliary_rate(own, _BERTH) * berth,
        "boiler": boiler_rate(own, _SEA) * hours + boiler_rate(own, _BERTH) * berth,
    }
    fuel = by_fuel(
        (parts["main"], own.fuel), (parts["auxiliary"], own.auxiliary_fuel), (parts["boiler"], own.auxiliary_fuel)
    )
    sd = combined(
        s.SD_POWER.value, np.where(own.defaulted, s.SD_PARTICULARS.value, 0), np.where(has_hours, 0, s.SD_SPEED.value)
    )
    tier = choose(has_hours, "2 distance and hours", "3 distance, speed by type")
    return {**fuel, **parts}, sd, tier


def _speed(frame: Frame, ships: Particulars) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Mean speed (kn), hours under way, and whether hours were given."""
    distance, hours = frame.number("distance_nm"), frame.number("hours_under_way")
    _, mean_speed = reference_power_speed(ships.ship_type, ships.deadweight_t, ships.gross_tonnage)
    typical = typical_speed_kn(ships, np.where(np.isfinite(mean_speed), mean_speed, ships.reference_speed_kn))
    has_hours = np.isfinite(hours)
    frame.refuse((hours == 0) & (distance > 0), "hours_under_way: zero with a distance")
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = np.where(has_hours, np.where(hours > 0, distance / hours, 0.0), typical)
        return speed, np.where(has_hours, hours, distance / typical), has_hours
