"""`make bench-fleet`: the kernel in Spark against DuckDB, Polars, Spark windows; end to end, memory, accuracy.

    python -m tests.bench.fleet [--rows 20000000] [--only kernel,end,duckdb,polars,windows,csv,minute,accuracy]
        [--growth [10000000,50000000,150000000]] [--cores N]

``--growth`` runs kernel and end to end at more numbers of rows. Everything is compared within one run; prints a table,
what it shows of each aim and, last, one JSON line. Processor seconds stand beside wall time: they are what a machine
without other work would need.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tests.bench.fleet import (
    accuracy,
    aims,
    duck,
    machine,
    minute,
    platform_way,
    polars_way,
    spark_windows,
    tables,
    world,
)

PARTS = ("end", "kernel", "duckdb", "polars", "windows", "csv", "minute", "accuracy")
GROWTH = "10000000,50000000,150000000"
CSV_ROWS, SUBSET_FILES = 5_000_000, 6
TOLERANCE = 1e-6
DAY_NUMBER = (date.fromisoformat(world.DAY) - date(1970, 1, 1)).days


def told(what: str, rows: int, seconds: float, more: str = "") -> None:
    """One line of the table."""
    print(f"{what:<44}{rows:>13,} {seconds:>8.2f} s {rows / seconds / 1e6:>8.2f} M rows/s  {more}", flush=True)


def end_to_end(rows: int, form: str, cores: int, figures: dict[str, Any], after: Any = None) -> None:
    """Landed files to gold in a fresh lake; ``after`` goes on with the silver files before the lake is gone."""
    from spark_jobs.engine.fleet import days
    from spark_jobs.engine.fleet import grid as grids

    folder, files = world.received(rows, form)
    with platform_way.server(world.HOME / f"home-{form}-{rows}") as (spark, process):
        register = world.register(folder, days.register_path())
        grid = grids.build(str(world.HOME))
        shutil.copy(grid, Path(days.register_path()).parent)
        with machine.Peak([process, os.getpid()]) as peak:
            start = time.monotonic()
            done = days.refine(spark, files, cores)
            seconds = time.monotonic() - start
        cpu = peak.cpu_s / done.rows_in * 1e6
        told(f"end to end from {form}", done.rows_in, seconds, f"peak {peak.mb:,.0f} MB, {cpu:.2f} CPU s a million")
        figures[f"end_{form}_{rows}"] = {
            "rows": done.rows_in, "seconds": seconds, "peak_mb": peak.mb, "cpu_s": peak.cpu_s, "load": machine.load(),
        }  # fmt: skip
        if after:
            silver = sorted(days.listed(spark)[world.DAY].values())
            after(spark, process, folder, register, grid, silver)


class SameRows:
    """Everything that runs on one set of silver files, and the comparison of what comes out."""

    def __init__(self, parts: set[str], cores: int, figures: dict[str, Any], label: str) -> None:
        self.parts, self.cores, self.figures, self.label = parts, cores, figures, label

    def __call__(
        self, spark: Any, process: int, folder: Path, register: pa.Table, grid: str, silver: list[str]
    ) -> None:
        from spark_jobs.engine.fleet import days

        rows = self._kernel(spark, process, grid, silver)
        small = tables.small_tables(days.register_path(), grid)
        if "duckdb" in self.parts:
            self._duckdb(silver, small, rows)
        if "polars" in self.parts:
            self._other("polars", rows, *polars_way.run(silver, small))
        if "windows" in self.parts:
            some = silver[:SUBSET_FILES]
            count, found = self.of(some)
            seconds, theirs = spark_windows.run(spark, some, small)
            self._same("Spark windows", found, theirs)
            self._tell("Spark windows", count, seconds)
        if "minute" in self.parts:
            files = sorted(str(path) for path in folder.glob("positions-*.parquet"))
            count, seconds = minute.run(files, self.register)
            told("a minute's file to the live view", count, max(seconds), "slowest of three")
            self.figures["minute"] = {"rows": count, "all": seconds}
        if "accuracy" in self.parts:
            self._accuracy(folder, register, grid, silver)

    def _kernel(self, spark: Any, process: int, grid: str, silver: list[str]) -> int:
        from spark_jobs.engine.fleet import days

        self.register, self.grid = days.register_path(), grid
        runs, cpu, most = list[float](), list[float](), 0.0
        for tasks in (self.cores,) * 4 + (1,):
            with machine.Peak([process, os.getpid()]) as peak:
                seconds, found = platform_way.kernel(spark, DAY_NUMBER, silver, grid, tasks)
            runs.append(seconds)
            cpu.append(peak.cpu_s)
            most = max(most, peak.mb)
        alone = runs.pop()
        cells = found.filter(pc.equal(found["kind"], "cell"))
        rows = pc.sum(cells["positions"]).as_py()
        self.ours = found
        best = float(np.median(runs[1:]))
        used = float(np.median(cpu[1:-1]))
        more = f"first {runs[0]:.1f} s, peak {most:,.0f} MB, {used / rows * 1e6:.3f} CPU s a million"
        told(f"kernel in Spark, {self.cores} tasks", rows, best, more)
        told("kernel in Spark, 1 task", rows, alone, f"{cpu[-1] / rows * 1e6:.3f} CPU s a million")
        decode = platform_way.decoding(silver, self.cores)
        told("  decoding alone, no Spark", rows, decode, f"kernel in Spark has {decode / best:.0%} of its speed")
        self.figures[f"kernel_{self.label}"] = {
            "rows": rows, "seconds": best, "all": runs, "decode_s": decode, "peak_mb": most,
            "cpu_s": used, "one_task_s": alone, "one_task_cpu_s": cpu[-1], "load": machine.load(),
            "bytes": sum(Path(path).stat().st_size for path in silver),
        }  # fmt: skip
        return rows

    def of(self, silver: list[str]) -> tuple[int, pa.Table]:
        """The kernel's result for some of the files, in this process: rows and table."""
        from spark_jobs.engine.fleet import hours

        files = [hours.DayFile(path) for path in silver]
        found = pa.Table.from_batches(list(hours.rows(files, DAY_NUMBER, self.register, self.grid)))
        return pc.sum(found.filter(pc.equal(found["kind"], "cell"))["positions"]).as_py(), found

    def _duckdb(self, silver: list[str], small: dict[str, pa.Table], rows: int) -> None:
        database = duck.database(small, self.cores)
        self._other("DuckDB, one query", rows, *duck.whole(database, silver))
        self._other("DuckDB, a few files a query", rows, *duck.by_file(database, silver))
        seconds, _ = duck.by_file(database, silver, with_slope=False)
        self._tell("DuckDB on a level road (less work)", rows, seconds)
        database.close()

    def _other(self, name: str, rows: int, seconds: float, found: dict[str, pa.Table]) -> None:
        self._same(name, self.ours, found)
        self._tell(name, rows, seconds)

    def _tell(self, name: str, rows: int, seconds: float) -> None:
        own = self.figures[f"kernel_{self.label}"]
        ratio = own["rows"] / own["seconds"] / (rows / seconds)
        told(name, rows, seconds, f"the kernel is {ratio:.1f} times as fast")
        self.figures[name] = {"rows": rows, "seconds": seconds, "kernel_times": ratio}

    def _same(self, name: str, ours: pa.Table, theirs: dict[str, pa.Table]) -> None:
        """Every figure of every vehicle-hour and cell-hour agrees to 1e-6, or SystemExit says which does not."""
        for kind in ("vehicle", "cell"):
            own = accuracy.with_hour(ours.filter(pc.equal(ours["kind"], kind)).to_pandas())
            names = ["positions", "distance_km", "moving_s", "fuel_kg", "vehicles" if kind == "cell" else "idle_s"]
            own = own.groupby(["object_id", "hour"], as_index=False)[names].sum()
            both = own.merge(theirs[kind].to_pandas(), on=["object_id", "hour"], how="outer", suffixes=("", "_other"))
            for column in names:
                mine, other = both[column].astype(float), both[f"{column}_other"].astype(float)
                off = (mine - other).abs() / mine.abs().clip(lower=1e-3)
                if off.isna().any() or off.max() > TOLERANCE:
                    raise SystemExit(
                        f"{name}: {kind}-hours differ in {column}: {off.max():.2e}, {off.isna().sum()} alone"
                    )

    def _accuracy(self, folder: Path, register: pa.Table, grid: str, silver: list[str]) -> None:
        true = world.truth(folder, register)
        found = self.ours.filter(pc.equal(self.ours["kind"], "vehicle")).to_pandas()
        full = accuracy.score(accuracy.with_hour(found), true)
        keys = set(register["vehicle_key"].to_pylist())
        some = accuracy.thinned(silver[:16], self.register, world.HOME / "thinned")
        thin = accuracy.hourly(some, DAY_NUMBER, self.register, grid)
        present = pa.array(sorted(keys & set(thin["object_id"])))
        fourth = accuracy.score(thin, true.filter(pc.is_in(true["object_id"], present)))
        for name, found_score in (("every fix (30 s)", full), ("one fix in four", fourth)):
            text = ", ".join(f"{key} {value:+.2%}" for key, value in found_score.items() if key != "hours")
            print(f"against truth, {name:<18} {text}, {found_score['hours']:,} vehicle-hours", flush=True)
        self.figures["accuracy"] = {"full": full, "one_in_four": fourth}


def main() -> None:
    """Run the parts asked for."""
    parser = argparse.ArgumentParser(prog="make bench-fleet", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--growth", nargs="?", const=GROWTH, default="", help="also these rows (default: %(const)s)")
    parser.add_argument("--cores", type=int, default=os.cpu_count() or 1, help="tasks and threads at once")
    given = parser.parse_args()
    parts, cores = set(given.only.split(",")), given.cores
    figures: dict[str, Any] = {"cores": cores, "load": machine.load()}
    print(f"{cores} cores, load averages {machine.load()}")
    if parts - {"csv"}:
        end_to_end(given.rows, "parquet", cores, figures, SameRows(parts, cores, figures, str(given.rows)))
    if "csv" in parts:
        end_to_end(min(CSV_ROWS, given.rows), "csv", cores, figures)
    for rows in [int(text) for text in given.growth.split(",") if text]:
        end_to_end(rows, "parquet", cores, figures, SameRows({"kernel"}, cores, figures, str(rows)))
    print(f"load averages {machine.load()}")
    print(*aims.lines(figures), sep="\n")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
