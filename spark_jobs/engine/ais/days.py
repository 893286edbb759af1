"""Received files → silver files → gold hours, through the one Spark server; only what a receipt touches.

A file is taken once. A day's sums need the edges and the static messages of its neighbours, so a receipt touches the
day before and after, too; they are a pure function of silver.
"""

from __future__ import annotations

import shutil
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.settings import settings
from spark_jobs.engine import job_run, tables
from spark_jobs.engine.ais import gold, tasks
from spark_jobs.engine.ais.decode import REASONS, Decoded
from spark_jobs.engine.ais.merge import Merged, edges_path
from spark_jobs.engine.fleet.split import Piece
from spark_jobs.engine.ledger import LedgerOpen
from spark_jobs.engine.session import one_at_a_time

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

FILES, STATICS, RECEIPTS = "silver.ais_position_file", "silver.ais_static", "ops.ais_receipt"
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Refined:
    """What a run did: files taken, lines in, positions routed, days whose silver changed, days remade."""

    files: int
    rows_in: int
    rows_routed: int
    silver_days: tuple[str, ...]
    gold_days: tuple[str, ...]


def folder() -> Path:
    """Where silver's Parquet files of AIS positions lie."""
    return settings().warehouse / "silver" / "ais_position"


def refine(spark: SparkSession, received: Iterable[str], cores: int) -> Refined:
    """Take the received files that were not taken before and bring silver and gold up to them.

    Raises:
        LedgerOpen: counts do not add up; nothing was written.
        UnreadableFile: names the file; nothing was written.
    """
    with one_at_a_time("ais"):
        new = _new(spark, received)
        if not new:
            return Refined(0, 0, 0, (), ())
        spill = settings().run / "ais-spill" / uuid.uuid4().hex
        spill.mkdir(parents=True)
        try:
            taken = tasks.decode(spark, new, str(spill), 4 * cores)
            _refuse([f"{Path(x.path).name}: {x.rows_in} lines in" for x in taken if not x.closes])
            days = sorted({*_silver(spark, taken, cores), *_statics(spark, taken)})
        finally:
            shutil.rmtree(spill, ignore_errors=True)
        made = again(spark, days, cores)
        _write_receipts(spark, taken)
        rows = sum(x.rows_in for x in taken)
        job_run.note(rows_in=rows)
        return Refined(len(new), rows, sum(x.rows_routed for x in taken), tuple(days), tuple(made))


def again(spark: SparkSession, changed: Iterable[str], cores: int) -> list[str]:
    """Make the hours of the changed days and their neighbours anew from silver and registers; returns the days."""
    present = listed(spark)
    days = sorted({shifted(day, by) for day in changed for by in (-1, 0, 1)} & set(present))
    if days:
        gold.build(spark, present, days, cores)
    return days


def listed(spark: SparkSession) -> dict[str, dict[int, str]]:
    """Day → bucket → silver file, from the newest snapshot of the list."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    if tables.exists(FILES):
        for row in tables.read(spark, FILES).select("day", "bucket", "path").collect():
            found[row.day][row.bucket] = str(folder() / row.path)
    return dict(found)


def day_text(number: int) -> str:
    """2026-11-20 of days since 1970."""
    return (EPOCH + timedelta(days=number)).isoformat()


def shifted(day: str, by: int) -> str:
    """The day so many days on."""
    return (date.fromisoformat(day) + timedelta(days=by)).isoformat()


def _new(spark: SparkSession, received: Iterable[str]) -> list[str]:
    taken = set()
    if tables.exists(RECEIPTS):
        taken = {row.file for row in tables.read(spark, RECEIPTS).select("file").collect()}
    return [path for path in sorted(set(received)) if Path(path).name not in taken]


def _silver(spark: SparkSession, taken: Sequence[Decoded], cores: int) -> list[str]:
    """New silver files for the days and buckets that have new pieces, then the list of files in one commit."""
    pieces: dict[tuple[int, int], list[Piece]] = defaultdict(list)
    for piece in (p for x in taken for p in x.pieces):
        pieces[piece.day, piece.bucket].append(piece)
    present, works = listed(spark), []
    for (day, bucket), own in sorted(pieces.items()):
        text = day_text(day)
        path = folder() / f"day={text}" / f"bucket-{bucket:02d}-{uuid.uuid4().hex[:12]}.parquet"
        works.append((own, present.get(text, {}).get(bucket, ""), str(path)))
    merged = tasks.merge(spark, works, 4 * cores)
    _refuse([f"day {day_text(m.day)} bucket {m.bucket}: {m.rows_new} new rows" for m in merged if not m.closes])
    days = sorted({day_text(day) for day, _ in pieces})
    if days:
        _list(spark, merged, days)
    return days


def _list(spark: SparkSession, merged: Sequence[Merged], days: list[str]) -> None:
    table = tables.dictionary()[FILES]
    before = []
    if tables.exists(FILES):
        before = [r.asDict() for r in tables.read(spark, FILES).where(tables.one_of("day", days)).collect()]
    kept = {(row["day"], row["bucket"]): row for row in before}
    old = []
    for m in merged:
        last: Mapping[str, Any] = kept.get((day_text(m.day), m.bucket), {})
        old += [str(folder() / last["path"])] if last else []
        kept[day_text(m.day), m.bucket] = {
            "day": day_text(m.day), "bucket": m.bucket, "path": str(Path(m.path).relative_to(folder())),
            "ships": m.ships, "positions": m.kept, "rows_given": m.rows_new + last.get("rows_given", 0),
            "rows_duplicate": m.duplicate + last.get("rows_duplicate", 0),
            "rows_contradicting": m.contradiction + last.get("rows_contradicting", 0), "jumps": m.jumps,
            "ambiguous": m.ambiguous, "bytes": m.bytes,
        }  # fmt: skip
    tables.replace(tables.frame(spark, table, list(kept.values())).coalesce(1), table, tables.one_of("day", days))
    for path in old:
        Path(path).unlink(missing_ok=True)
        Path(edges_path(path)).unlink(missing_ok=True)


def _statics(spark: SparkSession, taken: Sequence[Decoded]) -> list[str]:
    """What ships said, joined with what silver has of the same days: first and last time of each statement."""
    told = gold.statements([x.statics for x in taken])
    if not told.num_rows:
        return []
    days = sorted(set(told["day"].to_pylist()))
    inside, table = tables.one_of("day", days), tables.dictionary()[STATICS]
    spark.createDataFrame(told).createOrReplaceTempView("ais_told")
    names = ", ".join(c.name for c in table.columns if c.name not in ("first_at", "last_at"))
    both = f"SELECT {names}, first_at, last_at FROM ais_told"
    if tables.exists(STATICS):
        both += f" UNION ALL SELECT {names}, first_at, last_at FROM delta.`{tables.place(STATICS)}` WHERE {inside}"
    rows = spark.sql(
        f"SELECT {names}, MIN(first_at) AS first_at, MAX(last_at) AS last_at FROM ({both}) GROUP BY {names}"
    )
    tables.replace(rows.coalesce(1), table, inside)
    return days


def _write_receipts(spark: SparkSession, taken: Sequence[Decoded]) -> None:
    table = tables.dictionary()[RECEIPTS]
    rows = [
        {
            "file": Path(x.path).name, "bytes": Path(x.path).stat().st_size, "rows_in": x.rows_in,
            "rows_routed": x.rows_routed, "rows_static": x.rows_static, "no_speed": x.no_speed, "closes": x.closes,
            **{reason: x.refused.get(reason, 0) for reason in REASONS},
        }
        for x in taken
    ]  # fmt: skip
    names = [Path(x.path).name for x in taken]
    tables.replace(tables.frame(spark, table, rows).coalesce(1), table, tables.one_of("file", names))


def _refuse(wrong: list[str]) -> None:
    if wrong:
        raise LedgerOpen(f"AIS messages do not add up: {'; '.join(wrong[:10])}; nothing was written")
