"""What a job did: rows, bytes, CPU, table versions, failures.

A job writes its record as a small file under ``run/ops`` and so needs no server to be recorded; ``flush`` moves
what is there into ``ops.job_run`` and ``ops.failure``, each run once.
"""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from infra.settings import ROOT, now, settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DONE, BAD_DATA, TRY_AGAIN, NOTHING_TO_DO = 0, 65, 75, 99


@dataclass
class JobRun:
    """One run of a job; counters are added up by ``note``."""

    step: str
    target: str
    window_from: str
    window_to: str
    run_id: str
    started_at: str
    ended_at: str = ""
    exit_code: int = DONE
    message: str | None = None
    rows_in: int = 0
    rows_out: int = 0
    bytes_in: int = 0
    cpu_client_s: float = 0.0
    wall_s: float = 0.0
    table_versions: dict[str, int] = field(default_factory=dict)
    failures: list[dict[str, str]] = field(default_factory=list)
    code_version: str = ""


_current: ContextVar[JobRun | None] = ContextVar("job_run", default=None)
_latest: list[JobRun] = []  # threads started by a job see the job's run, too


def current() -> JobRun | None:
    """The run in progress in this process, if any."""
    return _current.get() or (_latest[-1] if _latest else None)


def run_id() -> str:
    """Id of the run in progress; a new one outside a job (tests, notebooks)."""
    run = current()
    return run.run_id if run else new_id()


def new_id() -> str:
    """A sortable id: local time to the second, and randomness."""
    return f"{now():%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:12]}"


def note(
    *, rows_in: int = 0, rows_out: int = 0, bytes_in: int = 0, table: str = "", version: int | None = None
) -> None:
    """Add to the counters of the run in progress; outside a job it does nothing."""
    run = current()
    if run is None:
        return
    run.rows_in += rows_in
    run.rows_out += rows_out
    run.bytes_in += bytes_in
    if table and version is not None:
        run.table_versions[table] = version


def failure(object_id: str, message: str) -> None:
    """Record that one object (enterprise, window, payload) failed, while the job goes on."""
    run = current()
    if run is not None:
        run.failures.append({"object_id": object_id, "message": message, "failed_at": now().isoformat()})


@contextmanager
def record(step: str, target: str, window_from: str, window_to: str) -> Iterator[JobRun]:
    """The run of a job from start to end; its file is written whatever happens inside."""
    run = JobRun(step, target, window_from, window_to, new_id(), now().isoformat(), code_version=code_version())
    token = _current.set(run)
    _latest.append(run)
    wall, cpu = perf_counter(), process_time()
    try:
        yield run
    finally:
        run.ended_at = now().isoformat()
        run.wall_s = round(perf_counter() - wall, 3)
        run.cpu_client_s = round(process_time() - cpu, 3)
        _spool(run)
        _latest.remove(run)
        _current.reset(token)


def flush(spark: SparkSession) -> int:
    """Move spooled records into ``ops.job_run`` and ``ops.failure``; returns how many runs were new."""
    from spark_jobs.engine import tables

    files = sorted(_spool_dir().glob("*.json"))
    runs = [json.loads(path.read_text(encoding="utf-8")) for path in files]
    if not runs:
        return 0
    table = tables.dictionary()["ops.job_run"]
    tables.ensure(spark, table)
    ids = tables.one_of("run_id", [run["run_id"] for run in runs])
    known = {row.run_id for row in tables.read(spark, table.name).where(ids).select("run_id").collect()}
    fresh = [run for run in runs if run["run_id"] not in known]
    failures = tables.dictionary()["ops.failure"]
    rows = [_failure_row(run, item) for run in fresh for item in run["failures"]]
    if rows:
        frame = tables.frame(spark, failures, rows)
        tables.replace(frame, failures, tables.one_of("run_id", [row["run_id"] for row in rows]))
    if fresh:
        # Replaced, not appended: another job may be moving the same records right now, and one of the two will repeat.
        where = f"{tables.one_of('run_day', [run['started_at'][:10] for run in fresh])} AND {ids}"
        tables.replace(tables.frame(spark, table, [_run_row(run) for run in fresh]), table, where)
    for path in files:
        path.unlink(missing_ok=True)
    return len(fresh)


@lru_cache(maxsize=1)
def code_version() -> str:
    """Commit of the code that runs, with ``+`` where files differ from it; empty outside a checkout."""
    shown = subprocess.run(
        ["git", "-C", str(ROOT), "describe", "--always", "--dirty=+", "--abbrev=12", "--exclude=*"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return shown.stdout.strip()


def _spool_dir() -> Path:
    return settings().run / "ops"


def _spool(run: JobRun) -> None:
    folder = _spool_dir()
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{run.run_id}.part"
    part.write_text(json.dumps(asdict(run), ensure_ascii=False), encoding="utf-8")
    part.replace(folder / f"{run.run_id}.json")


def _run_row(run: dict[str, Any]) -> dict[str, Any]:
    return {
        **run,
        "started_at": datetime.fromisoformat(run["started_at"]),
        "ended_at": datetime.fromisoformat(run["ended_at"]),
        "run_day": run["started_at"][:10],
        "table_versions_json": json.dumps(run["table_versions"], sort_keys=True),
    }


def _failure_row(run: dict[str, Any], item: dict[str, str]) -> dict[str, Any]:
    return {**run, **item, "failed_at": datetime.fromisoformat(item["failed_at"])}
