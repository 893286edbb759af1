"""Name all tables in the Hive metastore, and forget those that are gone; what the tables hold is not touched."""

from __future__ import annotations

import sys

import typer

from infra import table_store
from spark_jobs.engine import catalog, session


def app() -> None:
    """Idempotent; exit 2 where this lake has no metastore."""
    if not catalog.kept():
        print("lake catalog: LAKE_METASTORE_URL is empty: tables are addressed by their place only", file=sys.stderr)
        raise typer.Exit(2)
    spark = session.connect()
    try:
        names = table_store.table_names()
        made, gone = catalog.register(spark, names), catalog.forget(spark, names)
    finally:
        session.close(spark)
    print(f"catalog: {len(names)} tables, {made} named, {gone} forgotten")
