"""Bronze: landed payloads become rows of text, each payload of a receipt window once.

Insert-only. What is there is read from the table, what was received from landing's manifest; the difference is parsed
by the contract, here or on Spark's workers where it is much, and appended in one commit. Two writers of the same feed
cannot both commit: each claims the table version it has read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from spark_jobs.contracts import Contract
from spark_jobs.engine import job_run, lake_reader, tables
from spark_jobs.engine.layers import bronze_table
from spark_jobs.engine.session import is_conflict
from spark_jobs.engine.session_tuning import many_rows

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

    from spark_jobs.ingest.manifest import Entry

BYTES_HERE = 1 << 20  # compressed payload bytes that are parsed in this process: a task would cost more
BYTES_PER_TASK = 8 << 20  # compressed payload bytes that one task parses
TASKS_AT_MOST = 32
ATTEMPTS = 3
_PAYLOADS = (
    "path string, payload_sm3 string, receipt_window string, media_type string, charset string, received_at string"
)


def load(spark: SparkSession, contract: Contract, windows: Iterable[str]) -> int:
    """Append the payloads of ``windows`` that bronze lacks; returns the number of payloads parsed.

    Raises ManifestError where a manifest is not what was written, RuntimeError where another writer keeps winning.
    """
    from spark_jobs.ingest.landing import Landing

    landing = Landing()
    received = [entry for window in sorted(set(windows)) for entry in _first(landing.entries(contract.feed, window))]
    for _ in range(ATTEMPTS):
        base = tables.version(contract.bronze_table)
        present = _present(contract, {entry.window for entry in received}) if base >= 0 else set()
        missing = [entry for entry in received if (entry.window, entry.payload_sm3) not in present]
        if not missing:
            return 0
        if _append(spark, contract, landing.folder, missing, base):
            job_run.note(bytes_in=sum(entry.bytes for entry in missing))
            return len(missing)
    raise RuntimeError(f"{contract.bronze_table}: another writer committed {ATTEMPTS} times in between; try again")


def _first(entries: list[Entry]) -> list[Entry]:
    """A payload's first delivery in its window: later ones bring nothing new."""
    found: dict[str, Entry] = {}
    for entry in entries:
        found.setdefault(entry.payload_sm3, entry)
    return list(found.values())


def _present(contract: Contract, windows: set[str]) -> set[tuple[str, str]]:
    with lake_reader.reading() as lake:
        source = lake_reader.scan(contract.bronze_table)
        inside = "receipt_window IN (SELECT UNNEST(?::VARCHAR[]))"
        rows = f"SELECT DISTINCT receipt_window, payload_sm3 FROM {source} WHERE {inside}"
        return set(lake.execute(rows, [sorted(windows)]).fetchall())


def _append(
    spark: SparkSession,
    contract: Contract,
    folder: Callable[[str, str], Path],
    missing: list[Entry],
    base: int,
) -> bool:
    """Whether the commit on top of version ``base`` was ours."""
    payloads = [
        {
            "path": str(folder(contract.feed, entry.window) / entry.payload_sm3),
            "payload_sm3": entry.payload_sm3,
            "receipt_window": entry.window,
            "media_type": entry.media_type,
            "charset": entry.charset,
            "received_at": entry.received_at,
        }
        for entry in missing
    ]
    table = bronze_table(contract)
    size = sum(entry.bytes for entry in missing)
    parsed = _parsed(spark, contract, payloads, size)
    marker = job_run.new_id()
    try:
        with nullcontext() if size <= BYTES_HERE else many_rows(spark):
            tables.append(parsed, table, txnAppId=contract.feed, txnVersion=str(base + 2), userMetadata=marker)
    except Exception as error:
        if is_conflict(error):
            return False
        raise
    newest = spark.sql(f"DESCRIBE HISTORY delta.`{tables.place(table.name)}` LIMIT 8")
    ours = newest.where(f"userMetadata = '{marker}'").select("operationMetrics").collect()
    job_run.note(rows_out=sum(int(row.operationMetrics.get("numOutputRows", 0)) for row in ours))
    return bool(ours)


def _parsed(spark: SparkSession, contract: Contract, payloads: list[dict[str, str]], size: int) -> DataFrame:
    if size <= BYTES_HERE:
        import pyarrow as pa

        rows = pa.Table.from_batches(rows_of(contract, payload) for payload in payloads)
        return tables.of_arrow(spark, rows, bronze_table(contract).ddl)
    tasks = min(TASKS_AT_MOST, 1 + size // BYTES_PER_TASK)
    places = spark.createDataFrame([tuple(payload.values()) for payload in payloads], _PAYLOADS)
    return places.repartition(int(tasks)).mapInArrow(parser_of(contract), bronze_table(contract).ddl)


def parser_of(contract: Contract) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Worker function: batches of payload places → batches of bronze's columns."""

    def parse(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for payload in batch.to_pylist():
                yield rows_of(contract, payload)

    return parse


def rows_of(contract: Contract, payload: dict[str, str]) -> pa.RecordBatch:
    """All rows of one landed payload as bronze holds them."""
    import pyarrow as pa

    from spark_jobs.ingest.parsers import parse_payload

    data = Path(payload["path"]).read_bytes()
    batch = parse_payload(contract, data, payload["media_type"], payload["charset"], payload["received_at"])
    received = datetime.fromisoformat(payload["received_at"])
    columns = {name: batch.column(i) for i, name in enumerate(batch.schema.names)}
    constant = {
        "payload_sm3": pa.scalar(payload["payload_sm3"]),
        "receipt_window": pa.scalar(payload["receipt_window"]),
        "received_at": pa.scalar(received, pa.timestamp("us", tz="UTC")),
    }
    columns |= {name: pa.repeat(value, batch.num_rows) for name, value in constant.items()}
    order = [c.name for c in bronze_table(contract).columns]
    return pa.RecordBatch.from_arrays([columns[name] for name in order], names=order)
