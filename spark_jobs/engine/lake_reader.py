"""Delta tables read by DuckDB in this process: for what only looks, and needs no Spark server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from infra import table_store
from spark_jobs.engine import tables


@contextmanager
def reading() -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection that can read the lake's tables; it shows instants in UTC.

    Files that Spark wrote as INT96 (by default it does) hold instants that DuckDB takes for local time of its own
    zone: in another zone than UTC they would be off by that zone's offset.
    """
    with duckdb.connect() as connection:
        table_store.open_duckdb(connection)
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


def local_day(column: str) -> str:
    """SQL of the day (2026-10-31) that an instant lies in, in Shanghai."""
    return f"strftime({column} AT TIME ZONE 'Asia/Shanghai', '%Y-%m-%d')"


def scan(name: str, version: int | None = None) -> str:
    """FROM clause of a table, at a version where one is given; FileNotFoundError where there is no such table."""
    if not tables.exists(name):
        raise FileNotFoundError(
            f"table {name} does not exist at {tables.place(name)}: run the job that builds it first"
        )
    pinned = "" if version is None else f", version = {version}"
    return f"delta_scan('{table_store.scan_url(name)}'{pinned})"


def at_most(
    lake: duckdb.DuckDBPyConnection, rows: int, query: str, given: list[Any] | None = None
) -> duckdb.DuckDBPyConnection | None:
    """The query's result, None where it has more rows: these are counted first, which reads no columns."""
    (number,) = lake.execute(f"SELECT COUNT(*) FROM ({query})", given).fetchall()[0]
    return lake.execute(query, given) if number <= rows else None
