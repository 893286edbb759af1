"""Which gates stand closed: verdicts of ``ops.gate`` that no later check of the same rows has lifted.

A verdict is about a table's partitions, or about the whole table. Good rows of another partition do not open the gate
for those that failed.
"""

from __future__ import annotations

from typing import NamedTuple

import duckdb

from spark_jobs.engine import tables
from spark_jobs.engine.lake_reader import reading, scan

_CLOSED = """
WITH checked AS (
  SELECT table_name, passed, detail_zh, checked_at, run_id,
    UNNEST(CASE WHEN LEN(periods) = 0 THEN [''] ELSE periods END) AS period
  FROM {table}
)
SELECT failed.table_name, ARG_MAX(failed.detail_zh, failed.checked_at),
  LIST(DISTINCT failed.period ORDER BY failed.period)
FROM checked AS failed
WHERE NOT failed.passed AND NOT EXISTS (
  FROM checked AS later
  WHERE later.passed AND later.table_name = failed.table_name AND later.period IN ('', failed.period)
    AND (later.checked_at, later.run_id) > (failed.checked_at, failed.run_id)
)
GROUP BY failed.table_name ORDER BY failed.table_name"""


class Closed(NamedTuple):
    """A table whose gate stands closed: why, and for which partitions (an empty name: the whole table)."""

    table: str
    detail_zh: str
    periods: list[str]


def closed_gates(lake: duckdb.DuckDBPyConnection) -> list[Closed]:
    """All of them, by table; none where nothing was ever checked."""
    if not tables.exists("ops.gate"):
        return []
    return [Closed(*row) for row in lake.execute(_CLOSED.format(table=scan("ops.gate"))).fetchall()]


def standing() -> list[Closed]:
    """``closed_gates`` over a connection of its own."""
    with reading() as lake:
        return closed_gates(lake)
