"""Print rows and content hash of tables; equal contents give equal hashes, however they were built."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, help=__doc__)


@app.command()
def hash_(tables_: Annotated[list[str], typer.Argument(metavar="TABLE...", help="for example silver.voyage")]) -> None:
    """One line a table: name, rows, hash. Exit codes: 2 a table does not exist, 75 Spark does not answer."""
    from spark_jobs.engine import content_hash, session, tables

    missing = [name for name in tables_ if not tables.exists(name)]
    if missing:
        print(f"lake hash: no table {', '.join(missing)}", file=sys.stderr)
        raise typer.Exit(2)
    try:
        spark = session.connect()
    except (session.ServerUnreachable, session.WrongServer) as error:
        print(f"lake hash: {error}", file=sys.stderr)
        raise typer.Exit(75) from error
    try:
        for name in tables_:
            rows, digest = content_hash.content_hash(spark, name)
            print(f"{name} {rows} {digest}")
    finally:
        session.close(spark)
