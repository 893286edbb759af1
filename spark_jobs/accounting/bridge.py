"""The bridge from one closing of a month to a later one: what changed, and why, adding up exactly. Pure; DuckDB."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path

import duckdb
import pyarrow as pa

from spark_jobs.engine.identity import sm3_of

CAUSES = {
    "late_data": "迟报",
    "correction": "更正",
    "factor": "因子变更",
    "method": "方法变更",
    "boundary": "边界变更",
}
_NAMED = ("boundary", "account", "sector", "entity_id", "object_id", "period", "activity_type", "scope", "gas", "chain")


@lru_cache(maxsize=1)
def bridge_sql() -> str:
    """The statement; it reads the relations former_line and later_line, and the parameter former_as_of."""
    return Path(__file__).with_name("bridge.sql").read_text(encoding="utf-8")


def bridge(connection: duckdb.DuckDBPyConnection, former: str, later: str, former_as_of: datetime) -> pa.Table:
    """Rows of the bridge (grain and columns in bridge.sql) between two relations of ops.closing_line's columns."""
    for name, source in (("former_line", former), ("later_line", later)):
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM {source}")
    return connection.execute(bridge_sql(), {"former_as_of": former_as_of}).to_arrow_table()


def with_ids(rows: pa.Table, former_id: str, later_id: str) -> pa.Table:
    """The rows as ops.closing_bridge holds them: with both closings, and the SM3 of all that names a row."""
    pair = [pa.repeat(pa.scalar(text, pa.string()), rows.num_rows) for text in (former_id, later_id)]
    ids = sm3_of(*pair, *(rows[name].combine_chunks() for name in (*_NAMED, "cause")))
    named = rows.append_column("former_closing_id", pair[0]).append_column("later_closing_id", pair[1])
    return named.append_column("bridge_id", ids)
