"""Table definitions of bronze and silver, derived from a feed's contract."""

from __future__ import annotations

from spark_jobs.contracts import Contract
from spark_jobs.engine.tables import Column, Table

QUARANTINE = "silver.quarantine"  # what bronze, models and gold could not use, with its reason
SEALED = "names a person: SM4-GCM under the key sm4_data"
KEYED = "HMAC-SM3 of a sealed field under the key hmac_identity"
_BRONZE_OWN = (
    Column("payload_sm3", "STRING", "报文哈希", key=True),
    Column("row_no", "INT", "行号", key=True, note="from 1; 0: the payload as a whole cannot be read"),
    Column("receipt_window", "STRING", "接收窗口", key=True),
    Column("received_at", "TIMESTAMP", "首次接收时间"),
    Column("charset", "STRING", "字符集"),
    Column("extra_json", "STRING", "约定外字段", nullable=True),
)
_SILVER_OWN = (
    Column("record_id", "STRING", "记录编号", key=True, note="SM3 of feed, business key, version and content"),
    Column("business_key", "STRING", "业务主键"),
    Column("version_no", "BIGINT", "版本号"),
    Column("period", "STRING", "期间"),
    Column("known_from", "TIMESTAMP", "获知时间"),
    Column("known_to", "TIMESTAMP", "失效时间", nullable=True, note="NULL is the newest version"),
    Column("payload_sm3", "STRING", "报文哈希"),
    Column("row_no", "INT", "行号"),
    Column("receipt_window", "STRING", "接收窗口"),
    Column("row_sm3", "STRING", "原始记录哈希", note="SM3 of the row's contract fields as text"),
    Column("warnings", "ARRAY<STRING>", "提示性规则", note="ids of warning rules that do not hold"),
    Column("duplicate_receipts", "ARRAY<STRING>", "重复送达", note="receipt_window/payload_sm3/row_no"),
)


def bronze_table(contract: Contract) -> Table:
    """Source row as text; grain payload × row × receipt window."""
    fields = tuple(Column(f.name, "STRING", f.label_zh, unit=f.unit, nullable=True) for f in contract.fields)
    return Table(
        contract.bronze_table, f"{contract.title_zh}（原始）", "source row", fields + _BRONZE_OWN, ("receipt_window",)
    )


def silver_table(contract: Contract) -> Table:
    """Typed record; grain business key × version.

    A contract field named ``period`` is the period itself and stands once.
    """
    notes = dict.fromkeys(contract.guarded, KEYED) | dict.fromkeys(contract.personal, SEALED)
    typed = [
        Column(f.name, f.spark_type, f.label_zh, unit=f.unit, nullable=True, note=notes.get(f.name, ""))
        for f in contract.columns
    ]
    own = {column.name for column in _SILVER_OWN}
    columns = tuple(column for column in typed if column.name not in own) + _SILVER_OWN
    return Table(silver_name(contract), contract.title_zh, "business key × version", columns, ("period",))


def silver_name(contract: Contract) -> str:
    """Full name of the feed's silver table."""
    return f"silver.{contract.silver_table}"
