"""Main-engine power and fuel rates: the propeller law and load-dependent consumption of the Fourth IMO GHG Study."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from spark_jobs.models.frame import BoolArray, FloatArray
from spark_jobs.models.shipping import settings as s

GRAMS_PER_TONNE = 1e6


def propeller_load(
    speed_kn: FloatArray,
    draught_ratio: npt.ArrayLike,
    reference_power_kw: FloatArray,
    reference_speed_kn: FloatArray,
    margin: FloatArray,
    main_power_kw: FloatArray,
) -> FloatArray:
    """Main-engine load (0–1): P = P_ref (T/T_ref)^(2/3) (V/V_ref)^3 / (η_w η_f) over MCR, GHG4 equation 8.

    Args:
        speed_kn: through water or over ground, kn; draught_ratio: actual over design draught.
        margin: η_w × η_f. All of shape (rows,).
    """
    ratio = speed_kn / reference_speed_kn
    power = reference_power_kw * np.cbrt(np.square(draught_ratio)) * ratio * ratio * ratio / margin
    return np.minimum(power / main_power_kw, 1.0)


def main_fuel_rate(
    load: FloatArray, main_power_kw: FloatArray, sfc_base: FloatArray, load_dependent: BoolArray
) -> FloatArray:
    """Fuel of the main engine in t/h; nothing below 7 % load (GHG4 equation 10 and table 20)."""
    curve = s.SFC_A.value * load * load + s.SFC_B.value * load + s.SFC_C.value
    sfc = sfc_base * np.where(load_dependent, curve, 1.0)
    return np.where(load >= s.LOAD_OFF.value, load * main_power_kw * sfc / GRAMS_PER_TONNE, 0.0)


def demand_fuel_rate(power_kw: FloatArray, sfc: FloatArray) -> FloatArray:
    """Fuel of auxiliary engines or boilers in t/h (GHG4 equation 11)."""
    return power_kw * sfc / GRAMS_PER_TONNE
