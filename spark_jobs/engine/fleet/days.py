"""Landed position files → silver files → gold hours, through the one Spark server; only what a receipt touches.

A file is taken once. A day's sums need the edges of its neighbours, so a receipt touches the day before and after, too.
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
from spark_jobs.engine.fleet import grid as grids
from spark_jobs.engine.fleet import settings as s
from spark_jobs.engine.fleet import tasks
from spark_jobs.engine.fleet.hours import DayFile
from spark_jobs.engine.fleet.merge import Merged
from spark_jobs.engine.fleet.split import REASONS, Piece, Split
from spark_jobs.engine.ledger import LedgerOpen
from spark_jobs.engine.session import one_at_a_time

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

FILES, RECEIPTS = "silver.position_file", "ops.position_receipt"
VEHICLE_HOURS, CELL_HOURS = "gold.fleet_vehicle_hour", "gold.fleet_cell_hour"
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Refined:
    """What a run did: landed files taken, rows in and routed, days whose silver changed, days whose hours were made."""

    files: int
    rows_in: int
    rows_routed: int
    silver_days: tuple[str, ...]
    gold_days: tuple[str, ...]


def folder() -> Path:
    """Where silver's Parquet files of positions lie."""
    return settings().warehouse / "silver" / "position"


def register_path() -> str:
    """The sealed vehicle register (no plate)."""
    return str(settings().warehouse / "silver" / "position_register.parquet")


def refine(spark: SparkSession, landed: Iterable[str], cores: int) -> Refined:
    """Take the landed files that were not taken before and bring silver and gold up to them.

    Args:
        cores: how many tasks run at once.
    Raises:
        LedgerOpen: counts do not add up; nothing was written.
        FileNotFoundError: no vehicle register.
    """
    with one_at_a_time("fleet"):
        new = _new(spark, landed)
        if not new:
            return Refined(0, 0, 0, (), ())
        spill = settings().run / "fleet-spill" / uuid.uuid4().hex
        spill.mkdir(parents=True)
        try:
            splits = tasks.split(spark, new, register_path(), str(spill), 4 * cores)
            _refuse([f"{Path(x.path).name}: {x.rows_in} rows in" for x in splits if not x.closes])
            days = _silver(spark, splits, cores)
        finally:
            shutil.rmtree(spill, ignore_errors=True)
        touched = gold(spark, days, cores)
        _write_receipts(spark, splits)
        rows = sum(x.rows_in for x in splits)
        routed = sum(p.rows for x in splits for p in x.pieces)
        job_run.note(rows_in=rows)
        return Refined(len(new), rows, routed, tuple(days), tuple(touched))


def gold(spark: SparkSession, changed: Iterable[str], cores: int) -> list[str]:
    """Make the hours of the changed days and their neighbours anew from silver; returns the days."""
    present = listed(spark)
    around = {_shifted(day, by) for day in changed for by in (-1, 0, 1)}
    days = sorted(around & set(present))
    if not days:
        return []
    grid = grids.build(str(settings().warehouse / "silver"))
    works = {_number(day): _day_files(present, day) for day in days}
    rows = tasks.hours(spark, works, register_path(), grid, cores).persist()
    try:
        inside = tables.one_of("day", days)
        rows.createOrReplaceTempView("fleet_rows")
        tables.replace(_vehicle_rows(spark), tables.dictionary()[VEHICLE_HOURS], inside)
        tables.replace(_cell_rows(spark), tables.dictionary()[CELL_HOURS], inside)
    finally:
        rows.unpersist()
    return days


def listed(spark: SparkSession) -> dict[str, dict[int, str]]:
    """Day → bucket → silver file, from the newest snapshot of the list."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    if tables.exists(FILES):
        for row in tables.read(spark, FILES).select("day", "bucket", "path").collect():
            found[row.day][row.bucket] = str(folder() / row.path)
    return dict(found)


def _new(spark: SparkSession, landed: Iterable[str]) -> list[str]:
    taken = set()
    if tables.exists(RECEIPTS):
        taken = {row.file for row in tables.read(spark, RECEIPTS).select("file").collect()}
    return [path for path in sorted(set(landed)) if Path(path).name not in taken]


def _silver(spark: SparkSession, splits: Sequence[Split], cores: int) -> list[str]:
    """New silver files for the days and buckets that have new pieces, then the list of files in one commit."""
    pieces: dict[tuple[int, int], list[Piece]] = defaultdict(list)
    for piece in (p for x in splits for p in x.pieces):
        pieces[piece.day, piece.bucket].append(piece)
    present = listed(spark)
    works = []
    for (day, bucket), own in sorted(pieces.items()):
        text = _day(day)
        path = folder() / f"day={text}" / f"bucket-{bucket:03d}-{uuid.uuid4().hex[:12]}.parquet"
        works.append((own, present.get(text, {}).get(bucket, ""), str(path)))
    merged = tasks.merge(spark, works, register_path(), 4 * cores)
    _refuse([f"day {_day(m.day)} bucket {m.bucket}: {m.rows_new} new rows" for m in merged if not m.closes])
    days = sorted({_day(day) for day, _ in pieces})
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
        last: Mapping[str, Any] = kept.get((_day(m.day), m.bucket), {})
        old += [str(folder() / last["path"])] if last else []
        kept[_day(m.day), m.bucket] = {
            "day": _day(m.day), "bucket": m.bucket, "path": str(Path(m.path).relative_to(folder())),
            "vehicles": m.vehicles, "positions": m.kept, "rows_given": m.rows_new + last.get("rows_given", 0),
            "rows_duplicate": m.duplicate + last.get("rows_duplicate", 0),
            "rows_contradicting": m.contradiction + last.get("rows_contradicting", 0), "jumps": m.jumps,
            "speeds_mended": m.mended, "bytes": m.bytes,
        }  # fmt: skip
    tables.replace(tables.frame(spark, table, list(kept.values())).coalesce(1), table, tables.one_of("day", days))
    for path in old:
        Path(path).unlink(missing_ok=True)
        Path(path.removesuffix(".parquet") + ".edges").unlink(missing_ok=True)


def _write_receipts(spark: SparkSession, splits: Sequence[Split]) -> None:
    table = tables.dictionary()[RECEIPTS]
    rows = [
        {
            "file": Path(x.path).name, "bytes": Path(x.path).stat().st_size, "rows_in": x.rows_in,
            "rows_routed": sum(p.rows for p in x.pieces), "closes": x.closes,
            **{reason: x.refused.get(reason, 0) for reason in REASONS},
        }
        for x in splits
    ]  # fmt: skip
    names = [Path(x.path).name for x in splits]
    tables.replace(tables.frame(spark, table, rows).coalesce(1), table, tables.one_of("file", names))


def _vehicle_rows(spark: SparkSession) -> DataFrame:
    return spark.sql("""
      SELECT object_id AS vehicle_key, hour_start, date_format(hour_start, 'yyyy-MM-dd') AS day, positions, distance_km,
        moving_s, idle_s, silent_s, stops, trips, fuel_kg, co2_kg
      FROM fleet_rows WHERE kind = 'vehicle'""")


def _cell_rows(spark: SparkSession) -> DataFrame:
    """Cells of enough vehicles by themselves, the rest of an hour as one row without a cell: sums stay whole."""
    return spark.sql(f"""
      WITH cell AS (
        SELECT object_id, hour_start, SUM(vehicles) AS vehicles, SUM(positions) AS positions,
          SUM(distance_km) AS distance_km, SUM(moving_s) AS moving_s, SUM(fuel_kg) AS fuel_kg, SUM(co2_kg) AS co2_kg
        FROM fleet_rows WHERE kind = 'cell' GROUP BY object_id, hour_start),
      named AS (
        SELECT *, CASE WHEN object_id <> 0 AND vehicles >= {int(s.FEWEST.value)} THEN lower(hex(object_id))
          ELSE '' END AS cell FROM cell)
      SELECT cell, hour_start, date_format(hour_start, 'yyyy-MM-dd') AS day,
        CASE WHEN cell <> '' THEN SUM(vehicles) END AS vehicles, SUM(positions) AS positions,
        SUM(distance_km) AS distance_km, SUM(moving_s) AS moving_s, SUM(fuel_kg) AS fuel_kg, SUM(co2_kg) AS co2_kg
      FROM named GROUP BY cell, hour_start""")


def _day_files(present: Mapping[str, Mapping[int, str]], day: str) -> list[DayFile]:
    before, after = present.get(_shifted(day, -1), {}), present.get(_shifted(day, 1), {})
    return [DayFile(path, before.get(b, ""), after.get(b, "")) for b, path in sorted(present[day].items())]


def _refuse(wrong: list[str]) -> None:
    if wrong:
        raise LedgerOpen(f"positions do not add up: {'; '.join(wrong[:10])}; nothing was written")


def _day(number: int) -> str:
    return (EPOCH + timedelta(days=number)).isoformat()


def _number(day: str) -> int:
    return (date.fromisoformat(day) - EPOCH).days


def _shifted(day: str, by: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=by)).isoformat()
