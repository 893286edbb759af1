"""The ledger of landed position files, written before and after silver's list of files, so that a kill between loses
and repeats nothing.

A run first writes its receipts as not yet merged, then commits the list of silver files, whose rows name the run, then
says that the receipts are merged. A later run finds receipts that are not: if the list names their run, silver has them
and only the hours are to be made again; if it does not, they are forgotten and their files taken as new.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from infra.crypto import sm3_file_hex
from spark_jobs.engine import tables
from spark_jobs.engine.dropped import own_name
from spark_jobs.engine.fleet import fields
from spark_jobs.engine.fleet.split import REASONS, Split

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

FILES, RECEIPTS = "silver.position_file", "ops.position_receipt"
EPOCH = date(1970, 1, 1)


def day_text(number: int) -> str:
    """Days since 1970 as 2026-11-20."""
    return (EPOCH + timedelta(days=number)).isoformat()


def hashed(paths: Sequence[str], known: Mapping[str, str]) -> dict[str, str]:
    """Path → SM3 of the file, in order of path; one path for each content."""
    found: dict[str, str] = {}
    for path in sorted(set(paths)):
        digest = known.get(path) or sm3_file_hex(Path(path))
        if digest not in found.values():
            found[path] = digest
    return found


def taken(spark: SparkSession, receipts: str = RECEIPTS) -> set[str]:
    """Payloads (SM3) that silver has."""
    if not tables.exists(receipts):
        return set()
    return {row.payload_sm3 for row in tables.read(spark, receipts).where("merged").select("payload_sm3").collect()}


def unfinished(spark: SparkSession, files: str = FILES, receipts: str = RECEIPTS) -> dict[str, list[str]]:
    """Run → days of the receipts that a kill left unmerged though silver's list has them; the others are forgotten."""
    if not tables.exists(receipts):
        return {}
    left = tables.read(spark, receipts).where("NOT merged").select("run_id", "days_json").collect()
    if not left:
        return {}
    runs = sorted({row.run_id for row in left})
    listed = set()
    if tables.exists(files):
        rows = tables.read(spark, files).where(tables.one_of("run_id", runs)).select("run_id").distinct().collect()
        listed = {row.run_id for row in rows}
    forgotten = [run for run in runs if run not in listed]
    if forgotten:
        table = tables.dictionary()[receipts]
        tables.replace(tables.frame(spark, table, []), table, f"NOT merged AND {tables.one_of('run_id', forgotten)}")
    found: dict[str, set[str]] = defaultdict(set)
    for row in left:
        if row.run_id in listed:
            found[row.run_id] |= set(json.loads(row.days_json))
    return {run: sorted(days) for run, days in found.items()}


def begin(spark: SparkSession, splits: Sequence[Split], hashes: Mapping[str, str], run_id: str) -> None:
    """Write the receipts of a run's files, not merged yet."""
    write(spark, [_row(split, hashes[split.path], run_id) for split in splits], hashes)


def write(
    spark: SparkSession, rows: Sequence[Mapping[str, object]], hashes: Mapping[str, str], receipts: str = RECEIPTS
) -> None:
    """Put rows in place of what stands of the same payloads."""
    table = tables.dictionary()[receipts]
    given = tables.frame(spark, table, list(rows)).coalesce(1)
    tables.replace(given, table, tables.one_of("payload_sm3", hashes.values()))


def finish(spark: SparkSession, run_id: str, receipts: str = RECEIPTS) -> None:
    """Say that silver and gold have the run's files."""
    table, own = tables.dictionary()[receipts], tables.one_of("run_id", [run_id])
    rows = [row.asDict() | {"merged": True} for row in tables.read(spark, receipts).where(own).collect()]
    tables.replace(tables.frame(spark, table, rows).coalesce(1), table, own)


def _row(split: Split, payload_sm3: str, run_id: str) -> dict[str, object]:
    path = Path(split.path)
    rows: dict[str, int] = defaultdict(int)
    for piece in split.pieces:
        rows[day_text(piece.day)] += piece.rows
    return {
        "payload_sm3": payload_sm3, "file": own_name(split.path, payload_sm3),
        "received_hour": fields.window(path.name), "bytes": path.stat().st_size, "rows_in": split.rows_in,
        "rows_routed": sum(rows.values()), "days_json": json.dumps(dict(sorted(rows.items()))),
        **{reason: split.refused.get(reason, 0) for reason in REASONS},
        "closes": split.closes, "merged": False, "run_id": run_id,
    }  # fmt: skip
