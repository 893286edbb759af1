"""Hashes of the payloads that a passport names, computed again from the bytes that were received."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.crypto import sm3_file_hex
from superset_assets.runtime.place import lake_home


@dataclass
class Recomputed:
    """Payloads whose bytes still give their hash, and those whose bytes do not or are gone.

    ``reachable`` is false where landing lies on another machine than the pages: then nothing was computed.
    """

    same: int = 0
    wrong: list[str] = field(default_factory=list)
    reachable: bool = True


def recompute(passport: dict[str, Any], landing: Path | None = None) -> Recomputed:
    """Check each payload of the source records that the passport lists; reads every file once."""
    root = landing or lake_home() / "landing"
    outcome = Recomputed(reachable=root.is_dir())
    if not outcome.reachable:
        return outcome
    for payload, path in sorted(set(_payloads(passport, root))):
        if path.is_file() and sm3_file_hex(path) == payload:
            outcome.same += 1
        else:
            outcome.wrong.append(payload)
    return outcome


def _payloads(passport: dict[str, Any], root: Path) -> Iterator[tuple[str, Path]]:
    for term in passport["terms"]:
        for line in term["lines"]:
            for record in line["records"]:
                folder = root.joinpath(*record["feed"].split(".", 1), record["receipt_window"])
                yield record["payload_sm3"], folder / record["payload_sm3"]
