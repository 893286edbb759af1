"""A contract's row checks on a parsed batch, evaluated by DuckDB: the same SQL that silver runs on Spark."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from spark_jobs.contract_sql import DUCKDB_PRELUDE, LOOKUP, RAW, Check, failed_array, row_checks, typed_select
from spark_jobs.contracts import Contract
from spark_jobs.contracts import contract as load_contract

_DUCKDB_TYPES = {"STRING": "VARCHAR", "TIMESTAMP": "TIMESTAMPTZ"}


@dataclass(frozen=True)
class Finding:
    """A check that a row failed. ``value`` is the field's text as it came."""

    row: int
    check: Check
    value: str | None


def connection() -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB that reads nothing from outside and speaks the contracts' dialect."""
    opened = duckdb.connect(config={"enable_external_access": False})
    for statement in DUCKDB_PRELUDE:
        opened.execute(statement)
    return opened


def _empty_references(opened: duckdb.DuckDBPyConnection, contract: Contract) -> dict[str, str]:
    """Stand-ins without rows for joined feeds: what only silver can know passes here."""
    names = {}
    for number, join in enumerate(contract.joins):
        other = load_contract(join.feed)
        columns = [other.field(name) for name in dict.fromkeys((*other.key, *join.take))]
        typed = ", ".join(f"{c.name} {_DUCKDB_TYPES.get(c.spark_type, c.spark_type)}" for c in columns)
        opened.execute(f"CREATE TABLE reference_{number} ({typed})")
        names[join.feed] = f"reference_{number}"
    return names


def register_lookups(opened: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Provide the look-up files of the contract's derived columns as relations."""
    for derived in contract.derived:
        if derived.lookup:
            pairs = contract.lookup(derived)
            table = pa.table({"key": list(pairs), "value": list(pairs.values())})
            opened.register(LOOKUP + derived.name, table)


def row_findings(contract: Contract, batch: pa.RecordBatch) -> list[Finding]:
    """Every failed check of every row, by row and then in the order of ``row_checks``."""
    checks = row_checks(contract)
    with connection() as opened:
        opened.register("submitted", pa.Table.from_batches([batch]))
        register_lookups(opened, contract)
        references = _empty_references(opened, contract)
        typed = typed_select(contract, "submitted", references, carry=("row_no", "extra_json"))
        raw = ", ".join(RAW + name for name in contract.field_names)
        judged = f"SELECT row_no, {failed_array(checks)} AS failed, {raw} FROM ({typed})"
        found = opened.execute(f"SELECT * FROM ({judged}) WHERE LEN(failed) > 0 ORDER BY row_no").to_arrow_table()
    by_id = {check.rule_id: check for check in checks}
    return [
        Finding(row["row_no"], by_id[rule], row.get(RAW + by_id[rule].field))
        for row in found.to_pylist()
        for rule in row["failed"]
    ]
