"""Explain the difference between two closings of a month: late data, correction, factor, method, boundary."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, help=__doc__)


@app.command()
def bridge(
    former: Annotated[str, typer.Argument(help="id of the former closing, as 2026-10.1")],
    later: Annotated[str, typer.Argument(help="id of a later closing of the same month, as 2026-10.2")],
    boundary: Annotated[str, typer.Option("--boundary", help="legal_entity or territorial")] = "legal_entity",
    account: Annotated[str, typer.Option("--account", help="official, or an account")] = "official",
    top: Annotated[int, typer.Option("--top", help="enterprises to print", min=0)] = 20,
    out: Annotated[Path | None, typer.Option("--out", help="write all rows: .csv or .parquet")] = None,
) -> None:
    """Exit codes: 0 shown, 2 wrong call."""
    from spark_jobs.accounting import closing, closing_bridge, closing_text

    try:
        first, second = closing.pair(former, later, boundary)
        rows = closing_bridge.between(first, second)
        print(closing_text.bridge_text(first, second, rows, boundary, account, top))
        if out:
            closing_text.write(rows, out)
            print(f"全部 {rows.num_rows} 行已写入 {out}")
    except (ValueError, FileNotFoundError) as error:
        print(f"lake bridge: {error}", file=sys.stderr)
        raise typer.Exit(2) from error
