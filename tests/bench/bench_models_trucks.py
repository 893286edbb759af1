"""Rows per second per core of the truck models: `python tests/bench/bench_models_trucks.py`."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from spark_jobs.models.diesel_regional.derivation import cycles, track
from spark_jobs.models.diesel_regional.intervals import intervals
from spark_jobs.models.registry import model

POSITIONS = 2_000_000
INTERVAL_S = 30


def positions(count: int = POSITIONS) -> pa.Table:
    """Line-haul speeds every 30 s from many trucks, sorted by truck and time, as a lake's file holds them."""
    speeds = cycles()["C8_LineHaul"][::INTERVAL_S]
    trucks = count // len(speeds)
    step = np.tile(np.arange(len(speeds)), trucks)
    speed = np.tile(speeds, trucks)
    path = np.cumsum(speed) * INTERVAL_S % 50_000.0
    truck = pa.DictionaryArray.from_arrays(
        pa.array(np.repeat(np.arange(trucks), len(speeds)).astype(np.int32)), pa.array([f"T{n}" for n in range(trucks)])
    )
    return pa.table(
        {
            "vehicle_id": truck,
            "time": pa.array(1_790_000_000_000_000 + step * INTERVAL_S * 1_000_000, pa.timestamp("us", "UTC")),
            "speed_kmh": speed * 3.6,
            "altitude_m": 10.0 + 5.0 * np.sin(step / 20.0),
            "latitude_deg": 31.0 + path / 111_195.0,
            "longitude_deg": np.full(len(speed), 121.3),
        }
    )


def timed(label: str, rows: int, run: Callable[[], object]) -> float:
    """Rows per CPU second of the fastest of three runs, printed."""
    best = np.inf
    for _ in range(3):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    print(f"{label:<32} {rows:>9,} rows  {best:6.2f} s CPU  {rows / best:>12,.0f} rows/s/core")
    return rows / best


def main() -> None:
    """Print one line a model."""
    fixes = positions()
    rows = fixes.num_rows
    plain = track(np.arange(rows, dtype=np.float64) * INTERVAL_S, fixes["speed_kmh"].to_numpy() / 3.6)
    timed("diesel-regional kernel", rows, lambda: intervals(plain))
    timed("diesel-regional", rows, lambda: model("diesel-regional").run(fixes))
    bare = fixes.select(["vehicle_id", "time", "speed_kmh"])
    timed("diesel-regional, speed only", rows, lambda: model("diesel-regional").run(bare))
    timed("diesel-regional --points", rows, lambda: model("diesel-regional").run(fixes, points=True))
    fewer = fixes.slice(0, rows // 4)
    timed("truck-trips", fewer.num_rows, lambda: model("truck-trips").run(fewer))
    timed("truck-trips --points", fewer.num_rows, lambda: model("truck-trips").run(fewer, points=True))


if __name__ == "__main__":
    main()
