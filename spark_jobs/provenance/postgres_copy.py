"""Copy a release to PostgreSQL, or a database that speaks its protocol: one schema a release, switched in one step.

Rows go through COPY as CSV, so nothing is built up in memory. Readers use the views of schema ``serving``, which are
pointed to the new release in one transaction; the schema of the release before is dropped in the same one.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection

from spark_jobs.provenance.release import Release

VIEWS = "serving"
_TYPES = {
    "VARCHAR": "text", "BIGINT": "bigint", "INTEGER": "integer", "DOUBLE": "double precision", "BOOLEAN": "boolean",
    "DATE": "date", "TIMESTAMP WITH TIME ZONE": "timestamptz", "TIMESTAMP": "timestamp", "JSON": "jsonb",
}  # fmt: skip


def postgres_type(duckdb_type: str) -> str:
    """PostgreSQL's type of a DuckDB column; KeyError for a type that marts do not use."""
    if duckdb_type.endswith("[]"):
        return f"{postgres_type(duckdb_type[:-2])}[]"
    if duckdb_type.startswith("DECIMAL"):
        return "numeric" + duckdb_type.removeprefix("DECIMAL")
    return _TYPES[duckdb_type]


def copy_release(release: Release, url: str) -> int:
    """Write every table of the release and switch the views to it; returns rows written. Safe to repeat."""
    schema = "release_" + release.release_id.lower().replace("-", "_")
    engine = create_engine(url)
    try:
        with duckdb.connect(str(release.file), read_only=True) as source, engine.begin() as target:
            source.execute("set TimeZone = 'Asia/Shanghai'")
            target.exec_driver_sql(f'drop schema if exists "{schema}" cascade')
            target.exec_driver_sql(f'create schema "{schema}"')
            names = [row[0] for row in source.execute("select table_name from duckdb_tables() order by 1").fetchall()]
            rows = sum(_copy_table(source, target, schema, name) for name in names)
            _switch(target, schema, names)
    finally:
        engine.dispose()
    return rows


def _copy_table(source: duckdb.DuckDBPyConnection, target: Connection, schema: str, name: str) -> int:
    columns = [(row[0], row[1]) for row in source.execute(f'describe "{name}"').fetchall()]
    declared = ", ".join(f'"{column}" {postgres_type(kind)}' for column, kind in columns)
    target.exec_driver_sql(f'create table "{schema}"."{name}" ({declared})')
    picked = ", ".join(_as_text(column, kind) for column, kind in columns)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        source.execute(
            f"""copy (select {picked} from "{name}") to '{path}' (format csv, header false, nullstr '\\N')"""
        )
        cursor: Any = target.connection.cursor()
        with path.open(encoding="utf-8") as file, cursor:
            cursor.copy_expert(f'copy "{schema}"."{name}" from stdin (format csv, null \'\\N\')', file)
            return int(cursor.rowcount)


def _as_text(column: str, kind: str) -> str:
    """Lists become PostgreSQL's array text; the rest goes as it is."""
    if not kind.endswith("[]"):
        return f'"{column}"'
    quoted = f"""list_transform("{column}", x -> '"' || replace(replace(x, '\\', '\\\\'), '"', '\\"') || '"')"""
    return f"""'{{' || array_to_string({quoted}, ',') || '}}' as "{column}\""""


def _switch(target: Connection, schema: str, names: list[str]) -> None:
    former = target.exec_driver_sql("select nspname from pg_namespace where nspname like 'release\\_%%'").fetchall()
    target.exec_driver_sql(f"drop schema if exists {VIEWS} cascade")
    target.exec_driver_sql(f"create schema {VIEWS}")
    for name in names:
        target.exec_driver_sql(f'create view {VIEWS}."{name}" as select * from "{schema}"."{name}"')
    for (old,) in former:
        if old != schema:
            target.exec_driver_sql(f'drop schema "{old}" cascade')
