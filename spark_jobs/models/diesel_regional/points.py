"""Output with ``--points``: one row per fix, for the interval that ends there."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from spark_jobs.models.diesel_regional import opmodes
from spark_jobs.models.diesel_regional import parameters as p
from spark_jobs.models.diesel_regional.groups import (
    ENERGY,
    FUEL_SET,
    KG_PER_TONNE,
    SECONDS_PER_HOUR,
    fuel_kg,
    silences,
)
from spark_jobs.models.diesel_regional.intervals import KMH_PER_M_S, Intervals
from spark_jobs.models.diesel_regional.order import STAGE_CODES, Tracks
from spark_jobs.models.emission import emissions
from spark_jobs.models.frame import FloatArray, Frame, arrow


def point_rows(frame: Frame, tracks: Tracks, at: Intervals, grams: FloatArray) -> pa.Table:
    """One row per input row, in its order; zeros for the first of a track and for second fixes of an instant."""
    rows, row, fixes = len(frame), tracks.row, tracks.fixes

    def spread(values: FloatArray) -> FloatArray:
        if tracks.same:
            return values
        out = np.full(rows, np.nan)
        out[row] = values
        out[tracks.twins] = 0.0
        return out

    lapse, mean = at.lapse, at.mean_m_s
    fuel = fuel_kg(at.fuel_kw * lapse)
    per_tonne = emissions({ENERGY: np.ones(1)}, FUEL_SET, "t").co2_kg[0]
    if len(fixes.stage):
        in_guide = (fixes.stage >= 0) & (fixes.stage != STAGE_CODES.index("VI"))
        grams = np.where((in_guide & ~np.isfinite(at.acceleration))[:, None], 0.0, grams)
    power = at.wheel_kw / p.class_parameters().fixed_mass_t[fixes.kind]
    per_mph = opmodes.MPH_PER_M_S
    mode = np.full(rows, -1, dtype=np.int64)
    mode[row] = opmodes.operating_modes(power, mean * per_mph, at.acceleration * per_mph, lapse)
    silent = np.zeros(rows, dtype=np.bool_)
    silent[row[silences(fixes)]] = True
    return arrow(
        {
            "vehicle_id": frame.table["vehicle_id"], "time": frame.table["time"],
            "hours": spread(lapse / SECONDS_PER_HOUR), "distance_km": spread(mean * lapse / KG_PER_TONNE),
            "speed_used_kmh": spread(mean * KMH_PER_M_S), "slope_percent": spread(at.slope * 100.0),
            "wheel_power_kw": spread(at.wheel_kw), "operating_mode": pa.array(mode, mask=mode < 0),
            "fuel_kg": spread(fuel), "co2_kg": spread(fuel * (per_tonne / KG_PER_TONNE)), "nox_g": spread(grams[:, 0]),
            "pm_g": spread(grams[:, 1]),
            "break": silent, "reason": frame.reasons,
        }
    )  # fmt: skip
