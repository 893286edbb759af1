"""SQL from a contract: casts, derived columns, periods and checks, in DuckDB's dialect.

Receipts of submitted files and silver (in Spark's tasks) evaluate the same text in the same engine, so what a receipt
says of a row is what silver will do. ``row_checks`` are evaluated on ``typed_select``: for each contract field
``raw__<field>`` (text, as in bronze) and ``<field>`` (typed), then derived and joined columns. ``window_checks`` come
second, on the distinct versions of a period. A connection runs ``DUCKDB_PRELUDE`` first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from spark_jobs.contracts import Contract, Derived, Field
from spark_jobs.contracts import contract as load_contract

RAW = "raw__"
DUCKDB_PRELUDE = ("SET TimeZone = 'Asia/Shanghai'",)
LOOKUP = "lookup__"  # relation (key, value) of the derived column of that name

_INT = "^[+-]?[0-9]{1,18}$"
_NUMBER = "^[+-]?([0-9]{1,40}([.][0-9]{0,40})?|[.][0-9]{1,40})([eE][+-]?[0-9]{1,2})?$"
_DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?"
_STAMP = f"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]{_TIME}(Z|[+-]([01][0-9]):[0-5][0-9])?$"
_MONTH = "^[0-9]{4}-(0[1-9]|1[0-2])$"
_CLOCK = "^(([01]?[0-9]|2[0-3])?[0-5]?[0-9]|2400)$"
_TYPES_ZH = {
    "int": "整数",
    "double": "数字（不含千位分隔符和单位）",
    "decimal": "数字（不含千位分隔符和单位）",
    "date": "日期，如 2026-10-31",
    "month": "月份，如 2026-10",
    "timestamp": "时间，如 2026-10-31 08:00:00",
    "boolean": "是或否",
    "clock": "四位时刻，如 0830",
}
_TRUE, _FALSE = ("true", "1", "y", "yes", "是"), ("false", "0", "n", "no", "否")


@dataclass(frozen=True)
class Check:
    """One condition on a row. It fails only where ``sql`` is FALSE; NULL passes."""

    rule_id: str
    severity: Literal["quarantine", "warn"]
    field: str
    sql: str
    reason_zh: str

    def failed(self) -> str:
        """Boolean SQL, never NULL: does the row fail?"""
        return f"NOT COALESCE(({self.sql}), TRUE)"


def quoted(text: str) -> str:
    """A SQL string literal (without backslash)."""
    if "\\" in text:
        raise ValueError(f"backslash in a SQL literal: {text!r}")
    return "'" + text.replace("'", "''") + "'"


def _text(contract: Contract, column: str) -> str:
    nulls = ", ".join(quoted(n) for n in contract.format.null_values)
    return f"CASE WHEN TRIM({column}) IN ({nulls}) THEN NULL ELSE TRIM({column}) END"


def cast_sql(contract: Contract, field: Field, column: str) -> str:
    """Text column → typed value, NULL where the text is empty, malformed or no known code."""
    text = _text(contract, column)
    if field.codes:
        whens = " ".join(f"WHEN {quoted(k)} THEN {quoted(v)}" for k, v in _code_pairs(field))
        return f"CASE TRIM({column}) {whens} END"
    guarded = {
        "int": (_INT, "BIGINT"),
        "double": (_NUMBER, "DOUBLE"),
        "decimal": (_NUMBER, "DOUBLE"),
        "date": (_DATE, "DATE"),
        "timestamp": (_STAMP, "TIMESTAMPTZ"),
        "month": (_MONTH, "VARCHAR"),
        "clock": (_CLOCK, "INT"),
    }
    if field.type in guarded:
        pattern, target = guarded[field.type]
        return (
            f"TRY_CAST(CASE WHEN REGEXP_MATCHES(TRIM({column}), {quoted(pattern)}) THEN TRIM({column}) END AS {target})"
        )
    if field.type == "boolean":
        yes, no = (", ".join(quoted(v) for v in values) for values in (_TRUE, _FALSE))
        return (
            f"CASE WHEN LOWER(TRIM({column})) IN ({yes}) THEN TRUE WHEN LOWER(TRIM({column})) IN ({no}) THEN FALSE END"
        )
    return text


def _code_pairs(field: Field) -> list[tuple[str, str]]:
    """What the upstream may write, and our own codes, which file submissions may use too."""
    pairs = dict(field.codes)
    for code in field.codes.values():
        pairs.setdefault(code, code)
    return list(pairs.items())


def derived_sql(derived: Derived) -> str:
    """SQL of a derived column over typed fields and the derived columns before it.

    A look-up reads the relation ``lookup__<name>`` (key, value), which the caller provides.
    """
    if derived.key_of:
        return "CAST(NULL AS VARCHAR)"  # filled where the key is at hand
    if derived.lookup:
        return f"(SELECT ANY_VALUE(value) FROM {LOOKUP}{derived.name} WHERE key = {derived.lookup_field})"
    return derived.sql.strip()


def period_sql(contract: Contract) -> str:
    """Period text (local): ``2026-10``, ``2026-10-31``, ``2026``, or ``all`` for a register."""
    name = contract.period.field
    if not name:
        return "'all'"
    kind = contract.field(name).type
    if kind in ("month", "string"):
        return name
    if kind == "int":
        return f"CAST({name} AS STRING)"
    length = {"month": 7, "day": 10, "year": 4}[contract.period.grain]
    return f"SUBSTRING(CAST({name} AS STRING), 1, {length})"


def typed_select(
    contract: Contract,
    relation: str,
    references: dict[str, str] | None = None,
    carry: tuple[str, ...] = ("payload_sm3", "row_no", "receipt_window", "received_at", "charset", "extra_json"),
) -> str:
    """SELECT over a relation of bronze's columns: ``raw__<field>``, typed fields, derived, joined, ``carry``, period.

    ``references``: feed → relation with the current rows (one per key) of each feed in ``contract.joins``.
    """
    raw = ", ".join([f"{f.name} AS {RAW}{f.name}" for f in contract.fields] + list(carry))
    sql = f"SELECT {raw} FROM {relation}"
    casts = ", ".join(f"{cast_sql(contract, f, RAW + f.name)} AS {f.name}" for f in contract.fields)
    sql = f"SELECT *, {casts} FROM ({sql}) AS raw_rows"
    for derived in contract.derived:
        sql = f"SELECT *, {derived_sql(derived)} AS {derived.name} FROM ({sql}) AS typed_rows"
    for join in contract.joins:
        taken = ", ".join(f"{name} AS {join.column(name)}" for name in join.take)
        key = join.column("key")
        other = f"SELECT {_key_of(join.feed)} AS {key}, {taken} FROM {(references or {})[join.feed]}"
        columns = ", ".join(f"other.{join.column(name)}" for name in join.take)
        sql = f"SELECT own.*, {columns} FROM ({sql}) AS own LEFT JOIN ({other}) AS other ON own.{join.by} = other.{key}"
    return f"SELECT *, {period_sql(contract)} AS period_text FROM ({sql}) AS joined_rows"


def _key_of(feed: str) -> str:
    key = load_contract(feed).key
    if len(key) != 1:
        raise ValueError(f"{feed} has a key of several fields and cannot be joined by one")
    return key[0]


def failed_array(checks: list[Check]) -> str:
    """SQL for the ids of the failed checks, an array in their order, empty where all hold."""
    if not checks:
        return "CAST([] AS VARCHAR[])"
    cases = ", ".join(f"CASE WHEN {c.failed()} THEN {quoted(c.rule_id)} END" for c in checks)
    return f"LIST_FILTER([{cases}], lambda x: x IS NOT NULL)"


def _field_checks(contract: Contract, field: Field) -> list[Check]:
    raw, label = RAW + field.name, field.label_zh
    present = f"({_text(contract, raw)}) IS NULL"
    found = []
    if field.required:
        found.append(("required", f"NOT ({present})", f"{label}（{field.name}）不得为空"))
    if field.codes:
        allowed = "、".join(field.codes)
        found.append(
            ("code", f"{present} OR {field.name} IS NOT NULL", f"{label}（{field.name}）不在代码表内：{allowed}")
        )
    elif field.type != "string":
        found.append(
            (
                "type",
                f"{present} OR {field.name} IS NOT NULL",
                f"{label}（{field.name}）格式不符，应为{_TYPES_ZH[field.type]}",
            )
        )
    if field.min is not None:
        found.append(("min", f"{field.name} >= {field.min!r}", f"{label}（{field.name}）不得小于 {field.min:g}"))
    if field.max is not None:
        found.append(("max", f"{field.name} <= {field.max!r}", f"{label}（{field.name}）不得大于 {field.max:g}"))
    return [Check(f"{kind}_{field.name}", "quarantine", field.name, sql, why) for kind, sql, why in found]


def _unit_check(contract: Contract) -> list[Check]:
    expected = contract.expected_units
    if expected is None:
        return []
    whens = " ".join(f"WHEN {quoted(k)} THEN {quoted(u)}" for k, u in expected.units.items())
    sql = f"{expected.field} = CASE {expected.by} {whens} END"
    return [Check("declared_unit", "quarantine", expected.field, sql, "计量单位与规定单位不一致")]


UNPARSABLE = Check(
    "unparsable",
    "quarantine",
    "",
    """POSITION('"_error":' IN extra_json) = 0""",
    "报文或行无法解析",
)


def row_checks(contract: Contract) -> list[Check]:
    """Every condition on a single row, generated ones first, in a stable order."""
    generated = [check for field in contract.fields for check in _field_checks(contract, field)]
    return [UNPARSABLE, *generated, *_unit_check(contract), *_written(contract, "row")]


def window_checks(contract: Contract) -> list[Check]:
    """Conditions with window functions, for the distinct versions of a period with ``row_ok``; see ``Rule``."""
    return _written(contract, "window")


def _written(contract: Contract, scope: str) -> list[Check]:
    return [
        Check(r.id, r.severity, r.field or _first_field(contract, r.sql), r.rendered(), r.reason_zh)
        for r in contract.rules
        if r.scope == scope
    ]


def _first_field(contract: Contract, sql: str) -> str:
    names = {f.name for f in contract.fields} | {d.name for d in contract.derived}
    return next((word for word in re.findall(r"\w+", sql) if word in names), "")
