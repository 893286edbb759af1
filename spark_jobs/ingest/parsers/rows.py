"""What all parsers return: rows of text, and how they become one Arrow batch."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from spark_jobs.contracts import Contract

ERROR_KEY = "_error"
FILLED_KEY = "_filled"
GIVEN_KEY = "_given"
OWN_KEYS = (ERROR_KEY, FILLED_KEY, GIVEN_KEY)


class Unparsable(ValueError):
    """The payload as a whole cannot be read; the message is Chinese, for the people who must mend it."""


@dataclass(frozen=True)
class Row:
    """One source row. ``values`` by contract field name; ``extra`` is what the contract does not know."""

    number: int
    values: dict[str, str | None]
    extra: dict[str, Any] = field(default_factory=dict)


def text(value: Any) -> str | None:
    """A scalar as the upstream wrote it; lists and objects as JSON text; lone surrogates made visible."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        value = value.encode("utf-8", "backslashreplace").decode("utf-8")
    return value


def extra_text(extra: dict[str, Any]) -> str | None:
    """Unknown fields as JSON with sorted keys; None when there are none."""
    return text(json.dumps(extra, ensure_ascii=False, sort_keys=True)) if extra else None


def bronze_schema(contract: Contract) -> pa.Schema:
    """Contract fields as strings, then ``row_no`` (int32, from 1; 0 for an unparsable payload), charset, extra_json."""
    columns = [pa.field(name, pa.string()) for name in contract.field_names]
    columns += [pa.field("row_no", pa.int32()), pa.field("charset", pa.string()), pa.field("extra_json", pa.string())]
    return pa.schema(columns)


def to_batch(contract: Contract, rows: list[Row], charset: str) -> pa.RecordBatch:
    """Rows as one batch of ``bronze_schema``."""
    columns: list[pa.Array] = [pa.array([r.values.get(n) for r in rows], pa.string()) for n in contract.field_names]
    columns.append(pa.array([r.number for r in rows], pa.int32()))
    columns.append(pa.array([charset] * len(rows), pa.string()))
    columns.append(pa.array([extra_text(r.extra) for r in rows], pa.string()))
    return pa.RecordBatch.from_arrays(columns, schema=bronze_schema(contract))


def unparsable_batch(contract: Contract, reason: str) -> pa.RecordBatch:
    """The one row (number 0) that stands for a payload that cannot be read."""
    return to_batch(contract, [Row(0, {}, {ERROR_KEY: reason})], "")
