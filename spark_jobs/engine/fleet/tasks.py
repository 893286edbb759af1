"""The three stages as Spark tasks: each task takes work items by number, reads and writes files, returns a few rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from spark_jobs.engine.fleet import hours as hours_stage
from spark_jobs.engine.fleet import tour_rows
from spark_jobs.engine.fleet.hours import DayFile
from spark_jobs.engine.fleet.merge import Merged
from spark_jobs.engine.fleet.merge import merge as merge_files
from spark_jobs.engine.fleet.split import Piece, Split
from spark_jobs.engine.fleet.split import split as split_file

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Task = Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]
TOLD = "told STRING"


def split(spark: SparkSession, paths: Sequence[str], register: str, folder: str, tasks: int) -> list[Split]:
    """Check and lay out landed files, each a work item of its own."""

    def one(path: str) -> dict[str, Any]:
        return asdict(split_file(path, register, folder))

    told = collected(spark, list(paths), one, tasks)
    return [Split(t["path"], t["rows_in"], tuple(Piece(**p) for p in t["pieces"]), t["refused"]) for t in told]


def merge(
    spark: SparkSession, works: Sequence[tuple[Sequence[Piece], str, str]], register: str, tasks: int
) -> list[Merged]:
    """Write silver files; a work is the pieces, the present silver file (empty: none) and the new path."""

    def one(work: tuple[Sequence[Piece], str, str]) -> dict[str, Any]:
        return asdict(merge_files(*work, register))

    return [Merged(**told) for told in collected(spark, list(works), one, tasks)]


def hours(
    spark: SparkSession, days: Mapping[int, Sequence[DayFile]], register: str, grid: str, tasks: int, roads: str = ""
) -> DataFrame:
    """Vehicle-hours and cell-hours (``hours.DDL``) of days; cells come once per task and day, to be added up.

    With ``roads`` (arrays of ``network.build``) also road-hours, corridor-hours, parts of trips, datums of vehicles.
    """
    works = [(day, tuple(files[n::tasks])) for day, files in days.items() for n in range(min(tasks, len(files)))]

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for n in batch.column(0).to_pylist():
                day, files = works[n]
                if roads:
                    yield from tour_rows.rows(files, day, register, grid, roads)
                else:
                    yield from hours_stage.rows(files, day, register, grid)

    return spark.range(0, len(works), 1, len(works)).mapInArrow(task, hours_stage.DDL)


def collected(
    spark: SparkSession, works: list[Any], one: Callable[[Any], dict[str, Any]], tasks: int
) -> list[dict[str, Any]]:
    """What ``one`` tells of each of the works, asked in at most so many tasks at once."""
    if not works:
        return []

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for n in batch.column(0).to_pylist():
                yield pa.RecordBatch.from_pydict({"told": [json.dumps(one(works[n]))]})

    frame = spark.range(0, len(works), 1, min(tasks, len(works))).mapInArrow(task, TOLD)
    return [json.loads(text) for text in frame.toArrow()["told"].to_pylist()]
