"""The stages as Spark tasks: each takes work items by number, reads and writes files, returns a few rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from spark_jobs.engine.ais import hours as hours_stage
from spark_jobs.engine.ais import thin
from spark_jobs.engine.ais.decode import Decoded
from spark_jobs.engine.ais.decode import decode as decode_file
from spark_jobs.engine.ais.merge import Merged
from spark_jobs.engine.ais.merge import merge as merge_files
from spark_jobs.engine.fleet.hours import DayFile
from spark_jobs.engine.fleet.split import Piece
from spark_jobs.engine.fleet.tasks import collected

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def decode(spark: SparkSession, paths: Sequence[str], folder: str, tasks: int) -> list[Decoded]:
    """Decode and lay out received files, each a work item of its own."""

    def one(path: str) -> dict[str, Any]:
        return asdict(decode_file(path, folder))

    told = collected(spark, list(paths), one, tasks)
    return [Decoded(**{**t, "pieces": tuple(Piece(**p) for p in t["pieces"])}) for t in told]


def merge(spark: SparkSession, works: Sequence[tuple[Sequence[Piece], str, str]], tasks: int) -> list[Merged]:
    """Write silver files; a work is the pieces, the present silver file (empty: none) and the new path."""

    def one(work: tuple[Sequence[Piece], str, str]) -> dict[str, Any]:
        return asdict(merge_files(*work))

    return [Merged(**told) for told in collected(spark, list(works), one, tasks)]


def hours(
    spark: SparkSession, days: Mapping[int, Sequence[DayFile]], ships: Mapping[int, str], area: str, tasks: int
) -> DataFrame:
    """Ship-hours and cell-hours (``hours.DDL``) of days; cells come once per task and day, to be added up.

    Args:
        ships: path of the particulars (``identity.write``) of each day.
    """
    works = [(day, tuple(files[n::tasks])) for day, files in days.items() for n in range(min(tasks, len(files)))]

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for n in batch.column(0).to_pylist():
                day, files = works[n]
                yield from hours_stage.rows(files, day, ships[day], area)

    return spark.range(0, len(works), 1, len(works)).mapInArrow(task, hours_stage.DDL)


def tracks(spark: SparkSession, days: Mapping[int, Sequence[str]], tasks: int) -> DataFrame:
    """Thinned tracks (``thin.DDL``) of days."""
    works = [(day, tuple(files[n::tasks])) for day, files in days.items() for n in range(min(tasks, len(files)))]

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for n in batch.column(0).to_pylist():
                day, files = works[n]
                yield from thin.tracks(files, day)

    return spark.range(0, len(works), 1, len(works)).mapInArrow(task, thin.DDL)
