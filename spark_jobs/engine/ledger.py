"""The ledger: per feed and receipt window, rows in = accepted + duplicate + superseded + quarantined.

Counted anew from bronze, silver and quarantine, each on its own; nothing is a remainder of the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from spark_jobs.contracts import Contract
from spark_jobs.engine import tables
from spark_jobs.engine.layers import silver_name

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

LEDGER = "ops.ledger"


class LedgerOpen(ValueError):
    """The ledger of a feed does not close; the message names the windows and their counts."""

    exit_code = 65


def account(spark: SparkSession, contracts: Iterable[Contract]) -> None:
    """Recompute and store the ledger of whole feeds; raises LedgerOpen where one does not close."""
    contracts = list(contracts)
    counted = [_counted(spark, contract) for contract in contracts]
    frame = counted[0]
    for more in counted[1:]:
        frame = frame.unionByName(more)
    table = tables.dictionary()[LEDGER]
    tables.replace(frame.coalesce(1), table, tables.one_of("feed", [c.feed for c in contracts]))
    wrong = tables.read(spark, LEDGER).where("NOT closes").where(tables.one_of("feed", [c.feed for c in contracts]))
    refuse_open(wrong.orderBy("feed", "receipt_window").limit(10).collect())


def refuse_open(rows: list) -> None:
    """Raise LedgerOpen for ledger rows that do not close."""
    if rows:
        told = "; ".join(
            f"{row.feed} {row.receipt_window}: in {row.rows_in}, accepted {row.rows_accepted}, duplicate "
            f"{row.rows_duplicate}, superseded {row.rows_superseded}, quarantined {row.rows_quarantined}"
            for row in rows
        )
        raise LedgerOpen(f"the ledger does not close: {told}; run `lake job silver` for the feed without a range")


def _counted(spark: SparkSession, contract: Contract) -> DataFrame:
    name = contract.feed.replace(".", "__") + "__ledger"
    tables.read(spark, contract.bronze_table).createOrReplaceTempView(f"{name}_bronze")
    tables.read(spark, silver_name(contract)).createOrReplaceTempView(f"{name}_silver")
    refused = tables.read(spark, "silver.quarantine").where(f"feed = '{contract.feed}' AND layer = 'silver'")
    refused.createOrReplaceTempView(f"{name}_refused")
    return spark.sql(ledger_sql(contract.feed, f"{name}_bronze", f"{name}_silver", f"{name}_refused"))


def ledger_sql(feed: str, bronze: str, silver: str, refused: str) -> str:
    """SELECT of ``ops.ledger`` rows from three relations."""
    copies = "SELECT SPLIT(copy, '/')[0] AS receipt_window, 'duplicate' AS kind FROM"
    return f"""
      WITH kinds AS (
        SELECT receipt_window, CASE WHEN known_to IS NULL THEN 'accepted' ELSE 'superseded' END AS kind FROM {silver}
        UNION ALL SELECT receipt_window, 'quarantined' FROM {refused}
        UNION ALL {copies} (SELECT EXPLODE(duplicate_receipts) AS copy FROM {silver})
        UNION ALL {copies} (SELECT EXPLODE(duplicate_receipts) AS copy FROM {refused})
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
