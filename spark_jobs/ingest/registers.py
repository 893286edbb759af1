"""Does a submitted row point to something that the lake knows? A field's ``references`` names the register.

What a register does not hold is told, not refused: the register may be late. Silver's Delta table is read directly,
so a receipt needs no Spark.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from infra import table_store
from spark_jobs.contracts import Contract, Field
from spark_jobs.contracts import contract as load_contract


@dataclass(frozen=True)
class Unknown:
    """A value that its register does not hold, with the rows (ascending) that have it."""

    field: Field
    register_zh: str
    value: str
    rows: tuple[int, ...]


class RegisterUnreadable(RuntimeError):
    """A register is there, but cannot be read; the message names it."""


def known(register: Contract, field: str) -> frozenset[str] | None:
    """Values of a field in the newest versions of a register; None where the lake has no such table yet."""
    table = f"silver.{register.silver_table}"
    if table_store.newest_version(table) < 0:
        return None
    try:
        with duckdb.connect() as opened:
            table_store.open_duckdb(opened)
            sql = f"SELECT DISTINCT {field} FROM delta_scan(?) WHERE known_to IS NULL AND {field} IS NOT NULL"
            return frozenset(value for (value,) in opened.execute(sql, [table_store.scan_url(table)]).fetchall())
    except (duckdb.Error, OSError) as error:
        raise RegisterUnreadable(f"silver.{register.silver_table}: {error}") from error


def unknown_values(contract: Contract, batch: pa.RecordBatch) -> list[Unknown]:
    """Values of referencing fields that their registers do not hold, by field, then by first row."""
    found = []
    for field in contract.fields:
        if not field.references:
            continue
        feed, _, name = field.references.rpartition(".")
        register = load_contract(feed)
        held = known(register, name)
        if not held:  # no table, or an empty one: nothing is known that a row could contradict
            continue
        rows: dict[str, list[int]] = defaultdict(list)
        for number, text in zip(batch.column("row_no").to_pylist(), batch.column(field.name).to_pylist(), strict=True):
            value = (text or "").strip()
            if value and value not in held:
                rows[value].append(number)
        found += [Unknown(field, register.title_zh, value, tuple(numbers)) for value, numbers in rows.items()]
    return found
