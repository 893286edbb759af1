"""Rows per second per core of the aviation models: `python tests/bench/bench_models_aviation.py [ROWS]`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from spark_jobs.models.aviation.types import designators
from spark_jobs.models.registry import model

FLIGHTS = 1_000_000
_AIRPORTS = ("PVG", "SHA", "PEK", "CAN", "CTU", "HKG", "NRT", "LAX")


def flights(count: int) -> pa.Table:
    """Made-up records with all times, every type."""
    rng = np.random.default_rng(1)
    names, places = np.array(designators()), np.array(_AIRPORTS)
    origin = rng.integers(0, len(places), count)
    off = np.datetime64("2026-10-01T00:00:00", "us") + (rng.integers(0, 86_400, count) * 1_000_000).astype(
        "timedelta64[us]"
    )
    hours = rng.uniform(1.0, 12.0, count)
    up = off + np.timedelta64(15, "m")
    down = up + (hours * 3.6e9).astype("timedelta64[us]")
    return pa.table(
        {
            "flight_id": pa.array(np.arange(count).astype(str)),
            "aircraft_type": names[rng.integers(0, len(names), count)],
            "origin": places[origin],
            "destination": places[(origin + 1) % len(places)],
            "off_block_at": off, "takeoff_at": up, "landing_at": down, "on_block_at": down + np.timedelta64(6, "m"),
            "passengers": rng.integers(10, 60, count).astype(float),
        }
    )  # fmt: skip


def track(count: int) -> pa.Table:
    """Made-up tracks of 1,000 points every 10 s."""
    step = np.arange(count) % 1000
    up, down = np.clip(step / 200, 0, 1), np.clip((999 - step) / 200, 0, 1)
    height = 35_000 * np.minimum(up, down)
    start = np.datetime64("2026-10-01T00:00:00", "us")
    return pa.table(
        {
            "flight_id": (np.arange(count) // 1000).astype(str),
            "aircraft_type": np.full(count, "A320"),
            "time": start + (step * 10_000_000).astype("timedelta64[us]"),
            "altitude_ft": height,
            "ground_speed_kt": 160 + height / 35_000 * 290,
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
    count = int(sys.argv[1]) if len(sys.argv) > 1 else FLIGHTS
    records, points = flights(count), track(count)
    timed("aviation", count, lambda: model("aviation").run(records))
    timed("aviation-trajectory", count, lambda: model("aviation-trajectory").run(points))
    timed("aviation-trajectory --points", count, lambda: model("aviation-trajectory").run(points, points=True))
    many = pa.table({"aircraft_type": pa.array(np.array(designators())[np.arange(count // 20) % len(designators())])})
    timed("aviation-hourly", many.num_rows, lambda: model("aviation-hourly").run(many))


if __name__ == "__main__":
    main()
