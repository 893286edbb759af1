"""A hash of a table's content that does not depend on runs, order of rows, files or receipts.

Left out: run ids, everything about the receipt (payload, row, window, moment), and a ``known_from`` that is taken from
the receipt because the upstream gives no version time; sealed fields, which differ by key (``record_id`` covers them).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

from infra.crypto import sm3_hex
from spark_jobs.contracts import load_contracts
from spark_jobs.engine import tables
from spark_jobs.engine.layers import silver_name

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

LEFT_OUT = frozenset(
    [
        "run_id",
        "code_version",
        "payload_sm3",
        "payload_sm3s",
        "row_no",
        "receipt_window",
        "received_at",
        "charset",
        "duplicate_receipts",
        "started_at",
        "ended_at",
        "checked_at",
        "touched_at",
        "silver_version",
    ]
)
KNOWN = ("known_from", "known_to")
_BITS = 256


def content_hash(spark: SparkSession, name: str, at_version: int | None = None) -> tuple[int, str]:
    """Rows and hash of a table: SM3 over the row count and the sum of the rows' SM3 (mod 2^256)."""
    rows, total = 0, 0
    for part in (
        _texts(tables.read(spark, name, at_version), name).mapInArrow(_summed, "n long, total string").collect()
    ):
        rows, total = rows + part.n, (total + int(part.total, 16)) % (1 << _BITS)
    return rows, sm3_hex(f"{rows} {total:064x}".encode())


def hashed_columns(name: str, columns: list[str]) -> list[str]:
    """Columns that count, in a stable order."""
    receipt_timed = {silver_name(c) for c in load_contracts().values() if not c.known_from_field}
    receipt_timed |= {table.name for table in tables.dictionary().values() if table.built_from}
    sealed = {field for c in load_contracts().values() if silver_name(c) == name for field in c.guarded}
    without = LEFT_OUT | sealed | (set(KNOWN) if name in receipt_timed else set())
    return sorted(column for column in columns if column not in without)


def _texts(frame: DataFrame, name: str) -> DataFrame:
    from pyspark.sql.connect.functions import col, lit, struct, to_json, when

    counted = [col(column) for column in hashed_columns(name, frame.columns)]
    if "source_feed" in frame.columns:
        timed = [c.feed for c in load_contracts().values() if not c.known_from_field]
        plain = [column for column in hashed_columns(name, frame.columns) if column not in KNOWN]
        by_receipt = col("source_feed").isin(timed)
        counted = [col(c) for c in plain] + [
            when(by_receipt, lit(None)).otherwise(col(c)).alias(c) for c in KNOWN if c in frame.columns
        ]
    return frame.select(to_json(struct(*counted), {"ignoreNullFields": "false"}).alias("row"))


def _summed(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    rows, total = 0, 0
    for batch in batches:
        for text in batch.column(0).to_pylist():
            rows, total = rows + 1, (total + int(sm3_hex(text.encode()), 16)) % (1 << _BITS)
    yield pa.RecordBatch.from_pydict({"n": [rows], "total": [f"{total:064x}"]})
