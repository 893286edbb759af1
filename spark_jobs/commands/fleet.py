"""Bring landed vehicle positions into silver and gold: register of vehicles, then files of hours."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, help=__doc__, no_args_is_help=True)
SUFFIXES = (".parquet", ".csv.gz")


@app.command()
def register(
    file: Annotated[Path, typer.Argument(help="Parquet: terminal_id, plate, mass_class, kerb_t, payload_t …")],
) -> None:
    """Seal the vehicle register: plates become keys (HMAC-SM3); run it before the first files."""
    from infra.crypto.keys import KeyStore
    from infra.settings import settings
    from spark_jobs.engine.fleet import days
    from spark_jobs.engine.fleet.register import seal_file

    keys = KeyStore(settings().run / "secrets")
    keys.ensure_all()
    secret = bytes.fromhex(keys.read("hmac_identity", keys.current("hmac_identity")))
    print(f"{seal_file(file, Path(days.register_path()), secret)} vehicles registered")


@app.command()
def network(
    file: Annotated[Path, typer.Argument(help="CSV or Parquet of edges: see spark_jobs/networks/README.md")],
) -> None:
    """Put an operator's road network into force for the days made from now on; without one: the schematic network."""
    from infra.settings import settings
    from spark_jobs.engine.fleet.network import WrongNetwork, seal_file

    try:
        print(f"{seal_file(file, str(settings().warehouse / 'silver'))} edges in force")
    except WrongNetwork as error:
        print(f"lake fleet: {error}")
        raise typer.Exit(65) from error


@app.command()
def refine(
    folder: Annotated[Path, typer.Argument(help="folder of landed files: …2026-11-20T07….parquet or .csv.gz")],
    cores: Annotated[int, typer.Option(help="tasks at once")] = os.cpu_count() or 1,
) -> None:
    """Take the files that were not taken yet: silver, sums by vehicle-hour and cell-hour, ledger."""
    from spark_jobs.engine import session
    from spark_jobs.engine.fleet import days

    paths = [str(path) for path in sorted(folder.glob("positions-*")) if path.name.endswith(SUFFIXES)]
    if not paths:
        print(f"lake fleet: no positions-*.parquet or positions-*.csv.gz in {folder}")
        raise typer.Exit(99)
    spark = session.connect()
    try:
        start = time.monotonic()
        done = days.refine(spark, paths, cores)
    finally:
        session.close(spark)
    print(
        f"{done.files} files, {done.rows_in:,} rows in, {done.rows_routed:,} kept for silver, "
        f"days {_span(done.silver_days)}; hours of {_span(done.gold_days)}; {time.monotonic() - start:.1f} s"
    )


@app.command()
def live(
    once: Annotated[bool, typer.Option("--once", help="take what is there and end")] = False,
    every: Annotated[float, typer.Option(help="seconds between looks into the drop folder")] = 2.0,
) -> None:
    """Keep $LAKE_HOME/serving/live.duckdb up to the minute files that gateways put into $LAKE_HOME/drop/live."""
    from spark_jobs.engine.fleet import live_feed, live_tables
    from spark_jobs.engine.job_run import new_id

    run_id, feed, waits = new_id(), None, ""
    live_tables.ensure(live_feed.target())
    if (lock := live_feed.alone()) is None:
        print("lake fleet live: another process keeps the live view; see `make status`")
        raise typer.Exit(75)
    while True:
        start = time.monotonic()
        try:
            feed = feed or live_feed.begin()
            files, waits = live_feed.look(feed, run_id), ""
            if files:
                seen, took = len(feed.files), time.monotonic() - start
                print(f"{files} files on the map after {took:.1f} s ({seen} since the start)", flush=True)
        except (FileNotFoundError, ValueError) as error:
            if str(error) != waits:
                print(f"lake fleet live waits: {error}", flush=True)
            feed, waits = None, str(error)
        if once:
            lock.close()
            raise typer.Exit(65 if waits else 0)
        time.sleep(every)


def _span(days: tuple[str, ...]) -> str:
    return "none" if not days else days[0] if len(days) == 1 else f"{days[0]} … {days[-1]}"
