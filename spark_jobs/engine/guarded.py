"""Personal fields: sealed (and keyed) in silver, hidden in quarantine; in clear in landing and bronze only."""

from __future__ import annotations

import json

import pyarrow as pa

from infra.crypto.sealing import Sealer
from spark_jobs.contracts import Contract

HIDDEN = "***"


def purpose(contract: Contract, field: str) -> str:
    """What a sealed value was sealed for; ``provider().decrypt`` asks for it."""
    return f"{contract.feed}.{field}"


def guarded(contract: Contract, rows: pa.Table, seal: Sealer | None) -> pa.Table:
    """``conform``'s rows with personal fields sealed, each for its business key, and keys made of those that have one.

    ValueError without a sealer.
    """
    if not contract.personal:
        return rows
    if seal is None:
        raise ValueError(f"{contract.feed} has personal fields ({', '.join(contract.personal)}): a sealer is needed")
    for derived in contract.keyed:
        keys = [
            None if text is None else seal.key_of(text, derived.key_purpose) for text in _texts(rows, derived.key_of)
        ]
        rows = _put(rows, derived.name, keys)
    owners = [owner or "" for owner in _texts(rows, "business_key")]
    for name in contract.personal:
        values = zip(_texts(rows, name), owners, strict=True)
        sealed = [None if text is None else seal(text, purpose(contract, name), owner) for text, owner in values]
        rows = _put(rows, name, sealed)
    refused = zip(_texts(rows, "refused_field"), _texts(rows, "refused_value"), strict=True)
    shown = [HIDDEN if field in contract.personal and value is not None else value for field, value in refused]
    rows = _put(rows, "refused_value", shown)
    return _put(rows, "row_json", [_hidden(contract, text) for text in _texts(rows, "row_json")])


def _hidden(contract: Contract, row_json: str | None) -> str | None:
    if row_json is None:
        return None
    row = json.loads(row_json)
    known = {name: HIDDEN for name in contract.personal if row.get(name) is not None}
    return json.dumps({**row, **known}, ensure_ascii=False, separators=(",", ":"))


def _texts(rows: pa.Table, name: str) -> list[str | None]:
    return list(rows.column(name).to_pylist())


def _put(rows: pa.Table, name: str, values: list[str | None]) -> pa.Table:
    place = rows.schema.get_field_index(name)
    return rows.set_column(place, rows.schema.field(place), pa.array(values, pa.string()))
