"""Delta tables read by DuckDB in this process: for what only looks, and needs no Spark server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from infra.duckdb_delta import delta_extension
from spark_jobs.engine import tables


@contextmanager
def reading() -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection that can read the lake's tables, in Shanghai's time."""
    with duckdb.connect() as connection:
        connection.execute(f"LOAD '{delta_extension()}'")
        connection.execute("SET TimeZone = 'Asia/Shanghai'")
        yield connection


def scan(name: str, version: int | None = None) -> str:
    """FROM clause of a table, at a version where one is given; FileNotFoundError where there is no such table."""
    if not tables.exists(name):
        raise FileNotFoundError(
            f"table {name} does not exist at {tables.place(name)}: run the job that builds it first"
        )
    pinned = "" if version is None else f", version = {version}"
    return f"delta_scan('file://{tables.place(name)}'{pinned})"
