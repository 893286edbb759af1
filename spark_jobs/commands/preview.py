"""Show what a proposed factor would change, by enterprise and month, before it is adopted; writes nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from factor_library.factor import FactorError
from spark_jobs.accounting.proposal import ProposalError

app = typer.Typer(add_completion=False, help=__doc__)


@app.command()
def preview(
    factor_id: Annotated[str, typer.Argument(metavar="FACTOR", help="id as `lake factors list` prints it")] = "",
    value: Annotated[float | None, typer.Option("--value", help="proposed value, in --unit")] = None,
    rsu: Annotated[float | None, typer.Option("--rsu", help="relative standard uncertainty (k=1), as 0.05")] = None,
    unit: Annotated[str, typer.Option("--unit", help="unit of --value; default: that of the version in force")] = "",
    month: Annotated[str, typer.Option("--from", help="first month it is for; default: all months of the former")] = "",
    file: Annotated[Path | None, typer.Option("--file", help="CSV with the columns of factors.csv instead")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="write all rows: .csv or .parquet")] = None,
    top: Annotated[int, typer.Option("--top", help="rows to print", min=0)] = 30,
) -> None:
    """Exit codes: 0 shown, 2 wrong call, 65 the proposal leaves activity without a factor."""
    from spark_jobs.accounting import preview_report

    try:
        state, proposed = preview_report.proposal(factor_id, value, rsu, unit, month, file)
        report = preview_report.compare(state, proposed)
        print(preview_report.text(report, top))
        if out:
            preview_report.write(report, out)
            print(f"全部 {report.preview.change.num_rows} 行已写入 {out}")
    except (ProposalError, FactorError, FileNotFoundError) as error:
        print(f"lake preview: {error}", file=sys.stderr)
        raise typer.Exit(2) from error
    raise typer.Exit(65 if report.preview.unaccounted else 0)
