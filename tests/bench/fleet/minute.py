"""How long a file of one minute takes from the drop folder to the map: `python -m tests.bench.fleet.minute`.

By itself it simulates the minute files of one hour and lands, takes and publishes them one by one in a lake of its
own; ``python -m tests.bench.fleet`` gives it one file with as many positions as both whole fleets send in a minute.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from infra.settings import ROOT
from infra.upstream.fleet.writer import Order, write
from tests.bench.fleet import world

FLEET, FIXES_A_MINUTE, HOUR = 152_000, 2, 10
FIRST_HOUR, FILES = 9, 10
DAY, SEED = "2026-11-20", 20241101
ALLOWED_S = 10.0


def made(files: list[str], folder: Path) -> Path:
    """A minute's file of ``FLEET`` × ``FIXES_A_MINUTE`` positions received by 10:59, or of as many as there are.

    A small world has fewer vehicles, so each sends more than two fixes; what is read and taken is as much.
    """
    wanted, parts = FLEET * FIXES_A_MINUTE, list[pa.Table]()
    for path in reversed([f for f in files if f"{world.DAY}T00" <= Path(f).name[10:23] <= f"{world.DAY}T{HOUR}"]):
        parts.append(pq.read_table(path))
        if sum(len(part) for part in parts) >= wanted:
            break
    table = pa.concat_tables(reversed(parts))
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"positions-{world.DAY}T{HOUR}-59-g0.parquet"
    pq.write_table(table.slice(max(len(table) - wanted, 0)), target)
    return target


def run(files: list[str], register: str) -> tuple[int, list[float]]:
    """Positions of the file; seconds from the drop folder to the published live database, three times, each first."""
    found = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            path = made(files, Path(folder) / "staged")
            argv = [sys.executable, "-m", "tests.bench.fleet.minute", "--file", str(path), "--register", register]
            told = subprocess.run(argv, cwd=ROOT, check=True, capture_output=True, text=True).stdout
            found.append(json.loads(told.splitlines()[-1]))
    return found[0]["rows"], [one["slowest_s"] for one in found]


def main(arguments: list[str] | None = None) -> int:
    """Print one JSON line: rows of a file and seconds; 1 where one is too slow."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vehicles", type=int, default=17_000)
    parser.add_argument("--file", type=Path, help="this file instead of simulated ones")
    parser.add_argument("--register", type=Path, help="with --file: the sealed register of its vehicles")
    given = parser.parse_args(arguments)
    if (given.file is None) != (given.register is None):
        parser.error("--file and --register belong together")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LAKE_HOME"] = str(Path(folder) / "home")
        if given.file:
            told = measured([given.file], given.register)
        else:
            staged = Path(folder) / "staged"
            write(Order(staged, DAY, 1, given.vehicles, SEED, cut_s=60, hours=(FIRST_HOUR, FIRST_HOUR + 1)))
            sealed = world.register(staged, str(Path(folder) / "register.parquet"))
            told = {"vehicles": len(sealed)}
            told |= measured(sorted(staged.glob("positions-*"))[:FILES], Path(folder) / "register.parquet")
    print(json.dumps(told))
    return int(told["slowest_s"] > ALLOWED_S)


def measured(files: Sequence[Path], register: Path) -> dict[str, float]:
    """Rows and seconds of files; the environment must name the lake before the engine is imported."""
    from spark_jobs.engine.fleet import days, live_feed

    Path(days.register_path()).parent.mkdir(parents=True)
    shutil.copy(register, days.register_path())
    feed, seconds, drop = live_feed.begin(), list[float](), live_feed.drop_folder()
    drop.mkdir(parents=True)
    for path in files:
        shutil.copy(path, drop / path.name)
        start = time.perf_counter()
        live_feed.look(feed, "bench")
        seconds.append(round(time.perf_counter() - start, 2))
    rows = max(one.rows_in for one in feed.files)
    median = sorted(seconds)[len(seconds) // 2]
    return {"rows": rows, "first_s": seconds[0], "median_s": median, "slowest_s": max(seconds)}


if __name__ == "__main__":
    raise SystemExit(main())
