"""Put a proposed factor version in force after approval, and recompute only the emission rows that use it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, help=__doc__)


@app.command()
def adopt(
    factor_id: Annotated[str, typer.Argument(metavar="FACTOR", help="id as `lake factors list` prints it")] = "",
    value: Annotated[float | None, typer.Option("--value", help="approved value, in --unit")] = None,
    rsu: Annotated[float | None, typer.Option("--rsu", help="relative standard uncertainty (k=1), as 0.05")] = None,
    unit: Annotated[str, typer.Option("--unit", help="unit of --value; default: that of the version in force")] = "",
    month: Annotated[str, typer.Option("--from", help="first month it is for; default: all months of the former")] = "",
    file: Annotated[Path | None, typer.Option("--file", help="CSV with the columns of factors.csv instead")] = None,
    method: Annotated[str, typer.Option("--method", help="instead of a factor: the method that gives way")] = "",
    by: Annotated[str, typer.Option("--by", help="with --method: the method that takes its place")] = "",
    approve: Annotated[str, typer.Option("--approve", help="name/role of who approved")] = "",
    evidence: Annotated[str, typer.Option("--evidence", help="text, or the path of a file")] = "",
    reason: Annotated[str, typer.Option("--reason", help="why")] = "",
    sure: Annotated[bool, typer.Option("--sure", help="adopt a value far from the former one all the same")] = False,
) -> None:
    """Exit codes: 0 in force and recomputed, 2 wrong call, 65 bad data."""
    from spark_jobs.accounting.adoption import run

    try:
        print(run(factor_id, value, rsu, unit, month, file, method, by, approve, evidence, reason, sure))
    except (ValueError, RuntimeError, LookupError, FileNotFoundError) as error:
        print(f"lake adopt: {error}", file=sys.stderr)
        raise typer.Exit(getattr(error, "exit_code", 2)) from error
