"""Fetch windows of a feed or of all feeds of a source into landing."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from spark_jobs.contracts import ContractError
from spark_jobs.ingest.fetch import run_fetch
from spark_jobs.ingest.windows import WindowError


def app(
    target: Annotated[str, typer.Argument(help="feed (source.entity), source, or all")],
    window_from: Annotated[str, typer.Option("--from", help="first window: month 2026-10 or day 2026-10-31")],
    window_to: Annotated[str, typer.Option("--to", help="last window, included; the first if left out")] = "",
) -> None:
    """Exit codes: 0 done, 65 refused by the platform, 75 try again, 99 nothing to do, 2 wrong call."""
    try:
        code = run_fetch(target, window_from, window_to or window_from)
    except (ContractError, WindowError, FileNotFoundError) as error:
        print(f"lake fetch: {error}", file=sys.stderr)
        raise typer.Exit(2) from error
    raise typer.Exit(code)
