"""A file of one minute into the live view: as many positions as a whole fleet on the road sends in a minute."""

from __future__ import annotations

import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from spark_jobs.engine.fleet import live
from spark_jobs.engine.fleet.register import load
from tests.bench.fleet import world

FLEET, FIXES_A_MINUTE, HOUR = 152_000, 2, 10


def made(files: list[str], folder: Path) -> tuple[str, int]:
    """A minute's file of ``FLEET`` × ``FIXES_A_MINUTE`` positions received by 10:59, and how many it holds.

    A small world has fewer vehicles, so each sends more than two fixes; what is read and taken is as much.
    """
    wanted, parts = FLEET * FIXES_A_MINUTE, list[pa.Table]()
    for path in reversed([f for f in files if f"{world.DAY}T00" <= Path(f).name[10:23] <= f"{world.DAY}T{HOUR}"]):
        parts.append(pq.read_table(path))
        if sum(len(part) for part in parts) >= wanted:
            break
    table = pa.concat_tables(reversed(parts))
    table = table.slice(max(len(table) - wanted, 0))
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"positions-{world.DAY}T{HOUR}-59-g0.parquet"
    pq.write_table(table, target)
    return str(target), len(table)


def run(files: list[str], register: str, grid: str) -> tuple[int, list[float]]:
    """Positions of the file; seconds from the file to the published live database, three times from an empty state."""
    folder = world.HOME / "minute"
    path, rows = made(files, folder)
    seconds = []
    for _ in range(3):
        state, start = live.Live.empty(load(register)), time.monotonic()
        live.refresh(state, [path], grid, folder / "live.duckdb")
        seconds.append(time.monotonic() - start)
    return rows, seconds
