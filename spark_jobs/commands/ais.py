"""Bring received AIS messages (NMEA AIVDM or CSV) of all ships into silver and gold."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, help=__doc__, no_args_is_help=True)
FOLDER = Annotated[
    Path, typer.Argument(help="folder of received files: ais-2026-11-20T07….nmea.gz, .nmea, .csv.gz, .csv")
]
CORES = Annotated[int, typer.Option(help="tasks at once")]


def _files(folder: Path) -> list[str]:
    from spark_jobs.engine.ais.received import SUFFIXES

    paths = [str(path) for path in sorted(folder.glob("ais-*")) if path.name.endswith(SUFFIXES)]
    if not paths:
        print(f"lake ais: no ais-*.nmea.gz or ais-*.csv.gz in {folder}")
        raise typer.Exit(99)
    return paths


@app.command()
def register(
    file: Annotated[Path, typer.Argument(help="CSV or Parquet: mmsi, ship_id, ship_type, deadweight_t …")],
) -> None:
    """Take the operator's register of ships by MMSI; ships in none are reckoned by what they say of themselves."""
    from spark_jobs.engine.ais import question

    print(f"{question.keep_register(file)} ships registered")


@app.command()
def decode(folder: FOLDER) -> None:
    """Decode the files without writing tables: counts of lines, positions, refusals by reason, and the speed."""
    import tempfile

    from spark_jobs.engine.ais.decode import decode as one

    for path in _files(folder):
        start = time.process_time()
        with tempfile.TemporaryDirectory() as spill:
            told = one(path, spill)
        speed = told.rows_in / max(time.process_time() - start, 1e-9)
        reasons = ", ".join(f"{name} {n:,}" for name, n in sorted(told.refused.items())) or "none"
        print(
            f"{Path(path).name}: {told.rows_in:,} lines, {told.rows_routed:,} positions, {told.rows_static:,} static, "
            f"refused: {reasons}; closes: {told.closes}; {speed:,.0f} lines/CPU s"
        )


@app.command()
def refine(folder: FOLDER, cores: CORES = os.cpu_count() or 1) -> None:
    """Take the files that were not taken yet: silver, ship-hours, cell-hours, thinned tracks, ledger."""
    from spark_jobs.engine import session
    from spark_jobs.engine.ais import days

    paths = _files(folder)
    spark = session.connect()
    try:
        start = time.monotonic()
        done = days.refine(spark, paths, cores)
    finally:
        session.close(spark)
    print(
        f"{done.files} files, {done.rows_in:,} lines in, {done.rows_routed:,} positions, "
        f"days {_span(done.silver_days)}; hours of {_span(done.gold_days)}; {time.monotonic() - start:.1f} s"
    )


@app.command()
def again(
    day: Annotated[list[str], typer.Argument(help="days like 2026-11-20 whose hours are made anew")],
    cores: CORES = os.cpu_count() or 1,
) -> None:
    """Make hours anew from silver, after a register or the calls with shore power changed."""
    from spark_jobs.engine import session
    from spark_jobs.engine.ais import days

    spark = session.connect()
    try:
        made = days.again(spark, day, cores)
    finally:
        session.close(spark)
    print(f"hours of {_span(tuple(made))}")


def _span(days: tuple[str, ...]) -> str:
    return "none" if not days else days[0] if len(days) == 1 else f"{days[0]} … {days[-1]}"
