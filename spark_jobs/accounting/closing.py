"""Closings: a month's figures frozen under a number after approval, with what they were made of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow as pa

from infra.crypto import sm3_hex
from infra.crypto.provider import provider
from infra.settings import LOCAL_TZ, now
from spark_jobs.accounting import closing_bridge
from spark_jobs.accounting.accounts import boundaries
from spark_jobs.accounting.closing_checks import check
from spark_jobs.accounting.factor_register import Approval, Register
from spark_jobs.engine import job_run, session, tables
from spark_jobs.engine.identity import sm3_of
from spark_jobs.engine.lake_reader import reading, scan
from spark_jobs.engine.session import one_at_a_time

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

CLOSING, FIGURE, LINE = "ops.closing", "ops.closing_figure", "ops.closing_line"
ACTIVITY, EMISSION = "gold.activity", "gold.emission"
SIGNATURE = "signature_json"
_ID = re.compile(r"^\d{4}-\d{2}\.[1-9]\d*$")
_LINES = """
SELECT '{closing_id}' AS closing_id, e.emission_id, e.activity_id, e.boundary, e.account, e.entity_id, e.object_id,
  e.sector, e.memo_item, e.period, e.activity_type, e.scope, e.gas, e.chain, e.quantity, e.unit,
  CAST(e.mass_kg / 1000 AS DECIMAL(38, 15)) AS mass_t, e.method, e.factor_id, e.factor_version,
  e.counted_in_city AND e.memo_item = '' AS counted, e.is_official, a.source_record_ids, e.known_from,
  a.known_from AS activity_known_from, e.is_simulated
FROM emission_closed e LEFT JOIN activity_closed a ON a.activity_id = e.activity_id"""
_GRAIN = "closing_id, month, entity_id, sector, boundary, memo_item, account, gas, chain"
_FIGURES = f"""
SELECT '' AS figure_id, {_GRAIN}, BOOL_OR(is_official) AS is_official,
  CAST(SUM(mass_t) AS DECIMAL(38, 15)) AS mass_t,
  CAST(SUM(CASE WHEN counted THEN mass_t ELSE 0 END) AS DECIMAL(38, 15)) AS counted_t,
  SORT_ARRAY(COLLECT_LIST(emission_id)) AS emission_ids
FROM (SELECT *, '{{month}}' AS month FROM closing_lines) GROUP BY {_GRAIN}"""


class ClosingError(ValueError):
    """No such closing, or a wrong call; the message says what there is."""

    exit_code = 2


class ClosingRefused(ValueError):
    """The month cannot be closed; the message lists each reason and what to do."""

    exit_code = 65


@dataclass(frozen=True)
class Closing:
    """A row of ops.closing."""

    closing_id: str
    month: str
    closing_no: int
    former_closing_id: str
    closed_at: datetime
    approved_by: str
    approver_role: str
    evidence: str
    evidence_sm3: str
    lines: int
    enterprises: int
    held: int
    emission_version: int
    activity_version: int
    register_head: str
    figures_sm3: str
    code_version: str
    signature_json: str
    is_simulated: bool

    def signed(self) -> bytes:
        """The bytes that the signature covers."""
        body = {k: v for k, v in asdict(self).items() if k != SIGNATURE}
        body["closed_at"] = self.closed_at.astimezone(LOCAL_TZ).isoformat()
        return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    @property
    def signature_holds(self) -> bool:
        """Whether the signature is whole and covers what the row says."""
        try:
            return bool(provider().verify(self.signed(), json.loads(self.signature_json)))
        except (KeyError, TypeError, ValueError):
            return False


def closings(month: str = "") -> list[Closing]:
    """All closings, by month and number; of one month where it is given."""
    if not tables.exists(CLOSING):
        return []
    names = ", ".join(f.name for f in fields(Closing))
    with reading() as lake:
        rows = lake.execute(f"SELECT {names} FROM {scan(CLOSING)} ORDER BY month, closing_no").fetchall()
    return [c for c in (Closing(*row) for row in rows) if month in ("", c.month)]


def find(closing_id: str) -> Closing:
    """A closing by its id; ClosingError lists what there is."""
    known = {c.closing_id: c for c in closings()}
    if closing_id not in known:
        shape = "" if _ID.match(closing_id) else "（编号形如 2026-10.1）"
        told = "、".join(known) or "还没有关过账"
        raise ClosingError(f"没有关账 {closing_id!r}{shape}；已有：{told}")
    return known[closing_id]


def pair(former_id: str, later_id: str, boundary: str) -> tuple[Closing, Closing]:
    """Two closings of one month in their order; ClosingError where they are not, or there is no such boundary."""
    former, later = find(former_id), find(later_id)
    if former.month != later.month:
        raise ClosingError(f"{former_id} 与 {later_id} 不是同一个月；变动桥只在同一个月的两次关账之间")
    if former.closing_no > later.closing_no:
        raise ClosingError(f"{former_id} 在 {later_id} 之后；请写成 lake bridge {later_id} {former_id}")
    if boundary not in boundaries():
        raise ClosingError(f"没有核算边界 {boundary!r}；有 {'、'.join(boundaries())}")
    return former, later


def run(month: str, approval: Approval) -> Closing:
    """`lake close`: close the month on the platform's Spark server; what can be refused is before it is asked."""
    refused = check(month)
    if refused:
        raise ClosingRefused("\n".join(f"{reason}：{mend}" for reason, mend in refused))
    spark = session.connect()
    try:
        with job_run.record("close", month, month, month):
            return close(spark, month, approval)
    finally:
        session.close(spark)


def close(spark: SparkSession, month: str, approval: Approval) -> Closing:
    """Close a month under its next number, and bridge it to the former closing; ClosingRefused says why not.

    Lines and figures are written first and the row of ops.closing last: after a kill the same number is used again.
    """
    with one_at_a_time("close"):
        refused = check(month)
        if refused:
            raise ClosingRefused("\n".join(f"{reason}：{mend}" for reason, mend in refused))
        before = closings(month)
        number = before[-1].closing_no + 1 if before else 1
        closing_id = f"{month}.{number}"
        versions = {name: tables.version(name) for name in (EMISSION, ACTIVITY)}
        lines, enterprises = _freeze(spark, closing_id, month, versions)
        digest, simulated = _digest(closing_id)
        unsigned = Closing(
            closing_id, month, number, before[-1].closing_id if before else "", now(), approval.by_whom, approval.role,
            approval.evidence, approval.evidence_sm3, lines, enterprises, _held(month), versions[EMISSION],
            versions[ACTIVITY], Register().head, digest, job_run.code_version(), "", simulated,
        )  # fmt: skip
        row = {**asdict(unsigned), SIGNATURE: json.dumps(provider().sign(unsigned.signed()), sort_keys=True)}
        closed = Closing(**row)
        if before:
            closing_bridge.store(spark, before[-1], closed)
        table = tables.dictionary()[CLOSING]
        tables.append(tables.frame(spark, table, [row]), table)
    return closed


def _freeze(spark: SparkSession, closing_id: str, month: str, versions: dict[str, int]) -> tuple[int, int]:
    """Write lines and figures of the current rows of the month; returns rows and enterprises."""
    current = f"period_month = '{month}' AND known_to IS NULL"
    tables.read(spark, EMISSION, versions[EMISSION]).where(current).createOrReplaceTempView("emission_closed")
    tables.read(spark, ACTIVITY, versions[ACTIVITY]).where(current).createOrReplaceTempView("activity_closed")
    here = tables.one_of("closing_id", [closing_id])
    tables.replace(spark.sql(_LINES.format(closing_id=closing_id)), tables.dictionary()[LINE], here)
    lines = tables.read(spark, LINE).where(here)
    lines.createOrReplaceTempView("closing_lines")
    figure = tables.dictionary()[FIGURE]
    figures = spark.sql(_FIGURES.format(month=month)).mapInArrow(_named, schema=figure.ddl)
    tables.replace(figures, figure, here)
    with reading() as lake:
        (counts,) = lake.execute(
            f"SELECT COUNT(*), COUNT(DISTINCT entity_id) FROM {scan(LINE)} WHERE closing_id = '{closing_id}'"
        ).fetchall()
    return counts


def _named(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        ids = sm3_of(*(batch[name] for name in _GRAIN.split(", ")))
        yield batch.set_column(batch.schema.get_field_index("figure_id"), "figure_id", ids)


def _digest(closing_id: str) -> tuple[str, bool]:
    """SM3 over the closing's figures in order, and whether any line is simulated."""
    names = [c.name for c in tables.dictionary()[FIGURE].columns]
    where = f"WHERE closing_id = '{closing_id}'"
    with reading() as lake:
        rows = lake.execute(f"SELECT {', '.join(names)} FROM {scan(FIGURE)} {where} ORDER BY figure_id").fetchall()
        (simulated,) = lake.execute(
            f"SELECT COALESCE(BOOL_OR(is_simulated), FALSE) FROM {scan(LINE)} {where}"
        ).fetchone()  # type: ignore[misc]
    text = json.dumps([dict(zip(names, row, strict=True)) for row in rows], ensure_ascii=False, default=str)
    return sm3_hex(text.encode()), bool(simulated)


def figures_hold(closing: Closing) -> bool:
    """Whether the stored figures are still those that were signed."""
    return _digest(closing.closing_id)[0] == closing.figures_sm3


def _held(month: str) -> int:
    if not tables.exists("silver.quarantine"):
        return 0
    with reading() as lake:
        sql = f"SELECT COUNT(*) FROM {scan('silver.quarantine')} WHERE period LIKE '{month}%'"
        return int(lake.execute(sql).fetchone()[0])  # type: ignore[index]
