"""Open a release's DuckDB file for reading, as the ``query`` function that a passport needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from spark_jobs.provenance.passport import Query


def as_query(connection: duckdb.DuckDBPyConnection) -> Query:
    """SQL text → rows as dictionaries."""

    def query(sql: str) -> list[dict[str, Any]]:
        cursor = connection.execute(sql)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return query


@contextmanager
def reading(file: Path) -> Iterator[Query]:
    """``query`` over a release file, read-only, in Shanghai's time; a missing file says what to run."""
    if not file.exists():
        raise FileNotFoundError(f"no release at {file}: run `lake job marts`, then `lake job publish`")
    with duckdb.connect(str(file), read_only=True) as connection:
        connection.execute("set TimeZone = 'Asia/Shanghai'")
        yield as_query(connection)
