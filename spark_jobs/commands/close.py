"""Close a month under a number after approval: its figures are frozen, signed, and bridged to the former closing."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, help=__doc__)


@app.command()
def close(
    month: Annotated[str, typer.Argument(help="month, as 2026-10")] = "",
    approve: Annotated[str, typer.Option("--approve", help="name/role of who approved")] = "",
    evidence: Annotated[str, typer.Option("--evidence", help="text, or the path of a file")] = "",
    listed: Annotated[bool, typer.Option("--list", help="list the closings (of the month) and check them")] = False,
) -> None:
    """Exit codes: 0 closed, 1 a listed closing does not hold, 2 wrong call, 65 the month cannot be closed yet."""
    from spark_jobs.accounting import closing, closing_text
    from spark_jobs.accounting.approval import approval

    try:
        if listed:
            found = closing.closings(month)
            print(closing_text.list_text(found))
            holds = all(c.signature_holds and closing.figures_hold(c) for c in found)
        else:
            holds = True
            print(closing_text.closing_text(closing.run(month, approval(approve, evidence))))
    except closing.ClosingRefused as error:
        print(f"lake close: {month} 不能关账：\n  " + str(error).replace("\n", "\n  "), file=sys.stderr)
        raise typer.Exit(error.exit_code) from error
    except (ValueError, RuntimeError, FileNotFoundError) as error:
        print(f"lake close: {error}", file=sys.stderr)
        raise typer.Exit(getattr(error, "exit_code", 2)) from error
    raise typer.Exit(0 if holds else 1)
