"""SQL from a contract: casts, derived columns, periods and checks; the same text for Spark and for DuckDB.

Engines evaluate checks on rows that hold, for each contract field, ``raw__<field>`` (STRING, as in bronze) and
``<field>`` (typed). Dialects differ only in the name of the timestamp type; DuckDB gets what Spark has and it has
not as macros (``DUCKDB_PRELUDE``). A contract test proves that both engines agree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from spark_jobs.contracts import Contract, Derived, Field

Dialect = Literal["spark", "duckdb"]

RAW = "raw__"
DUCKDB_PRELUDE = (
    "SET TimeZone = 'Asia/Shanghai'",
    "CREATE OR REPLACE MACRO regexp_like(s, p) AS regexp_matches(s, p)",
)

_INT = "^[+-]?[0-9]{1,18}$"
_NUMBER = "^[+-]?([0-9]{1,40}([.][0-9]{0,40})?|[.][0-9]{1,40})([eE][+-]?[0-9]{1,2})?$"
_DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?"
_STAMP = f"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]{_TIME}(Z|[+-]([01][0-9]):[0-5][0-9])?$"
_MONTH = "^[0-9]{4}-(0[1-9]|1[0-2])$"
_CLOCK = "^(([01]?[0-9]|2[0-3])?[0-5]?[0-9]|2400)$"
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
    """A SQL string literal that both dialects read alike (no backslash)."""
    if "\\" in text:
        raise ValueError(f"backslash in a SQL literal: {text!r}")
    return "'" + text.replace("'", "''") + "'"


def _text(contract: Contract, column: str) -> str:
    nulls = ", ".join(quoted(n) for n in contract.format.null_values)
    return f"CASE WHEN TRIM({column}) IN ({nulls}) THEN NULL ELSE TRIM({column}) END"


def cast_sql(contract: Contract, field: Field, column: str, dialect: Dialect = "spark") -> str:
    """Text column → typed value, NULL where the text is empty, malformed or no known code."""
    text = _text(contract, column)
    if field.codes:
        whens = " ".join(f"WHEN {quoted(k)} THEN {quoted(v)}" for k, v in _code_pairs(field))
        return f"CASE TRIM({column}) {whens} END"
    stamp = "TIMESTAMP" if dialect == "spark" else "TIMESTAMPTZ"
    guarded = {
        "int": (_INT, "BIGINT"),
        "double": (_NUMBER, "DOUBLE"),
        "decimal": (_NUMBER, "DOUBLE"),
        "date": (_DATE, "DATE"),
        "timestamp": (_STAMP, stamp),
        "month": (_MONTH, "VARCHAR(7)" if dialect == "duckdb" else "STRING"),
        "clock": (_CLOCK, "INT"),
    }
    if field.type in guarded:
        pattern, target = guarded[field.type]
        return f"TRY_CAST(CASE WHEN regexp_like(TRIM({column}), {quoted(pattern)}) THEN TRIM({column}) END AS {target})"
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


def derived_sql(contract: Contract, derived: Derived) -> str:
    """Spark SQL of a derived column over typed fields and the derived columns before it."""
    if not derived.lookup:
        return derived.sql.strip()
    pairs = ", ".join(f"{quoted(k)}, {quoted(v)}" for k, v in contract.lookup(derived).items())
    return f"map({pairs})[{derived.lookup_field}]"


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


def typed_columns(contract: Contract, dialect: Dialect = "spark") -> dict[str, str]:
    """Field → cast over ``raw__<field>``."""
    return {f.name: cast_sql(contract, f, RAW + f.name, dialect) for f in contract.fields}


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
            ("type", f"{present} OR {field.name} IS NOT NULL", f"{label}（{field.name}）格式不符，应为 {field.type}")
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


def row_checks(contract: Contract) -> list[Check]:
    """Every condition on a single row, generated ones first, in a stable order."""
    found = [check for field in contract.fields for check in _field_checks(contract, field)] + _unit_check(contract)
    for rule in contract.rules:
        if rule.scope == "row":
            found.append(
                Check(
                    rule.id,
                    rule.severity,
                    rule.field or _first_field(contract, rule.sql),
                    rule.rendered(),
                    rule.reason_zh,
                )
            )
    return found


def group_checks(contract: Contract) -> list[tuple[tuple[str, ...], Check]]:
    """(group columns, condition over aggregates of the group) for each group rule."""
    return [
        (r.group_by, Check(r.id, r.severity, r.field or _first_field(contract, r.sql), r.rendered(), r.reason_zh))
        for r in contract.rules
        if r.scope == "group"
    ]


def _first_field(contract: Contract, sql: str) -> str:
    names = {f.name for f in contract.fields} | {d.name for d in contract.derived}
    return next((word for word in re.findall(r"\w+", sql) if word in names), "")
