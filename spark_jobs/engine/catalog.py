"""Names of the tables in a Hive metastore, for whoever asks Spark by name; derived from what lies in the store.

Engines never read it (decision 0002), so it may be lost and made again: ``bin/lake catalog``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from infra import table_store
from infra.settings import settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def kept() -> bool:
    """Whether this lake has a metastore."""
    return bool(settings().metastore_url)


def register(spark: SparkSession, names: Iterable[str]) -> int:
    """Name the tables ``layer.name`` where the catalog lacks them; how many were named anew."""
    wanted = sorted(set(names))
    layers = sorted({name.split(".")[0] for name in wanted})
    there = {f"{layer}.{table}" for layer in layers for table in _listed(spark, layer)}
    missing = [name for name in wanted if name not in there]
    for name in missing:
        spark.sql(f"CREATE TABLE IF NOT EXISTS {name} USING DELTA LOCATION '{table_store.place(name)}'").collect()
    return len(missing)


def forget(spark: SparkSession, names: Iterable[str]) -> int:
    """Drop from the catalog what is not among ``names``, in their layers; files are left alone; how many."""
    wanted = set(names)
    layers = sorted({name.split(".")[0] for name in wanted})
    gone = [
        f"{layer}.{table}" for layer in layers for table in _listed(spark, layer) if f"{layer}.{table}" not in wanted
    ]
    for name in gone:
        spark.sql(f"DROP TABLE IF EXISTS {name}").collect()
    return len(gone)


def _listed(spark: SparkSession, layer: str) -> list[str]:
    """Tables of a layer that the catalog names; the layer's schema is made where it is missing."""
    spark.sql(f"CREATE SCHEMA IF NOT EXISTS {layer} LOCATION '{table_store.root()}/{layer}'").collect()
    return [row.tableName for row in spark.sql(f"SHOW TABLES IN {layer}").collect() if not row.isTemporary]
