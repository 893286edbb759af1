"""Received files → silver files → gold hours, through the one Spark server; only what a receipt touches.

A file is taken once, by its content. A day's sums need the edges and the static messages of its neighbours, so a
receipt touches the day before and after, too; they are a pure function of silver. A kill at any moment and another run
give the same tables: statements are written before silver's list, since taking them twice changes nothing (``receipts``
has the rest).
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
from spark_jobs.engine.ais import gold, receipts, tasks
from spark_jobs.engine.ais.decode import Decoded
from spark_jobs.engine.ais.merge import Merged
from spark_jobs.engine.ais.receipts import FILES, RECEIPTS
from spark_jobs.engine.fleet.receipts import day_text, hashed
from spark_jobs.engine.fleet.split import Piece
from spark_jobs.engine.ledger import LedgerOpen
from spark_jobs.engine.session import one_at_a_time

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["FILES", "RECEIPTS", "STATICS", "Refined", "again", "folder", "listed", "refine"]
STATICS = "silver.ais_static"


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


def refine(
    spark: SparkSession, received: Iterable[str], cores: int, hashes: Mapping[str, str] | None = None
) -> Refined:
    """Take the received files whose content was not taken before and bring silver and gold up to them.

    Args:
        hashes: path → SM3 where it is known already; the others are read for it.
    Raises:
        LedgerOpen: counts do not add up; nothing was written.
        UnreadableFile: names the file; nothing was written.
    """
    with one_at_a_time("ais"):
        resumed = _resume(spark, cores)
        had = receipts.taken(spark)
        new = {path: sm3 for path, sm3 in hashed(list(received), hashes or {}).items() if sm3 not in had}
        if not new:
            return Refined(0, 0, 0, (), tuple(resumed))
        run_id, spill = job_run.new_id(), settings().run / "ais-spill" / uuid.uuid4().hex
        spill.mkdir(parents=True)
        try:
            taken = tasks.decode(spark, list(new), str(spill), 4 * cores)
            _refuse([f"{Path(x.path).name}: {x.rows_in} lines in" for x in taken if not x.closes])
            receipts.begin(spark, taken, new, run_id)
            days = sorted({*_statics(spark, taken), *_silver(spark, taken, cores, run_id)})
        finally:
            shutil.rmtree(spill, ignore_errors=True)
        made = again(spark, days, cores)
        receipts.finish(spark, run_id)
        rows, routed = sum(x.rows_in for x in taken), sum(x.rows_routed for x in taken)
        job_run.note(rows_in=rows, rows_out=routed)
        return Refined(len(new), rows, routed, tuple(days), tuple(sorted({*made, *resumed})))


def _resume(spark: SparkSession, cores: int) -> list[str]:
    """Finish what a kill left: make the hours of files that silver has; returns their days."""
    made = set[str]()
    for run_id, days in receipts.unfinished(spark).items():
        made |= set(again(spark, days, cores))
        receipts.finish(spark, run_id)
    return sorted(made)


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


def shifted(day: str, by: int) -> str:
    """The day so many days on."""
    return (date.fromisoformat(day) + timedelta(days=by)).isoformat()


def _silver(spark: SparkSession, taken: Sequence[Decoded], cores: int, run_id: str) -> list[str]:
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
        _list(spark, merged, days, run_id)
    return days


def _list(spark: SparkSession, merged: Sequence[Merged], days: list[str], run_id: str) -> None:
    """The list of silver files with ``merged`` in it, in one commit; then files that no row names are removed."""
    table = tables.dictionary()[FILES]
    before = []
    if tables.exists(FILES):
        before = [r.asDict() for r in tables.read(spark, FILES).where(tables.one_of("day", days)).collect()]
    kept = {(row["day"], row["bucket"]): row for row in before}
    for m in merged:
        last: Mapping[str, Any] = kept.get((day_text(m.day), m.bucket), {})
        kept[day_text(m.day), m.bucket] = {
            "day": day_text(m.day), "bucket": m.bucket, "path": str(Path(m.path).relative_to(folder())),
            "ships": m.ships, "positions": m.kept, "rows_given": m.rows_new + last.get("rows_given", 0),
            "rows_duplicate": m.duplicate + last.get("rows_duplicate", 0),
            "rows_contradicting": m.contradiction + last.get("rows_contradicting", 0), "jumps": m.jumps,
            "ambiguous": m.ambiguous, "bytes": m.bytes, "run_id": run_id,
        }  # fmt: skip
    tables.replace(tables.frame(spark, table, list(kept.values())).coalesce(1), table, tables.one_of("day", days))
    _sweep(days, {str(row["path"]) for row in kept.values()})


def _sweep(days: Iterable[str], named: set[str]) -> None:
    """Remove silver files of the days that the list does not name: what was replaced, and what a kill left."""
    for path in (path for day in days for path in (folder() / f"day={day}").iterdir()):
        if str(path.relative_to(folder()).with_suffix(".parquet")) not in named:
            path.unlink(missing_ok=True)


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


def _refuse(wrong: list[str]) -> None:
    if wrong:
        raise LedgerOpen(f"AIS messages do not add up: {'; '.join(wrong[:10])}; nothing was written")
