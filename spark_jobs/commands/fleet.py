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
    folder: Annotated[Path, typer.Argument(help="folder into which minute files come: …2026-11-20T07-05….parquet")],
    once: Annotated[bool, typer.Option("--once", help="take what is there and end")] = False,
    every: Annotated[float, typer.Option(help="seconds between looks into the folder")] = 5.0,
) -> None:
    """Keep the live database ($LAKE_HOME/serving/live.duckdb) up to the newest minute files."""
    from infra.settings import settings
    from spark_jobs.engine.fleet import days, grid
    from spark_jobs.engine.fleet import live as state
    from spark_jobs.engine.fleet.register import load

    target, map_of = settings().serving / "live.duckdb", grid.build(str(settings().warehouse / "silver"))
    known, taken = state.Live.empty(load(days.register_path())), set[str]()
    while True:
        new = [str(p) for p in folder.glob("positions-*") if p.name.endswith(SUFFIXES) and str(p) not in taken]
        if new:
            start = time.monotonic()
            fixes = state.refresh(known, new, map_of, target)
            taken.update(new)
            print(f"{len(new)} files, {fixes:,} fixes on the map after {time.monotonic() - start:.1f} s", flush=True)
        if once:
            return
        time.sleep(every)


def _span(days: tuple[str, ...]) -> str:
    return "none" if not days else days[0] if len(days) == 1 else f"{days[0]} … {days[-1]}"
