"""Print how many rows Spark finds in a table by its name in the catalog, and by its place: ``… ask_by_name gold.x``."""

from __future__ import annotations

import sys

from spark_jobs.engine import session, tables


def main(name: str) -> None:
    """One line: rows by name, rows by place."""
    spark = session.connect()
    try:
        print(spark.table(name).count(), tables.read(spark, name).count())
    finally:
        session.close(spark)


if __name__ == "__main__":
    main(sys.argv[1])
