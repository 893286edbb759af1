"""The truth file of the simulated platforms: what was planted, for scores and tests only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONTENT = ("malformed", "impossible", "unit_slip", "broken_identity", "jump")
"""Kinds that make a row wrong: each must end in quarantine."""
TWICE = 2.0  # planted at least this many times its bound


@dataclass(frozen=True)
class Planted:
    """One line of the truth file.

    Args:
        key: business key by the platform's field names. ``severity``: distance ÷ bound, None where none applies.
    """

    kind: str
    feed: str
    key: dict[str, str]
    period: str
    version: int
    window: str
    planted: Any
    severity: float | None

    @property
    def plain(self) -> bool:
        """Beyond twice its bound, or without one."""
        return self.severity is None or self.severity >= TWICE


def read_truth(path: Path) -> list[Planted]:
    """All lines.

    Raises:
        ValueError: the file holds nothing; says how it is written.
    """
    with path.open(encoding="utf-8") as file:
        lines = [json.loads(line) for line in file if line.strip()]
    if not lines:
        raise ValueError(f"{path} is empty; write it with python -m infra.upstream.truth --out {path}")
    return [
        Planted(
            line["kind"], line["feed"], line["business_key"], line["period"], int(line["version"]), line["window"],
            line["planted_value"], line["severity_ratio"],
        )
        for line in lines
    ]  # fmt: skip
