"""Weekly upkeep of a layer's tables, or of all: join small files, delete old versions and logs, warn of a full disk."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from infra import table_store
from infra.settings import settings
from spark_jobs.contracts import UnknownTarget
from spark_jobs.engine import job_run, session, tables

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

RETENTION = tables.DICTIONARY / "retention.yml"
LOG_RETENTION = "delta.logRetentionDuration"
HOURS_A_DAY = 24


def run(target: str, window_from: str, window_to: str) -> int:
    """Exit code: 0 done, 99 there is no table; ``target`` is a layer or ``all``. Windows play no part."""
    rules = yaml.safe_load(RETENTION.read_text(encoding="utf-8"))["layers"]
    if target != "all" and target not in rules:
        raise UnknownTarget(f"maintain: no layer {target!r}; known: all, {', '.join(rules)}")
    names = [name for layer in rules if target in ("all", layer) for name in built(layer)]
    if not names:
        return job_run.NOTHING_TO_DO
    spark = session.connect()
    try:
        for name in names:
            rule, place = rules[name.split(".")[0]], f"delta.`{tables.place(name)}`"
            _keep_log(spark, place, rule["log_days"])
            if rule["optimize"]:
                spark.sql(f"OPTIMIZE {place}").collect()
            spark.sql(f"VACUUM {place} RETAIN {rule['vacuum_days'] * HOURS_A_DAY} HOURS").collect()
            job_run.note(table=name, version=tables.version(name))
        job_run.flush(spark)
    finally:
        session.close(spark)
    _tell_disk()
    return job_run.DONE


def _keep_log(spark: SparkSession, place: str, days: int) -> None:
    """Delta deletes older log entries at its next checkpoint; set only where it differs, since a set is a commit."""
    wanted = f"interval {days} days"
    (detail,) = spark.sql(f"DESCRIBE DETAIL {place}").select("properties").collect()
    if detail.properties.get(LOG_RETENTION) != wanted:
        spark.sql(f"ALTER TABLE {place} SET TBLPROPERTIES ('{LOG_RETENTION}' = '{wanted}')").collect()


def built(layer: str) -> list[str]:
    """Tables of a layer that exist."""
    return table_store.table_names(layer)


def _tell_disk() -> None:
    used_gb = sum(path.stat().st_size for path in Path(settings().home).rglob("*") if path.is_file()) / 1e9
    free_gb = shutil.disk_usage(settings().home).free / 1e9
    print(f"disk: {used_gb:.1f} GB under {settings().home.name}, {free_gb:.0f} GB free")
    if used_gb > settings().disk_cap_gb:
        told = f"{used_gb:.1f} GB are used, the cap is {settings().disk_cap_gb:g} GB (LAKE_DISK_CAP_GB)"
        job_run.failure("disk", told)
        print(f"lake job: warning: {told}")
