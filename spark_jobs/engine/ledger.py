"""The ledger: per feed and receipt window, rows in = accepted + duplicate + superseded + quarantined.

Counted anew from bronze, silver and quarantine, each on its own; nothing is a remainder of the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from spark_jobs.contracts import Contract
from spark_jobs.engine import lake_reader, tables
from spark_jobs.engine.layers import QUARANTINE, silver_name

if TYPE_CHECKING:
    import duckdb
    from pyspark.sql import SparkSession

LEDGER = "ops.ledger"
MOST_TOLD = 10


class LedgerOpen(ValueError):
    """The ledger of a feed does not close; the message names the windows and their counts."""

    exit_code = 65


def account(spark: SparkSession, contracts: Iterable[Contract]) -> None:
    """Recompute and store the ledger of whole feeds; raises LedgerOpen where one does not close."""
    feeds = {contract.feed: contract for contract in contracts}
    with lake_reader.reading() as lake:
        rows = [row for contract in feeds.values() for row in _counted(lake, contract)]
    table = tables.dictionary()[LEDGER]
    tables.replace(tables.frame(spark, table, rows).coalesce(1), table, tables.one_of("feed", feeds))
    refuse_open([row for row in rows if not row["closes"]])


def refuse_open(rows: list[dict[str, Any]]) -> None:
    """Raise LedgerOpen for ledger rows that do not close."""
    if rows:
        told = "; ".join(
            "{feed} {receipt_window}: in {rows_in}, accepted {rows_accepted}, duplicate {rows_duplicate}, "
            "superseded {rows_superseded}, quarantined {rows_quarantined}".format(**row)
            for row in sorted(rows, key=lambda row: (row["feed"], row["receipt_window"]))[:MOST_TOLD]
        )
        raise LedgerOpen(f"the ledger does not close: {told}; run `lake job silver` for the feed without a range")


def _counted(lake: duckdb.DuckDBPyConnection, contract: Contract) -> list[dict[str, Any]]:
    bronze, silver = lake_reader.scan(contract.bronze_table), lake_reader.scan(silver_name(contract))
    refused = f"(FROM {lake_reader.scan(QUARANTINE)} WHERE feed = '{contract.feed}' AND layer = 'silver')"
    return lake.execute(ledger_sql(contract.feed, bronze, silver, refused)).to_arrow_table().to_pylist()


def ledger_sql(feed: str, bronze: str, silver: str, refused: str) -> str:
    """SELECT of ``ops.ledger`` rows from three relations (DuckDB)."""
    copies = "SELECT SPLIT_PART(copy, '/', 1) AS receipt_window, 'duplicate' AS kind FROM"
    return f"""
      WITH kinds AS (
        SELECT receipt_window, CASE WHEN known_to IS NULL THEN 'accepted' ELSE 'superseded' END AS kind FROM {silver}
        UNION ALL SELECT receipt_window, 'quarantined' FROM {refused}
        UNION ALL {copies} (SELECT UNNEST(duplicate_receipts) AS copy FROM {silver})
        UNION ALL {copies} (SELECT UNNEST(duplicate_receipts) AS copy FROM {refused})
      ), told AS (
        SELECT receipt_window, COUNT_IF(kind = 'accepted') AS rows_accepted,
          COUNT_IF(kind = 'duplicate') AS rows_duplicate, COUNT_IF(kind = 'superseded') AS rows_superseded,
          COUNT_IF(kind = 'quarantined') AS rows_quarantined
        FROM kinds GROUP BY receipt_window
      ), received AS (
        SELECT receipt_window, COUNT(DISTINCT payload_sm3) AS payloads, COUNT(*) AS rows_in
        FROM {bronze} GROUP BY receipt_window
      )
      SELECT '{feed}' AS feed, receipt_window, COALESCE(payloads, 0) AS payloads, COALESCE(rows_in, 0) AS rows_in,
        COALESCE(rows_accepted, 0) AS rows_accepted, COALESCE(rows_duplicate, 0) AS rows_duplicate,
        COALESCE(rows_superseded, 0) AS rows_superseded, COALESCE(rows_quarantined, 0) AS rows_quarantined,
        COALESCE(rows_in, 0) = COALESCE(rows_accepted + rows_duplicate + rows_superseded + rows_quarantined, 0)
          AS closes
      FROM received FULL OUTER JOIN told USING (receipt_window)"""
