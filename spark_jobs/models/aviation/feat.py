"""FEAT: fuel of a flight from gate to gate by type and great-circle distance (Seymour et al. 2020). The one place."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from factor_library.library import library
from spark_jobs.models.frame import FloatArray

_TURN = 0.5  # where a falling marginal fuel reaches this share of its start, it stays: a parabola must not turn down


@cache
def feat_types() -> tuple[str, ...]:
    """ICAO type designators with coefficients, in the table's order."""
    return tuple(library().table("aviation_feat_reduced").column("type").to_pylist())


@cache
def _coefficients() -> FloatArray:
    table = library().table("aviation_feat_reduced")
    names = ("a1_kg_per_km2", "a2_kg_per_km", "intercept_kg")
    return np.array([table.column(name).to_pylist() for name in names], dtype=np.float64)


def feat_fuel_kg(type_index: npt.NDArray[np.integer], distance_km: FloatArray) -> FloatArray:
    """Fuel (kg) with the landing and take-off cycle of 26 taxi minutes: a1·R² + a2·R + c.

    Args:
        type_index: positions in ``feat_types``. ``distance_km``: R, great circle; broadcast together.
    Returns:
        kg. Of types with a1 < 0 the curve goes on as a straight line from where its slope has fallen by half.
    """
    square, slope, start = _coefficients()[:, type_index]
    with np.errstate(divide="ignore", invalid="ignore"):
        bend = np.where(square < 0, -slope * (1 - _TURN) / (2 * square), np.inf)
    within = np.minimum(distance_km, bend)
    return (
        square * within**2
        + slope * within
        + start
        + np.where(distance_km > bend, (slope + 2 * square * within) * (distance_km - within), 0.0)
    )
