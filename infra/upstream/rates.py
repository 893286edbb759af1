"""Rates of planted faults: defaults in ``fault_rates.yaml``, single keys overridden by a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

DEFAULTS = Path(__file__).parent / "fault_rates.yaml"
SETTINGS = ("slow_seconds", "retry_after_seconds")


def load_rates(override: Path | None = None) -> dict[str, dict[str, float]]:
    """Rates by group (transport and the platforms); an unknown key or a rate outside 0…1 raises ValueError."""
    rates = yaml.safe_load(DEFAULTS.read_text(encoding="utf-8"))
    if override is not None:
        _merge(rates, yaml.safe_load(override.read_text(encoding="utf-8")) or {}, override)
    scale = float(rates.pop("scale"))
    for group, table in rates.items():
        for key, value in table.items():
            if key in SETTINGS:
                continue
            table[key] = float(value) * scale
            if not 0.0 <= table[key] <= 1.0:
                raise ValueError(f"fault rate {group}.{key} = {table[key]} is not within 0…1")
    return rates


def _merge(rates: dict[str, Any], given: dict[str, Any], source: Path) -> None:
    for group, table in given.items():
        if group not in rates:
            raise ValueError(f"{source}: {group!r} is unknown; known: {', '.join(rates)}")
        if not isinstance(rates[group], dict):
            rates[group] = table
            continue
        for key, value in table.items():
            if key not in rates[group]:
                raise ValueError(f"{source}: {group}.{key} is unknown; known: {', '.join(rates[group])}")
            rates[group][key] = value


def pick_kind(u: float, rates: dict[str, float], kinds: tuple[str, ...]) -> str | None:
    """The kind of fault a record carries, at most one; each with its own rate."""
    for kind in kinds:
        u -= rates[kind]
        if u < 0:
            return kind
    return None
