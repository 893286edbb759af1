"""What stands against closing a month: each reason with what to do about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import duckdb

from infra.settings import LOCAL_TZ, now
from spark_jobs.accounting.factor_register import Register
from spark_jobs.engine import tables
from spark_jobs.engine.closed_gates import closed_gates
from spark_jobs.engine.lake_reader import reading, scan

Reason = tuple[str, str]
_MOST = 5
_LEDGER = """
SELECT feed, receipt_window FROM {table} WHERE NOT closes ORDER BY ALL"""
_ACTIVITY = """
SELECT feed, activity_in, accounted, quarantined FROM {table}
WHERE NOT closes AND period_month = '{month}' ORDER BY ALL"""
_ROWS = "SELECT COUNT(*) FROM {table} WHERE period_month = '{month}' AND known_to IS NULL"


def check(month: str, at: datetime | None = None) -> list[Reason]:
    """Reasons against closing the month, each with its mend; empty where it may be closed."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        return [(f"{month!r} 不是月份", "写成 2026-10 这样")]
    ends = _end_of(month)
    if (at or now()) < ends:
        return [(f"{month} 还没有结束", f"{ends:%Y-%m-%d} 零时以后再关账")]
    with reading() as lake:
        found: list[Reason] = []
        for look in (_data, _pending, _activity_ledger, _ledger, _gates):
            found += look(lake, month)
            if look is _data and found:
                break
    return found


def _end_of(month: str) -> datetime:
    year, number = int(month[:4]), int(month[5:])
    return datetime(year + number // 12, number % 12 + 1, 1, tzinfo=LOCAL_TZ)


def _data(lake: duckdb.DuckDBPyConnection, month: str) -> list[Reason]:
    mend = f"先装载该月数据：lake job fetch reporting --from {month}，直到 lake job emission"
    if not tables.exists("gold.emission"):
        return [("还没有任何排放数据", mend)]
    rows = lake.execute(_ROWS.format(table=scan("gold.emission"), month=month)).fetchone()
    return [] if rows and rows[0] else [(f"{month} 没有排放数据", mend)]


def _pending(lake: duckdb.DuckDBPyConnection, month: str) -> list[Reason]:
    register = Register()
    open_changes = len(register.changes) - register.applied
    if open_changes <= 0:
        return []
    return [(f"有 {open_changes} 项因子或方法变更尚未重算", "先执行 lake job emission all")]


def _activity_ledger(lake: duckdb.DuckDBPyConnection, month: str) -> list[Reason]:
    rows = _rows(lake, "ops.activity_ledger", lambda table: _ACTIVITY.format(table=table, month=month))
    if rows is None:
        return [("没有核算台账", "先执行 lake job emission all")]
    told = "；".join(f"{feed}：应核算 {total}，已核算 {done}，待核 {held}" for feed, total, done, held in rows[:_MOST])
    return [(f"{month} 的核算台账不平（{told}）", "先执行 lake job emission all，仍不平请上报")] if rows else []


def _ledger(lake: duckdb.DuckDBPyConnection, month: str) -> list[Reason]:
    rows = _rows(lake, "ops.ledger", lambda table: _LEDGER.format(table=table)) or []
    told = "、".join(f"{feed} {window}" for feed, window in rows[:_MOST])
    return [(f"接收台账不平（{told}）", "先执行 lake job silver 该数据流（不带窗口）")] if rows else []


def _gates(lake: duckdb.DuckDBPyConnection, month: str) -> list[Reason]:
    return [
        (f"{name} 的质量闸门未放行（{detail}）", f"按运维手册“质量门阻断后”改正，再执行 lake job gate {name}")
        for name, detail, _ in closed_gates(lake)[:_MOST]
    ]


def _rows(lake: duckdb.DuckDBPyConnection, name: str, sql: Callable[[str], str]) -> list[tuple] | None:
    return lake.execute(sql(scan(name))).fetchall() if tables.exists(name) else None
