"""Gases of jet fuel for the aviation models, by the one carbon path."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from spark_jobs.models.emission import emissions
from spark_jobs.models.frame import BoolArray, FloatArray
from spark_jobs.models.interval import combined, lognormal_95

FUEL_SET, JET, GASOLINE = "corsia", "jet_kerosene", "aviation_gasoline"


def carbon_columns(fuel_kg: FloatArray, sd: FloatArray, is_piston: BoolArray) -> dict[str, npt.NDArray[np.generic]]:
    """CO2, its 95 % interval, CO2e and factor ids of rows; ``is_piston``: the fuel is aviation gasoline."""
    emission = emissions(_by_fuel(fuel_kg, is_piston), FUEL_SET, "kg")
    low, high = lognormal_95(emission.co2_kg, combined(sd, emission.factor_sd))
    return {
        "co2_kg": emission.co2_kg, "co2_low_95_kg": low, "co2_high_95_kg": high,
        "co2e_ar6_kg": emission.co2e_kg("ar6"), "factor_ids": emission.factor_ids,
    }  # fmt: skip


def co2_kg(fuel_kg: FloatArray, is_piston: BoolArray) -> FloatArray:
    """CO2 alone."""
    return emissions(_by_fuel(fuel_kg, is_piston), FUEL_SET, "kg").co2_kg


def _by_fuel(fuel_kg: FloatArray, is_piston: BoolArray) -> dict[str, FloatArray]:
    return {JET: np.where(is_piston, np.nan, fuel_kg), GASOLINE: np.where(is_piston, fuel_kg, np.nan)}
