"""COPERT energy functions: MJ/km from mean speed, load and slope (EMEP/EEA guidebook 2019, 1.A.3.b, appendix 4)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from factor_library.library import library
from spark_jobs.models.frame import FloatArray
from spark_jobs.models.road.vehicles import Curve, data

TABLES = {"hdv": "road_copert_hdv_functions", "ldv": "road_copert_ldv_energy_functions"}
_COEFFICIENTS = (
    "Alpha",
    "Beta",
    "Gamma",
    "Delta",
    "Epsilon",
    "Zeta",
    "Eta",
    "ReductionFactor_perc",
    "MinSpeed_kmh",
    "MaxSpeed_kmh",
)
_PERCENT = 100.0


@dataclass(frozen=True)
class Surface:
    """Functions of one segment and stage on its grid of slopes and loads.

    Args:
        slopes, loads: ascending, shape (s,), (l,); a segment without them has one of each.
        coefficients: shape (s, l, 10) in the order of ``_COEFFICIENTS``.
    """

    slopes: FloatArray
    loads: FloatArray
    coefficients: FloatArray

    def mj_per_km(self, speed_kmh: FloatArray, load: FloatArray, slope: FloatArray) -> FloatArray:
        """Energy per distance; linear between loads and between slopes, speed held within the published range.

        Args:
            speed_kmh: mean speed. ``load``: share of the payload, 0 to 1. ``slope``: rise over run, 0.02 is 2 %.
        """
        slope_low, slope_part = _bracket(self.slopes, slope)
        load_low, load_part = _bracket(self.loads, load)
        out = np.zeros(len(speed_kmh))
        for step_s, weight_s in ((0, 1 - slope_part), (1, slope_part)):
            for step_l, weight_l in ((0, 1 - load_part), (1, load_part)):
                s = np.minimum(slope_low + step_s, len(self.slopes) - 1)
                k = np.minimum(load_low + step_l, len(self.loads) - 1)
                out += weight_s * weight_l * evaluate(self.coefficients[s, k], speed_kmh)
        return out


def evaluate(coefficients: FloatArray, speed_kmh: FloatArray) -> FloatArray:
    """``(αv² + βv + γ + δ/v) / (εv² + ζv + η) · (1 − RF)``, v held within the function's range.

    Args:
        coefficients: shape (rows, 10). ``speed_kmh``: shape (rows,).
    """
    alpha, beta, gamma, delta, epsilon, zeta, eta, reduction, low, high = np.moveaxis(coefficients, -1, 0)
    v = np.clip(speed_kmh, low, high)
    return (
        (alpha * v * v + beta * v + gamma + delta / v) / (epsilon * v * v + zeta * v + eta) * (1 - reduction / _PERCENT)
    )


def _bracket(grid: FloatArray, at: FloatArray) -> tuple[np.ndarray, FloatArray]:
    held = np.clip(at, grid[0], grid[-1])
    low = np.clip(np.searchsorted(grid, held, side="right") - 1, 0, max(len(grid) - 2, 0))
    if len(grid) == 1:
        return low, np.zeros(len(at))
    return low, (held - grid[low]) / (grid[low + 1] - grid[low])


@cache
def _rows(table: str) -> dict[tuple[str, str, str], list[dict]]:
    found: dict[tuple[str, str, str], list[dict]] = {}
    for row in library().table(TABLES[table]).to_pylist():
        if row["Pollutant"] == "EC" and not row["Mode"]:
            found.setdefault((row["Fuel"], row["Segment"], row["EuroStandard"]), []).append(row)
    return found


@cache
def surface(curve: Curve, stage: str) -> Surface | None:
    """Functions of a curve at a Chinese emission stage; None where the table has none for the stage.

    Where the stage itself is not in the table, the next of its list in ``classes.yaml`` stands in.
    """
    for standard in data()["stages"][stage]:
        rows = _rows(curve.table).get((curve.fuel, curve.segment, standard))
        if rows:
            return _surface(_one_technology(rows, data()["technologies"][curve.table]))
    return None


def _one_technology(rows: list[dict], preferred: list[str]) -> list[dict]:
    present = {row["Technology"] or "" for row in rows}
    chosen = next((name for name in preferred if name in present), sorted(present)[0])
    return [row for row in rows if (row["Technology"] or "") == chosen]


def _surface(rows: list[dict]) -> Surface:
    slopes = np.array(sorted({row["RoadSlope"] or 0.0 for row in rows}))
    loads = np.array(sorted({row["Load"] or 0.0 for row in rows}))
    out = np.full((len(slopes), len(loads), len(_COEFFICIENTS)), np.nan)
    for row in rows:
        s = int(np.searchsorted(slopes, row["RoadSlope"] or 0.0))
        k = int(np.searchsorted(loads, row["Load"] or 0.0))
        out[s, k] = [row[name] or 0.0 for name in _COEFFICIENTS]
    if np.isnan(out).any():
        raise ValueError(
            f"COPERT table: {rows[0]['Segment']} {rows[0]['EuroStandard']} has holes in its slope-load grid"
        )
    return Surface(slopes, loads, out)
