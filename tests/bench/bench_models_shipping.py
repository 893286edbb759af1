"""Rows per second per core of the shipping models: `python tests/bench/bench_models_shipping.py`."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from spark_jobs.models.registry import model

POSITIONS = 1_000_000
SHIPS = 2_000


def ships(count: int = SHIPS) -> pa.Table:
    """A made-up fleet of three types."""
    rng = np.random.default_rng(1)
    kinds = np.array(["Bulk carrier", "Container ship", "Oil tanker"])
    return pa.table(
        {
            "ship_id": [str(9_000_000 + n) for n in range(count)],
            "ship_type": kinds[rng.integers(0, 3, count)],
            "deadweight_t": rng.uniform(5_000, 200_000, count),
        }
    )


def positions(count: int = POSITIONS) -> pa.Table:
    """Fixes every six minutes, sorted by ship and time."""
    rng = np.random.default_rng(2)
    per_ship = count // SHIPS
    ship = np.repeat(np.arange(SHIPS), per_ship)
    step = np.tile(np.arange(per_ship), SHIPS)
    start = np.datetime64("2026-10-01T00:00:00", "us")
    return pa.table(
        {
            "ship_id": pa.array((9_000_000 + ship).astype(str)),
            "time": pa.array(start + (step * 360_000_000).astype("timedelta64[us]")),
            "latitude_deg": 20 + step * 0.02,
            "longitude_deg": np.full(len(ship), 122.0),
            "speed_kn": rng.uniform(0, 20, len(ship)),
        }
    )


def timed(label: str, rows: int, run: Callable[[], object]) -> float:
    """CPU seconds of the faster of two runs, printed as rows per second per core."""
    best = np.inf
    for _ in range(2):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    print(f"{label:<32} {rows:>9,} rows  {best:6.2f} s CPU  {rows / best:>12,.0f} rows/s/core")
    return rows / best


def main() -> None:
    """Print one line a model."""
    fleet, fixes = ships(), positions()
    rows = fixes.num_rows
    timed("shipping-positions", rows, lambda: model("shipping-positions").run(fixes, ships=fleet))
    timed("shipping-positions --points", rows, lambda: model("shipping-positions").run(fixes, ships=fleet, points=True))
    many = pa.concat_tables([fleet] * 50)
    timed("shipping-year", many.num_rows, lambda: model("shipping-year").run(many))
    count = many.num_rows
    report = many.append_column("hfo_t", pa.array(np.full(count, 5000.0)))
    report = report.append_column("distance_nm", pa.array(np.full(count, 50_000.0)))
    report = report.append_column("year", pa.array(np.full(count, 2025)))
    timed("cii", count, lambda: model("cii").run(report))


if __name__ == "__main__":
    main()
