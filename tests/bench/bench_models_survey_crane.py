"""Rows per second per core of the survey and the cranes: `python tests/bench/bench_models_survey_crane.py`."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from spark_jobs.models.registry import model

ROWS = 100_000


def timed(label: str, run: Callable[[], object]) -> None:
    """Rows per CPU second of the faster of two runs."""
    best = np.inf
    for _ in range(2):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    print(f"{label:<28} {ROWS:>9,} rows  {best:6.2f} s CPU  {ROWS / best:>12,.0f} rows/s/core")


def main() -> None:
    """Print one line a model."""
    rng = np.random.default_rng(1)
    ids = pa.array(np.arange(ROWS).astype(str))
    answers = pa.table(
        {"stratum": pa.array(rng.integers(0, 20, ROWS).astype(str)), "ship_id": ids, "co2_t": rng.uniform(1, 9, ROWS),
         "turnover_tnm": rng.uniform(1e5, 9e5, ROWS), "weight": np.full(ROWS, 3.0)}
    )  # fmt: skip
    timed("turnover-survey estimate", lambda: model("turnover-survey").run(answers))
    moves = pa.table(
        {"move_id": ids, "crane_id": pa.array(rng.integers(0, 50, ROWS).astype(str)), "kind": pa.array(["quay"] * ROWS),
         "mass_t": rng.uniform(0, 40, ROWS)}
    )  # fmt: skip
    timed("bridge-crane", lambda: model("bridge-crane").run(moves))


if __name__ == "__main__":
    main()
