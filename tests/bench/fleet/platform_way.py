"""The platform itself: a Spark server of the bench's own, landed files to gold, the kernel alone, mere decoding."""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from infra.settings import ROOT, settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@contextmanager
def server(home: Path) -> Iterator[tuple[SparkSession, int]]:
    """A session of a new Spark server over an empty LAKE_HOME, and the server's process id."""
    from infra.spark import server as spark_server
    from spark_jobs.engine import session

    shutil.rmtree(home, ignore_errors=True)
    (home / "run").mkdir(parents=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    os.environ |= {"LAKE_HOME": str(home), "LAKE_SPARK_REMOTE": f"sc://127.0.0.1:{port}"}
    os.environ.setdefault("LAKE_TOOLS", str(ROOT / ".lake"))
    settings.cache_clear()
    process = spark_server.start(settings(), port, home / "run" / "spark.log")
    try:
        spark_server.wait_until_open(process, settings(), home / "run" / "spark.log")
        spark = session.connect()
        spark.range(1).collect()
        yield spark, process.pid
        session.close(spark)
    finally:
        process.terminate()
        process.wait(timeout=60)
        shutil.rmtree(home, ignore_errors=True)


def kernel(spark: SparkSession, day: int, files: list[str], grid: str, cores: int) -> tuple[float, pa.Table]:
    """Seconds and rows: vehicle-hours, and cell-hours per task, in the client's memory."""
    from spark_jobs.engine.fleet import days, tasks
    from spark_jobs.engine.fleet.hours import DayFile

    start = time.monotonic()
    found = tasks.hours(spark, {day: [DayFile(f) for f in files]}, days.register_path(), grid, cores).toArrow()
    return time.monotonic() - start, found


def _decode(files: list[str]) -> int:
    from spark_jobs.engine.fleet import silver_file

    return sum(len(silver_file.read(path)["second"]) for path in files)


def decoding(files: list[str], cores: int) -> float:
    """Best of three: seconds in which one process a core decodes the kernel's columns and does nothing with them."""
    with ProcessPoolExecutor(cores, get_context("spawn")) as pool:
        shares = [files[n::cores] for n in range(cores)]
        list(pool.map(_decode, [share[:1] for share in shares]))
        best = float("inf")
        for _ in range(3):
            start = time.monotonic()
            list(pool.map(_decode, shares))
            best = min(best, time.monotonic() - start)
    return best
