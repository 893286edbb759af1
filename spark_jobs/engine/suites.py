"""Expectation suites of tables: a base generated from contracts and dictionaries, and rules written by hand.

``expectations/base/<table>.json`` is generated (``lake expectations``; a test keeps it in step),
``expectations/rules/<table>.json`` is written by hand. Severity ``critical`` blocks, ``warning`` is told.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from infra.settings import ROOT
from spark_jobs.contracts import Contract, Field, load_contracts
from spark_jobs.engine import tables
from spark_jobs.engine.layers import silver_name

FOLDER = ROOT / "expectations"
BASE, RULES = FOLDER / "base", FOLDER / "rules"
GATED_LAYERS = ("silver.", "gold.", "ops.ledger")
_SILVER_PRESENT = ("record_id", "business_key", "version_no", "period", "known_from", "payload_sm3", "row_sm3")

Expectation = dict[str, Any]


def expectation(kind: str, severity: str, why: str, **kwargs: Any) -> Expectation:
    """One expectation as Great Expectations writes it to JSON."""
    return {"type": kind, "kwargs": kwargs, "severity": severity, "meta": {"reason_zh": why}}


def of_contract(contract: Contract) -> list[Expectation]:
    """What silver must hold after its own judgement; a failure means that the engine or the contract is wrong."""
    found = [_not_null(name, "critical", f"{name} 不得为空") for name in _SILVER_PRESENT]
    for field in contract.fields:
        found += _of_field(field)
    return [
        *found,
        expectation("expect_column_values_to_be_unique", "critical", "记录编号不得重复", column="record_id"),
    ]


def _of_field(field: Field) -> list[Expectation]:
    found = []
    if field.required:
        found.append(_not_null(field.name, "critical", f"{field.label_zh}不得为空"))
    if field.codes:
        codes = sorted(set(field.codes.values()))
        found.append(
            expectation(
                "expect_column_values_to_be_in_set",
                "critical",
                f"{field.label_zh}须在代码表内",
                column=field.name,
                value_set=codes,
            )
        )
    if field.type in ("int", "double", "decimal") and (field.min is not None or field.max is not None):
        bounds = {"min_value": field.min, "max_value": field.max}
        given = {key: value for key, value in bounds.items() if value is not None}
        why = f"{field.label_zh}须在界限之内"
        found.append(expectation("expect_column_values_to_be_between", "critical", why, column=field.name, **given))
    return found


def of_table(table: tables.Table) -> list[Expectation]:
    """What an engine-defined table must hold by its dictionary: keys and codes block, other gaps are told."""
    found = []
    for column in table.columns:
        if not column.nullable:
            severity = "critical" if column.key else "warning"
            found.append(_not_null(column.name, severity, f"{column.zh}不得为空"))
        if column.codes:
            codes = list(column.codes)
            why = f"{column.zh}须在代码表内"
            found.append(
                expectation("expect_column_values_to_be_in_set", "critical", why, column=column.name, value_set=codes)
            )
    return found


def _not_null(column: str, severity: str, why: str) -> Expectation:
    return expectation("expect_column_values_to_not_be_null", severity, why, column=column)


def base_suites() -> dict[str, list[Expectation]]:
    """Every generated suite by table."""
    special = {
        feed for table in tables.dictionary().values() for role, feed in table.built_from.items() if role == "readings"
    }
    suites = {silver_name(c): of_contract(c) for c in load_contracts().values() if c.feed not in special}
    for name, table in tables.dictionary().items():
        if name.startswith(GATED_LAYERS) and name != "silver.quarantine":
            suites[name] = of_table(table)
    return dict(sorted(suites.items()))


def rendered(name: str, expectations: list[Expectation]) -> str:
    """File content of a suite."""
    return json.dumps({"name": name, "expectations": expectations}, ensure_ascii=False, indent=1) + "\n"


def suite_of(name: str) -> list[Expectation]:
    """Base and hand-written expectations of a table; FileNotFoundError if it has neither."""
    found: list[Expectation] = []
    for folder in (BASE, RULES):
        path = folder / f"{name}.json"
        if path.exists():
            found += json.loads(path.read_text(encoding="utf-8"))["expectations"]
    if not found:
        raise FileNotFoundError(f"no expectation suite for {name} in {FOLDER}: run `lake expectations`")
    return found


def write_base(folder: Path = BASE) -> list[str]:
    """Write every generated suite, delete those of tables that are gone; returns the tables."""
    folder.mkdir(parents=True, exist_ok=True)
    suites = base_suites()
    for path in folder.glob("*.json"):
        if path.stem not in suites:
            path.unlink()
    for name, expectations in suites.items():
        (folder / f"{name}.json").write_text(rendered(name, expectations), encoding="utf-8")
    return list(suites)
