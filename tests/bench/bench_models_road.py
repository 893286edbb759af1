"""Road vehicles a second on one core, by speed function."""

from __future__ import annotations

import time

import numpy as np
import pyarrow as pa

from spark_jobs.models.registry import model

ROWS = 300_000


def main() -> None:
    """Print rows a second after one warm-up."""
    rng = np.random.default_rng(0)
    table = pa.table(
        {
            "vehicle_id": [f"v{i}" for i in range(ROWS)],
            "fuel": rng.choice(["diesel", "lng", "electricity"], ROWS),
            "mass_t": rng.uniform(2, 49, ROWS),
            "emission_standard": rng.choice(["IV", "V", "VI"], ROWS),
            "distance_km": rng.uniform(10, 500, ROWS),
            "mean_speed_kmh": rng.uniform(10, 90, ROWS),
        }
    )
    freight = model("road-freight")
    freight.run(table.slice(0, 1000))
    begin = time.perf_counter()
    freight.run(table)
    print(f"road-freight: {ROWS / (time.perf_counter() - begin):,.0f} rows/s on one core")


if __name__ == "__main__":
    main()
