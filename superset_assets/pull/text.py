"""The one way a dashboard's spec is written, so that a diff shows the edit and nothing else."""

from __future__ import annotations

import difflib
from typing import Any

import yaml

WIDTH = 120


class _Dumper(yaml.SafeDumper):
    """Leaf collections on one line, several lines of text as a block."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def canonical(board: dict[str, Any]) -> str:
    """YAML text of a dashboard's spec."""
    return yaml.dump(board, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDTH, default_flow_style=None)


def difference(slug: str, before: dict[str, Any], after: dict[str, Any]) -> str:
    """Unified diff from the spec to the deployed dashboard; empty when nothing was edited."""
    name = f"superset_assets/spec/dashboards/{slug}.yaml"
    lines = difflib.unified_diff(
        canonical(before).splitlines(keepends=True),
        canonical(after).splitlines(keepends=True),
        name,
        f"{name} (deployed)",
    )
    return "".join(lines)
