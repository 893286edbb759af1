"""SM3 identities of a record.

``row_sm3`` is the hash of the row's contract fields as trimmed text (a JSON object in the contract's order, nulls
written); ``record_id`` that of feed, business key, version and ``row_sm3``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from infra.crypto import sm3_hex
from spark_jobs.contracts import Contract

SEPARATOR = "\x1f"

__all__ = ["record_id", "row_sm3", "sm3_hex"]


def row_sm3(contract: Contract, values: Mapping[str, str | None]) -> str:
    """Hash of one source row's contract fields, as silver holds it."""
    texts = {
        name: value.strip(" ") if (value := values.get(name)) is not None else None for name in contract.field_names
    }
    return sm3_hex(json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode())


def record_id(feed: str, business_key: str, version_no: int | None, row_hash: str) -> str:
    """Identity of one version of one record."""
    version = "" if version_no is None else str(version_no)
    return sm3_hex(SEPARATOR.join([feed, business_key, version, row_hash]).encode())
