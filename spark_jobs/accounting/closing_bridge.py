"""The bridge between two closings of the lake: computed from their frozen lines, stored beside the later one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from spark_jobs.accounting.bridge import bridge, with_ids
from spark_jobs.engine import tables
from spark_jobs.engine.lake_reader import reading, scan

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from spark_jobs.accounting.closing import Closing

BRIDGE, LINE = "ops.closing_bridge", "ops.closing_line"


def between(former: Closing, later: Closing) -> pa.Table:
    """Rows of the bridge from one closing to a later one of the same month, as ops.closing_bridge has them."""
    with reading() as lake:
        first, second = (f"(SELECT * FROM {scan(LINE)} WHERE closing_id = '{c.closing_id}')" for c in (former, later))
        rows = bridge(lake, first, second, former.closed_at)
    return with_ids(rows, former.closing_id, later.closing_id)


def store(spark: SparkSession, former: Closing, later: Closing) -> int:
    """Keep the bridge to the closing that is being made; returns its rows."""
    rows = between(former, later)
    table = tables.dictionary()[BRIDGE]
    frame = tables.frame(spark, table, rows.to_pylist())
    tables.replace(frame, table, tables.one_of("later_closing_id", [later.closing_id]))
    return int(rows.num_rows)
