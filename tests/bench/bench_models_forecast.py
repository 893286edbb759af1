"""Forecasts a second on one core: monthly series of 60 values, 12 ahead."""

from __future__ import annotations

import time

import numpy as np

from spark_jobs.models.forecast.engine import forecast
from spark_jobs.models.forecast.periods import GRAINS
from spark_jobs.models.forecast.series import regular

SERIES, LENGTH, HORIZON = 20, 60, 12


def main() -> None:
    """Print series a second after one warm-up."""
    month = next(grain for grain in GRAINS if grain.name == "month")
    rng = np.random.default_rng(1)
    paths = np.exp(5 + np.cumsum(rng.normal(0, 0.02, (SERIES + 1, LENGTH)), axis=1))
    forecast(regular(month, np.arange(LENGTH), paths[0], 0), HORIZON)
    begin = time.perf_counter()
    for values in paths[1:]:
        forecast(regular(month, np.arange(LENGTH), values, 0), HORIZON)
    elapsed = time.perf_counter() - begin
    print(f"forecast: {SERIES / elapsed:.1f} series/s, {SERIES * LENGTH / elapsed:.0f} rows/s on one core")


if __name__ == "__main__":
    main()
