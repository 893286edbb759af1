"""DuckDB: window functions over the silver files, all of the machine's cores."""

from __future__ import annotations

import time

import duckdb
import pyarrow as pa

from tests.bench.fleet import sql


def database(tables: dict[str, pa.Table], threads: int) -> duckdb.DuckDBPyConnection:
    """An in-memory database with the small tables loaded and the settings its users choose for bulk work."""
    found = duckdb.connect()
    found.execute(f"SET threads = {threads}")
    found.execute("SET preserve_insertion_order = false")
    found.execute("SET memory_limit = '8GB'")
    for name, table in tables.items():
        found.register(f"{name}_arrow", table)
        found.execute(f"CREATE TABLE {name} AS SELECT * FROM {name}_arrow")
    return found


def whole(
    of: duckdb.DuckDBPyConnection, files: list[str], with_slope: bool = True
) -> tuple[float, dict[str, pa.Table]]:
    """All files in one query; seconds and both results."""
    start = time.monotonic()
    source = f"read_parquet({files!r})"
    of.execute(f"CREATE OR REPLACE TEMP TABLE fine AS {sql.fine(sql.segments(source, sql.DUCKDB, with_slope))}")
    return _results(of, start)


def by_file(
    of: duckdb.DuckDBPyConnection, files: list[str], with_slope: bool = True, together: int = 4
) -> tuple[float, dict[str, pa.Table]]:
    """A few files a query, as a user does who knows that a file holds whole vehicles; seconds and both results."""
    start = time.monotonic()
    for n in range(0, len(files), together):
        query = sql.fine(sql.segments(f"read_parquet({files[n : n + together]!r})", sql.DUCKDB, with_slope))
        of.execute(f"INSERT INTO fine {query}" if n else f"CREATE OR REPLACE TEMP TABLE fine AS {query}")
    return _results(of, start)


def _results(of: duckdb.DuckDBPyConnection, start: float) -> tuple[float, dict[str, pa.Table]]:
    found = {
        "vehicle": of.execute(sql.vehicle_hours("fine")).to_arrow_table(),
        "cell": of.execute(sql.cell_hours("fine")).to_arrow_table(),
    }
    return time.monotonic() - start, found
