"""Spark's own window functions, on a subset, with the settings its users choose for bulk work."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pyarrow as pa

from spark_jobs.engine.session_tuning import for_many_rows
from tests.bench.fleet import sql

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def run(
    spark: SparkSession, files: list[str], tables: dict[str, pa.Table], partitions: int = 8
) -> tuple[float, dict[str, pa.Table]]:
    """Seconds (the second of two runs, so that nothing is compiled within) and both results."""
    for_many_rows(spark)
    spark.conf.set("spark.sql.shuffle.partitions", str(partitions))
    spark.conf.set("spark.sql.adaptive.enabled", "true")
    spark.read.parquet(*files).createOrReplaceTempView("position")
    for name, table in tables.items():
        spark.createDataFrame(table.to_pandas()).createOrReplaceTempView(name)
    seconds, found = 0.0, dict[str, pa.Table]()
    for _ in range(2):
        start = time.monotonic()
        fine = spark.sql(sql.fine(sql.segments("position", sql.SPARK))).persist()
        fine.createOrReplaceTempView("fine")
        found = {
            "vehicle": spark.sql(sql.vehicle_hours("fine")).toArrow(),
            "cell": spark.sql(sql.cell_hours("fine")).toArrow(),
        }
        seconds = time.monotonic() - start
        fine.unpersist()
    return seconds, found
