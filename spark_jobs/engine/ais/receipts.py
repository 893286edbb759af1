"""The ledger of landed AIS files, written before and after silver's list, as that of vehicles' positions is."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from spark_jobs.engine.ais.decode import REASONS, Decoded
from spark_jobs.engine.dropped import own_name
from spark_jobs.engine.fleet import fields
from spark_jobs.engine.fleet import receipts as shared
from spark_jobs.engine.fleet.receipts import day_text

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

FILES, RECEIPTS = "silver.ais_position_file", "ops.ais_receipt"


def taken(spark: SparkSession) -> set[str]:
    """Payloads (SM3) that silver has."""
    return shared.taken(spark, RECEIPTS)


def unfinished(spark: SparkSession) -> dict[str, list[str]]:
    """Run → days of the receipts that a kill left unmerged though silver's list has them; the others are forgotten."""
    return shared.unfinished(spark, FILES, RECEIPTS)


def begin(spark: SparkSession, taken_files: Sequence[Decoded], hashes: Mapping[str, str], run_id: str) -> None:
    """Write the receipts of a run's files, not merged yet."""
    shared.write(spark, [_row(x, hashes[x.path], run_id) for x in taken_files], hashes, RECEIPTS)


def finish(spark: SparkSession, run_id: str) -> None:
    """Say that silver and gold have the run's files."""
    shared.finish(spark, run_id, RECEIPTS)


def _row(x: Decoded, payload_sm3: str, run_id: str) -> dict[str, object]:
    """Days of positions with their rows; a day of which the file has only what ships say of themselves has 0."""
    rows: dict[str, int] = defaultdict(int)
    for day in set(pq.read_table(x.statics, columns=["day"])["day"].to_pylist()):
        rows[day_text(day)] = 0
    for piece in x.pieces:
        rows[day_text(piece.day)] += piece.rows
    return {
        "payload_sm3": payload_sm3, "file": own_name(x.path, payload_sm3), "received_hour": fields.window(x.path),
        "bytes": Path(x.path).stat().st_size, "rows_in": x.rows_in, "rows_routed": x.rows_routed,
        "days_json": json.dumps(dict(sorted(rows.items()))), "rows_static": x.rows_static, "no_speed": x.no_speed,
        **{reason: x.refused.get(reason, 0) for reason in REASONS}, "closes": x.closes, "merged": False,
        "run_id": run_id,
    }  # fmt: skip
