"""Landed position files → silver files → gold hours, through the one Spark server; only what a receipt touches.

A file is taken once, by its content. A day's sums need the edges of its neighbours, so a receipt touches the day before
and after, too. A kill at any moment and another run give the same tables (see ``receipts``).
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

import h3.api.basic_int as h3
import pyarrow as pa

from infra.settings import settings
from spark_jobs.engine import job_run, tables
from spark_jobs.engine.fleet import grid as grids
from spark_jobs.engine.fleet import network, receipts, tasks, tour_gold
from spark_jobs.engine.fleet import settings as s
from spark_jobs.engine.fleet.hours import DayFile
from spark_jobs.engine.fleet.merge import Merged
from spark_jobs.engine.fleet.receipts import EPOCH, FILES, RECEIPTS, day_text
from spark_jobs.engine.fleet.split import Piece, Split
from spark_jobs.engine.ledger import LedgerOpen
from spark_jobs.engine.modelled import version_of
from spark_jobs.engine.session import one_at_a_time

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["CELL_HOURS", "FILES", "RECEIPTS", "VEHICLE_HOURS", "Refined", "folder", "gold", "listed", "refine"]
VEHICLE_HOURS, CELL_HOURS = "gold.fleet_vehicle_hour", "gold.fleet_cell_hour"
MODEL = "diesel-regional"


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


def refine(spark: SparkSession, landed: Iterable[str], cores: int, hashes: Mapping[str, str] | None = None) -> Refined:
    """Take the landed files whose content was not taken before and bring silver and gold up to them.

    Args:
        cores: how many tasks run at once.
        hashes: path → SM3 where it is known already; the others are read for it.
    Raises:
        LedgerOpen: counts do not add up; nothing was written.
        FileNotFoundError: no vehicle register.
    """
    with one_at_a_time("fleet"):
        resumed = _resume(spark, cores)
        had = receipts.taken(spark)
        new = {path: sm3 for path, sm3 in receipts.hashed(list(landed), hashes or {}).items() if sm3 not in had}
        if not new:
            return Refined(0, 0, 0, (), tuple(resumed))
        run_id, spill = job_run.new_id(), settings().run / "fleet-spill" / uuid.uuid4().hex
        spill.mkdir(parents=True)
        try:
            splits = tasks.split(spark, list(new), register_path(), str(spill), 4 * cores)
            _refuse([f"{Path(x.path).name}: {x.rows_in} rows in" for x in splits if not x.closes])
            receipts.begin(spark, splits, new, run_id)
            days = _silver(spark, splits, cores, run_id)
        finally:
            shutil.rmtree(spill, ignore_errors=True)
        touched = gold(spark, days, cores)
        receipts.finish(spark, run_id)
        rows = sum(x.rows_in for x in splits)
        routed = sum(p.rows for x in splits for p in x.pieces)
        job_run.note(rows_in=rows, rows_out=routed)
        return Refined(len(new), rows, routed, tuple(days), tuple(sorted({*touched, *resumed})))


def _resume(spark: SparkSession, cores: int) -> list[str]:
    """Finish what a kill left: make the hours of files that silver has; returns their days."""
    made = set[str]()
    for run_id, days in receipts.unfinished(spark).items():
        made |= set(gold(spark, days, cores))
        receipts.finish(spark, run_id)
    return sorted(made)


def gold(spark: SparkSession, changed: Iterable[str], cores: int) -> list[str]:
    """Make the hours of the changed days and their neighbours anew from silver; returns the days."""
    present = listed(spark)
    around = {_shifted(day, by) for day in changed for by in (-1, 0, 1)}
    days = sorted(around & set(present))
    if not days:
        return []
    grid = grids.build(str(settings().warehouse / "silver"))
    works = {_number(day): _day_files(present, day) for day in days}
    silver = str(settings().warehouse / "silver")
    roads = network.supplied(silver)
    rows = tasks.hours(spark, works, register_path(), grid, cores, network.build(silver, roads)).persist()
    try:
        inside = tables.one_of("day", days)
        rows.createOrReplaceTempView("fleet_rows")
        tables.replace(_vehicle_rows(spark), tables.dictionary()[VEHICLE_HOURS], inside)
        tables.replace(_cell_rows(spark, grid), tables.dictionary()[CELL_HOURS], inside)
        tour_gold.write(spark, days, roads, _model())
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


def _silver(spark: SparkSession, splits: Sequence[Split], cores: int, run_id: str) -> list[str]:
    """New silver files for the days and buckets that have new pieces, then the list of files in one commit."""
    pieces: dict[tuple[int, int], list[Piece]] = defaultdict(list)
    for piece in (p for x in splits for p in x.pieces):
        pieces[piece.day, piece.bucket].append(piece)
    present = listed(spark)
    works = []
    for (day, bucket), own in sorted(pieces.items()):
        text = day_text(day)
        path = folder() / f"day={text}" / f"bucket-{bucket:03d}-{uuid.uuid4().hex[:12]}.parquet"
        works.append((own, present.get(text, {}).get(bucket, ""), str(path)))
    merged = tasks.merge(spark, works, register_path(), 4 * cores)
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
            "vehicles": m.vehicles, "positions": m.kept, "rows_given": m.rows_new + last.get("rows_given", 0),
            "rows_duplicate": m.duplicate + last.get("rows_duplicate", 0),
            "rows_contradicting": m.contradiction + last.get("rows_contradicting", 0), "jumps": m.jumps,
            "speeds_mended": m.mended, "bytes": m.bytes,
            "run_id": run_id,
        }  # fmt: skip
    tables.replace(tables.frame(spark, table, list(kept.values())).coalesce(1), table, tables.one_of("day", days))
    _sweep(days, {str(row["path"]) for row in kept.values()})


def _sweep(days: Iterable[str], named: set[str]) -> None:
    """Remove silver files of the days that the list does not name: what was replaced, and what a kill left."""
    for path in (path for day in days for path in (folder() / f"day={day}").iterdir()):
        own = path.relative_to(folder()).with_suffix(".parquet")
        if str(own) not in named:
            path.unlink(missing_ok=True)


def _vehicle_rows(spark: SparkSession) -> DataFrame:
    return spark.sql(f"""
      SELECT object_id AS vehicle_key, hour_start, date_format(hour_start, 'yyyy-MM-dd') AS day, positions, distance_km,
        moving_s, idle_s, silent_s, stops, trips, fuel_kg, co2_kg, {_model()}
      FROM fleet_rows WHERE kind = 'vehicle'""")


def _model() -> str:
    return f"'{MODEL}' AS model_name, '{version_of(MODEL)}' AS model_version"


def _cell_rows(spark: SparkSession, grid: str) -> DataFrame:
    """Cells of enough vehicles by themselves, the rest of an hour as one row without a cell: sums stay whole."""
    spark.createDataFrame(_centres(grid)).createOrReplaceTempView("fleet_centre")
    return spark.sql(f"""
      WITH cell AS (
        SELECT object_id, hour_start, SUM(vehicles) AS vehicles, {tour_gold.ADDED}
        FROM fleet_rows WHERE kind = 'cell' GROUP BY object_id, hour_start),
      named AS (
        SELECT *, CASE WHEN object_id <> 0 AND vehicles >= {int(s.FEWEST.value)} THEN lower(hex(object_id))
          ELSE '' END AS cell FROM cell),
      shown AS (
        SELECT cell, hour_start, date_format(hour_start, 'yyyy-MM-dd') AS day,
          CASE WHEN cell <> '' THEN SUM(vehicles) END AS vehicles, {tour_gold.ADDED}
        FROM named GROUP BY cell, hour_start)
      SELECT shown.*, latitude_deg, longitude_deg, {_model()} FROM shown LEFT JOIN fleet_centre USING (cell)""")


def _centres(grid: str) -> pa.Table:
    """Centre (WGS-84) of each cell of the map."""
    ids = [int(number) for number in grids.load(grid).ids if number]
    centres = [h3.cell_to_latlng(number) for number in ids]
    return pa.table(
        {
            "cell": [format(number, "x") for number in ids], "latitude_deg": [centre[0] for centre in centres],
            "longitude_deg": [centre[1] for centre in centres],
        }
    )  # fmt: skip


def _day_files(present: Mapping[str, Mapping[int, str]], day: str) -> list[DayFile]:
    before, after = present.get(_shifted(day, -1), {}), present.get(_shifted(day, 1), {})
    return [DayFile(path, before.get(b, ""), after.get(b, "")) for b, path in sorted(present[day].items())]


def _refuse(wrong: list[str]) -> None:
    if wrong:
        raise LedgerOpen(f"positions do not add up: {'; '.join(wrong[:10])}; nothing was written")


def _number(day: str) -> int:
    return (date.fromisoformat(day) - EPOCH).days


def _shifted(day: str, by: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=by)).isoformat()
