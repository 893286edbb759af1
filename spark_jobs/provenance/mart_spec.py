"""What dbt's manifest says of the marts: grain, columns, labels, and the rule by which a cell is traced."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class MartColumn:
    """A column as readers see it."""

    name: str
    data_type: str
    zh: str
    unit: str


@dataclass(frozen=True)
class MartSpec:
    """A published mart. ``trace`` and ``lines`` are the model's meta of those names (see dbt_project/README.md)."""

    name: str
    title_zh: str
    description: str
    grain: tuple[str, ...]
    columns: tuple[MartColumn, ...]
    trace: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, Any] = field(default_factory=dict)


def _column(entry: dict[str, Any]) -> MartColumn:
    unit = (entry.get("meta") or {}).get("unit", "")
    return MartColumn(entry["name"], entry.get("data_type") or "", entry.get("description", ""), unit)


def marts(manifest: dict[str, Any]) -> list[MartSpec]:
    """Every model under models/marts, by name."""
    found = []
    for node in manifest["nodes"].values():
        if node["resource_type"] != "model" or not node["path"].startswith("marts/"):
            continue
        meta = node["config"].get("meta", {})
        title = str(meta.get("title_zh") or node["description"].split("。")[0])
        found.append(
            MartSpec(
                node["name"],
                title,
                node["description"],
                tuple(meta.get("grain", [])),
                tuple(_column(column) for column in node["columns"].values()),
                meta.get("trace", {}),
                meta.get("lines", {}),
            )
        )
    return sorted(found, key=lambda spec: spec.name)
