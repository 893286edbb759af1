"""Fetch and refine past windows of a feed again through Airflow, with progress and a recorded reason."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console

from infra.process.airflow_api import AirflowApi, AirflowRefused
from infra.process.backfill import Backfill, BackfillRefused, drive, plan
from infra.process.demonstration import LoadFailed
from infra.process.supervision import open_lake, supervised
from infra.settings import now
from spark_jobs.contracts import ContractError, resolve
from spark_jobs.ingest.windows import WindowError, windows

app = typer.Typer(add_completion=False, help=__doc__)
NOT_RUNNING, BAD_CALL, FAILED = 3, 2, 1


@app.command()
def backfill(
    feed: Annotated[
        str, typer.Argument(help="feed (source.entity) or source; a feed brings its source's others along")
    ],
    first: Annotated[str, typer.Option("--from", help="first receipt window: 2026-10 or 2026-10-31")],
    last: Annotated[str, typer.Option("--to", help="last receipt window, included")],
    reason: Annotated[str, typer.Option(help="why; kept in ops.backfill")],
) -> None:
    """Few windows run as Airflow's own backfill, many as one range run; then gold and release follow."""
    console = Console(highlight=False, soft_wrap=True)
    try:
        contracts = resolve(feed)
        asked = sorted({window for contract in contracts for window in windows(contract, first, last)})
        if not reason.strip():
            raise BackfillRefused("--reason is empty: say why")
        lake = open_lake()
        if not supervised(lake.place):
            console.print("nothing runs; run: make run")
            raise typer.Exit(NOT_RUNNING)
        api = AirflowApi(lake.place, lake.values["LAKE_AIRFLOW_URL"])
        work = plan(contracts[0].source, asked, reason, requested_at=now())
        _tell(console, work)
        drive(api, lake, work, console)
    except (ContractError, WindowError, BackfillRefused) as error:
        console.print(f"lake backfill: {error}", markup=False)
        raise typer.Exit(BAD_CALL) from error
    except (LoadFailed, AirflowRefused) as error:
        console.print(f"lake backfill: {error}", markup=False)
        raise typer.Exit(FAILED) from error


def _tell(console: Console, work: Backfill) -> None:
    how = "one range run" if work.ranged else "Airflow's backfill, one run a window"
    at = datetime.fromisoformat(work.requested_at)
    console.print(f"{work.source}: {len(work.windows)} windows {work.first} … {work.last}, {how}, {at:%Y-%m-%d %H:%M}")
