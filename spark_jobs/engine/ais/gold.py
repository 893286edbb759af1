"""Silver of a few days → who the ships are, ship-hours, cell-hours and thinned tracks of those days."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from infra.settings import settings
from spark_jobs.engine import tables
from spark_jobs.engine.ais import area, identity, question, tasks
from spark_jobs.engine.ais import settings as s
from spark_jobs.engine.ais.statics import CONTENT, TOLD
from spark_jobs.engine.exact_sum import whole_sum
from spark_jobs.engine.fleet.hours import DayFile
from spark_jobs.engine.modelled import version_of
from spark_jobs.models.shipping.model import POSITIONS

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SHIP_DAYS, STATICS = "silver.ais_ship_day", "silver.ais_static"
SHIP_HOURS, CELL_HOURS, TRACKS = "gold.ais_ship_hour", "gold.ais_cell_hour", "gold.ais_track"
EPOCH = date(1970, 1, 1)
MODEL = POSITIONS.name
Present = Mapping[str, Mapping[int, str]]


def build(spark: SparkSession, present: Present, days: Sequence[str], cores: int) -> None:
    """Replace the gold rows of ``days``; ``present``: day → bucket → silver file."""
    inside = tables.one_of("day", list(days))
    warehouse = settings().warehouse
    grid = area.build(warehouse / "silver", question.question().circles)
    ships = _ships(spark, days, inside)
    try:
        works = {_number(day): _day_files(present, day) for day in days}
        rows = tasks.hours(spark, works, ships, grid, cores).persist()
        rows.createOrReplaceTempView("ais_rows")
        spark.createDataFrame(area.places(grid)).createOrReplaceTempView("ais_cells")
        try:
            by = {"model": MODEL, "version": version_of(MODEL), "fewest": int(s.FEWEST.value)}
            tables.replace(spark.sql(_SHIP_ROWS.format(**by)), tables.dictionary()[SHIP_HOURS], inside)
            tables.replace(spark.sql(_CELL_ROWS.format(**by)), tables.dictionary()[CELL_HOURS], inside)
        finally:
            rows.unpersist()
        points = tasks.tracks(spark, {_number(day): sorted(present[day].values()) for day in days}, cores)
        kept = points.selectExpr("*", "date_format(positioned_at, 'yyyy-MM-dd') AS day")
        tables.replace(kept, tables.dictionary()[TRACKS], inside)
    finally:
        for path in ships.values():
            Path(path).unlink(missing_ok=True)


def statements(paths: Sequence[str]) -> pa.Table:
    """Files of ``statics.TOLD`` as rows of silver.ais_static, each statement of a day once."""
    told = pa.concat_tables([pq.read_table(path) for path in paths]) if paths else TOLD.empty_table()
    names = [f.name for f in CONTENT]
    with duckdb.connect() as db:
        db.register("told", told)
        once = db.execute(
            f"SELECT day, {', '.join(names)}, MIN(first_second) AS first, MAX(last_second) AS last "
            "FROM told GROUP BY ALL"
        ).to_arrow_table()
    rows: list[dict[str, Any]] = once.to_pylist()
    zone = pa.timestamp("us", "Asia/Shanghai")
    columns: dict[str, Any] = {name: pa.array([r[name] for r in rows], CONTENT.field(name).type) for name in names}
    columns |= {
        "day": [(EPOCH + timedelta(days=r["day"])).isoformat() for r in rows],
        "statement": [
            hashlib.blake2b(repr([r[n] for n in names]).encode(), digest_size=8).hexdigest() for r in rows
        ],
        "first_at": pa.array([(r["first"] - 8 * 3600) * 1_000_000 for r in rows], pa.int64()).cast(zone),
        "last_at": pa.array([(r["last"] - 8 * 3600) * 1_000_000 for r in rows], pa.int64()).cast(zone),
    }  # fmt: skip
    return pa.table(columns)


def _ships(spark: SparkSession, days: Sequence[str], inside: str) -> dict[int, str]:
    """Identity and particulars of each day: into silver.ais_ship_day, and as files for the tasks."""
    asked = question.question()
    known, shore, by_mmsi = question.registers(spark, asked), question.calls(spark, asked), question.by_mmsi()
    out, listed = dict[int, str](), list[dict[str, Any]]()
    for day in days:
        number = _number(day)
        told = _told(spark, number)
        ships = identity.known_ships(told, known, by_mmsi, asked.ship_types)
        out[number] = identity.write(identity.ship_day(ships, told, shore, number), settings().run / "ais-ships")
        said = set(told["mmsi"].to_pylist())
        listed += [{**row, "day": day} for row in ships.to_pylist() if row["mmsi"] in said]
    table = tables.dictionary()[SHIP_DAYS]
    tables.replace(tables.frame(spark, table, listed).coalesce(1), table, inside)
    ships_of = spark.createDataFrame(
        [(day, row["mmsi"], row["rung"]) for day in days for row in listed if row["day"] == day] or [("", 0, "")],
        "day STRING, mmsi BIGINT, rung STRING",
    )
    ships_of.createOrReplaceTempView("ais_ships")
    return out


def _told(spark: SparkSession, day: int) -> pa.Table:
    """Statements of a day and its neighbours, as ``statics.TOLD``."""
    if not tables.exists(STATICS):
        return TOLD.empty_table()
    around = [(EPOCH + timedelta(days=day + by)).isoformat() for by in (-1, 0, 1)]
    rows = tables.read(spark, STATICS).where(tables.one_of("day", around)).selectExpr(
        "CAST(datediff(CAST(day AS DATE), DATE '1970-01-01') AS BIGINT) AS day", *(f.name for f in CONTENT),
        "unix_timestamp(first_at) + 28800 AS first_second", "unix_timestamp(last_at) + 28800 AS last_second",
    )  # fmt: skip
    return rows.toArrow().cast(TOLD)


_SHIP_ROWS = """
  SELECT r.object_id AS mmsi, hour_start, date_format(hour_start, 'yyyy-MM-dd') AS day,
    COALESCE(s.rung, 'unknown') AS rung, CAST(positions AS BIGINT) AS positions, distance_nm,
    moving_s, anchor_s, berth_s, silent_s, unknown_s, main_fuel_kg,
    auxiliary_fuel_kg, boiler_fuel_kg, shore_power_kwh, co2_kg, '{model}' AS model_name, '{version}' AS model_version
  FROM ais_rows r LEFT JOIN ais_ships s ON s.mmsi = r.object_id AND s.day = date_format(hour_start, 'yyyy-MM-dd')
  WHERE kind = 'ship'"""
_MEASURES = ("distance_nm", "moving_s", "anchor_s", "berth_s", "unknown_s", "shore_power_kwh", "co2_kg")
_ADDED = ", ".join(f"{whole_sum(name)} AS {name}" for name in _MEASURES)
# Cells of enough ships by themselves, the rest of an hour as one row without a cell: sums stay whole.
_CELL_ROWS = f"""
  WITH cell AS (
    SELECT object_id, hour_start, SUM(ships) AS ships, SUM(positions) AS positions, {_ADDED},
      {whole_sum("main_fuel_kg + auxiliary_fuel_kg + boiler_fuel_kg")} AS fuel_kg
    FROM ais_rows WHERE kind = 'cell' GROUP BY object_id, hour_start),
  named AS (
    SELECT *, CASE WHEN object_id <> 0 AND ships >= {{fewest}} THEN lower(hex(object_id)) ELSE '' END AS cell FROM cell)
  SELECT named.cell, hour_start, date_format(hour_start, 'yyyy-MM-dd') AS day, ANY_VALUE(latitude_deg) AS latitude_deg,
    ANY_VALUE(longitude_deg) AS longitude_deg,
    CASE WHEN named.cell <> '' THEN SUM(ships) END AS ships,
    CAST(SUM(positions) AS BIGINT) AS positions, {_ADDED}, {whole_sum("fuel_kg")} AS fuel_kg,
    '{{model}}' AS model_name, '{{version}}' AS model_version
  FROM named LEFT JOIN ais_cells ON ais_cells.cell = named.cell GROUP BY named.cell, hour_start"""


def _day_files(present: Present, day: str) -> list[DayFile]:
    before, after = (present.get(_text(_number(day) + by), {}) for by in (-1, 1))
    return [DayFile(path, before.get(b, ""), after.get(b, "")) for b, path in sorted(present[day].items())]


def _number(day: str) -> int:
    return (date.fromisoformat(day) - EPOCH).days


def _text(number: int) -> str:
    return (EPOCH + timedelta(days=number)).isoformat()
