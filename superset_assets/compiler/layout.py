"""Positions of a dashboard: tabs of rows of cells; one tab alone needs no tab bar."""

from __future__ import annotations

from typing import Any

from superset_assets.compiler.keys import key
from superset_assets.compiler.spec import Spec

ROOT, GRID, TABS, HEADER = "ROOT_ID", "GRID_ID", "TABS-main", "HEADER_ID"


def _node(kind: str, identity: str, parents: list[str], meta: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "id": identity, "children": [], "meta": meta, "parents": parents}


def chart_numbers(board: dict[str, Any]) -> dict[str, int]:
    """Bundle-local chart ids; the import maps them to real ones by uuid."""
    return {name: number for number, name in enumerate(board["charts"], 1)}


def _cell(spec: Spec, slug: str, cell: dict[str, Any], place: str, parents: list[str]) -> dict[str, Any]:
    board = spec.dashboards[slug]
    size = {"width": cell["w"], "height": cell["h"]}
    if "md" in cell:
        return _node("MARKDOWN", f"MARKDOWN-{place}", parents, {"code": cell["md"], **size})
    name = cell["chart"]
    meta = {
        "uuid": key("chart", slug, name),
        "chartId": chart_numbers(board)[name],
        "sliceName": board["charts"][name]["name"],
        **size,
    }
    return _node("CHART", f"CHART-{name}", parents, meta)


def positions(spec: Spec, slug: str) -> dict[str, Any]:
    """Superset's ``position`` document."""
    board = spec.dashboards[slug]
    single = len(board["tabs"]) == 1
    tree: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        ROOT: {"type": "ROOT", "id": ROOT, "children": [GRID if single else TABS]},
        GRID: {"type": "GRID", "id": GRID, "children": [], "parents": [ROOT]},
        HEADER: {"type": "HEADER", "id": HEADER, "meta": {"text": board["title"]}},
    }
    if not single:
        tree[TABS] = _node("TABS", TABS, [ROOT], {})
    for tab_number, tab in enumerate(board["tabs"]):
        if single:
            owner, ancestors = GRID, [ROOT, GRID]
        else:
            owner = f"TAB-{tab['key']}"
            ancestors = [ROOT, TABS, owner]
            tree[TABS]["children"].append(owner)
            meta = {"text": tab["title"], "defaultText": "标签", "placeholder": "标签"}
            tree[owner] = _node("TAB", owner, [ROOT, TABS], meta)
        for row_number, row in enumerate(tab["rows"]):
            row_id = f"ROW-{tab_number}-{row_number}"
            tree[owner]["children"].append(row_id)
            tree[row_id] = _node("ROW", row_id, ancestors, {"background": "BACKGROUND_TRANSPARENT"})
            for cell_number, cell in enumerate(row):
                place = f"{tab_number}-{row_number}-{cell_number}"
                node = _cell(spec, slug, cell, place, [*ancestors, row_id])
                tree[row_id]["children"].append(node["id"])
                tree[node["id"]] = node
    return tree
