"""Temperature: batteries and cabins of electric vehicles, cold starts of light combustion vehicles."""

from __future__ import annotations

from functools import cache

import numpy as np

from factor_library.library import library
from spark_jobs.models.frame import FloatArray

TABLES = {"bus": "electric_bus_temperature", "car": "electric_car_temperature"}
COLD_LOW_C, COLD_HIGH_C = -10.0, 30.0  # range of validity of the cold-start functions, as published


@cache
def _anchors(table: str, fuel: str) -> tuple[FloatArray, FloatArray]:
    rows = [row for row in library().table(TABLES[table]).to_pylist() if row["fuel"] == fuel]
    rows.sort(key=lambda row: row["temperature_c"])
    return np.array([r["temperature_c"] for r in rows]), np.array([r["energy_multiplier"] for r in rows])


def electric_multiplier(table: str, fuel: str, temperature_c: FloatArray) -> FloatArray:
    """Energy against the mild reference: linear between published temperatures, constant beyond; 1 where unknown.

    Args:
        table: bus or car; "" where nothing is published. ``temperature_c``: NaN is unknown.
    """
    if table not in TABLES:
        return np.ones(len(temperature_c))
    at, multiplier = _anchors(table, fuel)
    if not len(at):
        return np.ones(len(temperature_c))
    return np.where(np.isnan(temperature_c), 1.0, np.interp(temperature_c, at, multiplier))


@cache
def _cold(fuel: str) -> dict[str, float]:
    return next(row for row in library().table("copert_cold_start").to_pylist() if row["fuel"] == fuel)


def cold_start_multiplier(fuel: str, temperature_c: FloatArray) -> FloatArray:
    """``1 + β (e_cold/e_hot − 1)`` of a light vehicle at the average trip length; 1 where the temperature is unknown.

    Args:
        fuel: petrol or diesel. ``temperature_c``: held within −10 to 30 °C, the range of the functions.
    """
    row = _cold(fuel)
    t, trip = np.clip(temperature_c, COLD_LOW_C, COLD_HIGH_C), row["trip_km"]
    beta = row["beta_a"] + row["beta_b_per_km"] * trip + (row["beta_c_per_c"] + row["beta_d_per_km_c"] * trip) * t
    ratio = row["ratio_intercept"] + row["ratio_slope_per_c"] * t
    multiplier = 1 + np.clip(beta, 0, 1) * np.maximum(ratio - 1, 0)
    return np.where(np.isnan(temperature_c), 1.0, multiplier)
