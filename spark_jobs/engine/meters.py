"""Meters: bronze readings → ``silver.meter_hourly``, refused readings, and the readings' ledger.

Heavy rows do not pass through Spark: it names the files of bronze's snapshot, tasks read them and give back hours. A
day depends on its neighbours (late rows, the step over midnight), so a receipt touches the day before and after, too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import numpy as np

from spark_jobs.contracts import Contract
from spark_jobs.contracts import contract as contract_of
from spark_jobs.engine import job_run, ledger, tables
from spark_jobs.engine.layers import QUARANTINE, silver_name
from spark_jobs.engine.meter_kernel import Payloads, Register, Work
from spark_jobs.engine.session import one_at_a_time
from spark_jobs.engine.silver import Rebuilt

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

HOURLY = "silver.meter_hourly"
PARTS = 2  # tasks that share the meters of a stretch of days
STRETCH_DAYS = 7  # days one task holds in memory: about a million readings a day for 700 meters
NEIGHBOURS = 2  # days read before and after the days that are written


def reads(contract: Contract) -> bool:
    """Whether the feed holds the readings of the hourly table."""
    return tables.dictionary()[HOURLY].built_from["readings"] == contract.feed


def register_feed() -> str:
    """Feed of the meter register."""
    return tables.dictionary()[HOURLY].built_from["register"]


def rebuild(spark: SparkSession, contract: Contract, windows: Iterable[str]) -> list[Rebuilt]:
    """Rebuild the hours of the days that ``windows`` touch; raises LedgerOpen where the readings do not add up."""
    with one_at_a_time(f"silver.{contract.feed}"):
        return _rebuild(spark, contract, windows)


def _rebuild(spark: SparkSession, contract: Contract, windows: Iterable[str]) -> list[Rebuilt]:
    from spark_jobs.engine.meter_rows import DDL, task_of

    files = _files(spark, contract)
    days = sorted({day for window in windows for day in _around(window, 1)} & set(files))
    if not days:
        return []
    register, payloads = _register(spark), _payloads(contract, files, days)
    stretches = [days[i : i + STRETCH_DAYS] for i in range(0, len(days), STRETCH_DAYS)]
    works = tuple(
        Work(_needed(files, stretch), tuple(stretch), part, PARTS) for stretch in stretches for part in range(PARTS)
    )
    positions = spark.createDataFrame([(i,) for i in range(len(works))], "work int").repartition(len(works))
    result = positions.mapInArrow(task_of(works, register, payloads), DDL).persist()
    before = tables.version(HOURLY)
    try:
        _write_refused(result, contract, days)
        table = tables.dictionary()[HOURLY]
        hours = result.where("kind = 'hour'").select(*[column.name for column in table.columns])
        written = tables.replace(hours.coalesce(1), table, tables.one_of("day", days))
        _account(spark, contract, result, payloads, [window for window in files if window in days])
    finally:
        result.unpersist()
    return [Rebuilt(contract, tuple(days), HOURLY, written, before, False)]


def _around(window: str, reach: int) -> list[str]:
    middle = date.fromisoformat(window)
    return [(middle + timedelta(days=d)).isoformat() for d in range(-reach, reach + 1)]


def _needed(files: dict[str, list[str]], days: list[str]) -> tuple[str, ...]:
    windows = {window for day in days for window in _around(day, NEIGHBOURS)}
    return tuple(path for window in sorted(windows & set(files)) for path in files[window])


def _files(spark: SparkSession, contract: Contract) -> dict[str, list[str]]:
    """Receipt window → Parquet files of bronze's newest snapshot."""
    found: dict[str, list[str]] = {}
    for url in tables.read(spark, contract.bronze_table).inputFiles():
        path = unquote(urlsplit(url).path)
        match = re.search(r"/receipt_window=([^/]+)/", path)
        if match:
            found.setdefault(match[1], []).append(path)
    return {window: sorted(paths) for window, paths in sorted(found.items())}


def _register(spark: SparkSession) -> Register:
    from spark_jobs.models.counter import Meters

    name = silver_name(contract_of(register_feed()))
    columns = ["meter_id", "enterprise_code", "medium", "unit", "multiplier", "rollover_at", "max_rate_per_h"]
    rows = tables.read(spark, name).where("known_to IS NULL").select(*columns).orderBy("meter_id").collect()

    def numbers(column: str) -> np.ndarray:
        return np.array([np.nan if row[column] is None else row[column] for row in rows], float)

    meter_id, enterprise, medium, unit = (tuple(row[column] for row in rows) for column in columns[:4])
    limits = Meters(numbers("multiplier"), numbers("rollover_at"), numbers("max_rate_per_h"))
    return Register(meter_id, enterprise, medium, unit, limits)


def _payloads(contract: Contract, files: dict[str, list[str]], days: list[str]) -> Payloads:
    """Payloads of the windows read, from landing's manifests; a file's time stands in its request."""
    from spark_jobs.ingest.landing import Landing

    landing = Landing()
    seen: dict[str, tuple[Any, ...]] = {}
    pattern = str(contract.acquisition.get("slot_format", ""))
    for window in sorted({w for day in days for w in _around(day, NEIGHBOURS)} & set(files)):
        for entry in landing.entries(contract.feed, window):
            seen.setdefault(entry.payload_sm3, (window, entry.received_at, _slot_s(entry.request, pattern)))
    received = [int(datetime.fromisoformat(at).timestamp() * 1_000_000) for _, at, _ in seen.values()]
    windows, slots = (tuple(item[i] for item in seen.values()) for i in (0, 2))
    return Payloads(tuple(seen), windows, tuple(received), slots)


def _slot_s(request: str, pattern: str) -> int:
    """Local second at which the requested file begins; 0 where the request names none."""
    for digits in re.findall(r"\d{12,14}", request):
        try:
            return int(np.datetime64(datetime.strptime(digits, pattern), "s").astype(np.int64))
        except ValueError:
            continue
    return 0


def _write_refused(result: DataFrame, contract: Contract, days: list[str]) -> None:
    table = tables.dictionary()[QUARANTINE]
    refused = result.where("kind = 'refused'").selectExpr("*", "'silver' AS layer", f"'{contract.feed}' AS feed")
    where = f"feed = '{contract.feed}' AND layer = 'silver' AND {tables.one_of('period', days)}"
    tables.replace(refused.coalesce(1), table, where)


def _account(
    spark: SparkSession, contract: Contract, result: DataFrame, payloads: Payloads, windows: list[str]
) -> None:
    """Ledger of the windows: counted by the tasks on one side, by bronze itself on the other."""
    name = contract.feed.replace(".", "__") + "__meters"
    inside = tables.one_of("receipt_window", windows)
    result.where("kind = 'count'").where(inside).createOrReplaceTempView(f"{name}_told")
    tables.read(spark, contract.bronze_table).where(inside).createOrReplaceTempView(f"{name}_bronze")
    rows = spark.sql(f"""
      SELECT '{contract.feed}' AS feed, receipt_window, rows_in, rows_accepted, rows_duplicate,
        CAST(0 AS BIGINT) AS rows_superseded, rows_quarantined,
        rows_in = rows_accepted + rows_duplicate + rows_quarantined AS closes
      FROM (SELECT receipt_window, COUNT(*) AS rows_in FROM {name}_bronze GROUP BY receipt_window)
      JOIN (SELECT receipt_window, SUM(rows_accepted) AS rows_accepted, SUM(rows_duplicate) AS rows_duplicate,
              SUM(rows_quarantined) AS rows_quarantined
            FROM {name}_told GROUP BY receipt_window) USING (receipt_window)""").collect()
    table = tables.dictionary()[ledger.LEDGER]
    received = Counter(payloads.window)
    told = [{**row.asDict(), "payloads": received[row.receipt_window]} for row in rows]
    frame = tables.frame(spark, table, told)
    tables.replace(frame, table, f"feed = '{contract.feed}' AND {inside}")
    job_run.note(rows_in=sum(row.rows_in for row in rows))
    ledger.refuse_open([row for row in told if not row["closes"]])
