"""Silver tables of a few hand-checkable records, for tests of the gold engines."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from spark_jobs.contracts import contract
from spark_jobs.engine import tables
from spark_jobs.engine.layers import silver_table

FIRST = datetime(2026, 11, 5, 10)
SECOND = datetime(2026, 11, 12, 10)
ENTERPRISES = {"E-AIR": ("aviation", "310105"), "E-PORT": ("port", "310109"), "E-SHIP": ("shipping", "310109")}


def write(spark: Any, feed: str, rows: list[dict[str, Any]]) -> None:
    """Replace a feed's silver table by these rows; what a row does not give is NULL, its record id is its place."""
    table = silver_table(contract(feed))
    full = []
    for i, row in enumerate(rows):
        base: dict[str, Any] = dict.fromkeys(c.name for c in table.columns)
        base |= {
            "record_id": f"{table.name}-{i}", "business_key": f"key-{i}", "version_no": 1, "period": "all",
            "known_from": FIRST, "payload_sm3": "p", "row_no": i + 1, "receipt_window": "2026-11", "row_sm3": "r",
        }  # fmt: skip
        full.append({**base, **row})
    _replace(spark, table, full)


def _replace(spark: Any, table: tables.Table, rows: list[dict[str, Any]]) -> None:
    values = [[row[c.name] for c in table.columns] for row in rows]
    tables.replace(spark.createDataFrame(values, schema=table.ddl), table, "true")


def register(spark: Any) -> None:
    """The enterprises."""
    rows = [{"enterprise_code": c, "sector": s, "district_code": d} for c, (s, d) in ENTERPRISES.items()]
    write(spark, "reporting.enterprise", rows)


def energy(code: str, energy_code: str, quantity: float, unit: str = "t", **more: Any) -> dict[str, Any]:
    """A monthly energy report of October 2026."""
    return {
        "enterprise_code": code, "period": "2026-10", "energy_code": energy_code, "unit": unit, "consumption": quantity,
        "status": "verified", **more,
    }  # fmt: skip


def meter_hours(spark: Any, rows: list[dict[str, Any]]) -> None:
    """Replace silver.meter_hourly."""
    table = tables.dictionary()["silver.meter_hourly"]
    base: dict[str, Any] = dict.fromkeys(c.name for c in table.columns)
    base |= {"estimated_quantity": 0.0, "covered_share": 1.0, "known_from": FIRST, "payload_sm3s": ["p"]}
    _replace(spark, table, [{**base, **row} for row in rows])


def flight(number: int, tailnum: str | None, miles: float, cancelled: bool = False) -> dict[str, Any]:
    """A flight of 1 January 2013."""
    start = datetime(2013, 1, 1, 18, number)
    return {
        "period": "2013-01", "carrier": "UA", "flight": number, "tailnum": tailnum, "origin": "EWR", "dest": "IAH",
        "distance": miles, "is_cancelled": cancelled, "flight_date": date(2013, 1, 1), "dep_at": start,
        "arr_at": start + timedelta(hours=4), "business_key": f"UA{number}",
    }  # fmt: skip
