"""Tonnes by machinery and fuel → tonnes by fuel code, ready for the carbon path."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from spark_jobs.models.frame import FloatArray
from spark_jobs.models.shipping.fuels import ENGINE_FUELS


def by_fuel(*parts: tuple[FloatArray, npt.NDArray[np.object_]]) -> dict[str, FloatArray]:
    """Sum of (tonnes, fuel code) pairs by code; fuels nobody burns are left out, NaN where a row is not computed."""
    out: dict[str, FloatArray] = {}
    for tonnes, codes in parts:
        for code in ENGINE_FUELS:
            where = codes == code
            if bool(where.any()):
                out[code] = out.get(code, np.zeros(len(tonnes))) + np.where(where, np.nan_to_num(tonnes), 0.0)
    if not out:
        return {ENGINE_FUELS[0]: np.full(len(parts[0][0]), np.nan)}
    unknown = np.all([~np.isfinite(tonnes) for tonnes, _ in parts], axis=0)
    return {code: np.where(unknown, np.nan, tonnes) for code, tonnes in out.items()}
