"""Deployed state + spec → the spec that would compile to it. Pure; the smallest change that explains the edit."""

from __future__ import annotations

import copy
import re
from typing import Any

from superset_assets.compiler.charts import chart_params
from superset_assets.compiler.keys import key
from superset_assets.compiler.layout import GRID, TABS
from superset_assets.compiler.spec import Spec

# What Explore writes into every saved chart and what says nothing about it.
BOOKKEEPING = {"datasource", "slice_id", "dashboards", "url_params", "dashboardId", "slice_name", "extra_form_data"}
FIELDS = {"metric": "metric", "metrics": "metrics", "groupby": "groupby", "x_axis": "x", "row_limit": "limit"}


def _says_something(name: str, value: Any, compiled: dict[str, Any]) -> bool:
    """Whether a saved parameter differs from what was compiled; Explore fills in many empty ones."""
    if name in BOOKKEEPING or name.startswith("__"):
        return False
    if name in compiled:
        return compiled[name] != value
    return value not in (None, "", [], {}, False)


def merge_chart(spec: Spec, slug: str, name: str, state: dict[str, Any]) -> dict[str, Any]:
    """The chart's spec after the edit."""
    chart = copy.deepcopy(spec.dashboards[slug]["charts"][name])
    compiled = chart_params(spec, slug, name)
    chart["name"] = state["name"]
    if state["viz"] != chart["viz"]:
        chart["viz"] = state["viz"]
    for parameter, value in state["params"].items():
        if parameter in {"viz_type", "adhoc_filters"} or not _says_something(parameter, value, compiled):
            continue
        field = FIELDS.get(parameter)
        if field and (field in chart or field != "limit") and not isinstance(value, dict):
            chart[field] = value
        else:
            chart.setdefault("params", {})[parameter] = value
    filters = state["params"].get("adhoc_filters", compiled["adhoc_filters"])
    if filters != compiled["adhoc_filters"]:
        chart.setdefault("params", {})["adhoc_filters"] = filters
    return chart


def new_chart(spec: Spec, state: dict[str, Any]) -> dict[str, Any]:
    """A chart the analyst added, as a spec entry; a dataset outside the spec stays named by its uuid."""
    by_uuid = {key("dataset", name): name for name in spec.datasets}
    chart = {"name": state["name"], "viz": state["viz"], "dataset": by_uuid.get(state["dataset"], state["dataset"])}
    preset = spec.presets.get(state["viz"], {})
    params = {
        name: value
        for name, value in state["params"].items()
        if name != "viz_type" and _says_something(name, value, preset)
    }
    for parameter, field in FIELDS.items():
        if parameter in params and not isinstance(params[parameter], dict):
            chart[field] = params.pop(parameter)
    return chart | ({"params": params} if params else {})


def _rows(position: dict[str, Any], owner: str, names: dict[int, str]) -> list[list[dict[str, Any]]]:
    rows = []
    for row_id in position[owner]["children"]:
        cells = []
        for cell_id in position[row_id].get("children", []):
            node = position[cell_id]
            meta = node["meta"]
            size = {"w": meta["width"], "h": meta["height"]}
            if node["type"] == "CHART":
                cells.append({"chart": names[meta["chartId"]], **size})
            elif node["type"] == "MARKDOWN":
                cells.append({"md": meta["code"], **size})
        if cells:
            rows.append(cells)
    return rows


def _tab_key(node: str, title: str) -> str:
    return node.removeprefix("TAB-") if re.fullmatch(r"TAB-[a-z0-9_]+", node) else f"tab_{abs(hash(title)) % 10000}"


def _tabs(board: dict[str, Any], position: dict[str, Any], names: dict[int, str]) -> list[dict[str, Any]]:
    if TABS not in position:
        return [{**board["tabs"][0], "rows": _rows(position, GRID, names)}]
    return [
        {
            "key": _tab_key(tab, position[tab]["meta"]["text"]),
            "title": position[tab]["meta"]["text"],
            "rows": _rows(position, tab, names),
        }
        for tab in position[TABS]["children"]
    ]


def merge_dashboard(spec: Spec, slug: str, state: dict[str, Any]) -> dict[str, Any]:
    """The dashboard's spec after the edit: changed, added and removed charts, layout, titles."""
    board = copy.deepcopy(spec.dashboards[slug])
    by_uuid = {key("chart", slug, name): name for name in board["charts"]}
    board["title"] = state["title"]
    charts: dict[str, Any] = {}
    names: dict[int, str] = {}
    for identity, chart in state["charts"].items():
        name = by_uuid.get(identity)
        if name is None:
            name = f"added_{identity[:8]}"
            charts[name] = new_chart(spec, chart)
        else:
            charts[name] = merge_chart(spec, slug, name, chart)
        names[chart["id"]] = name
    tabs = _tabs(board, state["position"], names)
    placed = {cell["chart"] for tab in tabs for row in tab["rows"] for cell in row if "chart" in cell}
    ordered = [name for name in board["charts"] if name in charts] + [
        name for name in charts if name not in by_uuid.values()
    ]
    board["charts"] = {name: charts[name] for name in ordered if name in placed}
    board["tabs"] = tabs
    return board
