"""Rows of the gold layers in silver.quarantine: what made no activity, or found no factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spark_jobs.engine import tables
from spark_jobs.engine.layers import QUARANTINE

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def replace_held(frame: DataFrame, where: str) -> None:
    """Replace the quarantine rows for which ``where`` holds; columns that the frame lacks are empty."""
    table = tables.dictionary()[QUARANTINE]
    shown = [
        f"CAST({c.name if c.name in frame.columns else _empty(c.type)} AS {c.type}) AS {c.name}" for c in table.columns
    ]
    if tables.exists(QUARANTINE) or not frame.isEmpty():
        tables.replace(frame.selectExpr(*shown), table, where)


def _empty(kind: str) -> str:
    return "ARRAY()" if kind.startswith("ARRAY") else "NULL"


def month_is_one_of(months: list[str]) -> str:
    """Predicate on ``period`` (year, month or day): it holds for the periods that count in these months."""
    listed = ", ".join(f"'{m}'" for m in months)
    return f"(CASE WHEN LENGTH(period) = 4 THEN CONCAT(period, '-12') ELSE SUBSTRING(period, 1, 7) END) IN ({listed})"
