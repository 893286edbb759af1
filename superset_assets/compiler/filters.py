"""Native filters. ``single`` is one required value with a default, so that accounts and boundaries never mix."""

from __future__ import annotations

from typing import Any

from superset_assets.compiler.keys import key
from superset_assets.compiler.layout import ROOT, chart_numbers

# A default that says: the first value there is.
FIRST = "@first"
KINDS = {"single": "filter_select", "multi": "filter_select", "time": "filter_time"}


def _excluded(board: dict[str, Any], one: dict[str, Any]) -> list[int]:
    """Charts outside the tabs the filter names, and those it names as exceptions."""
    outside = set(one.get("except", []))
    for tab in board["tabs"]:
        if "tabs" in one and tab["key"] not in one["tabs"]:
            outside |= {cell["chart"] for row in tab["rows"] for cell in row if "chart" in cell}
    return [number for name, number in chart_numbers(board).items() if name in outside]


def _mask(one: dict[str, Any]) -> dict[str, Any]:
    """State of the filter before anyone touches it."""
    default = one.get("default")
    if default in (None, FIRST):
        return {"extraFormData": {}, "filterState": {}, "ownState": {}}
    if one["kind"] == "time":
        return {"extraFormData": {"time_range": default}, "filterState": {"value": default}, "ownState": {}}
    values = [default] if isinstance(default, str) else list(default)
    return {
        "extraFormData": {"filters": [{"col": one["column"], "op": "IN", "val": values}]},
        "filterState": {"value": values, "label": "、".join(values), "validateStatus": False},
        "ownState": {},
    }


def _controls(one: dict[str, Any]) -> dict[str, Any]:
    required = one["kind"] == "single"
    if one["kind"] == "time":
        return {"enableEmptyFilter": False}
    return {
        "multiSelect": one["kind"] == "multi",
        "enableEmptyFilter": required,
        "defaultToFirstItem": one.get("default") == FIRST,
        "inverseSelection": False,
        "searchAllOptions": False,
        "sortAscending": True,
    }


def native_filters(board: dict[str, Any]) -> list[dict[str, Any]]:
    """``native_filter_configuration`` of a dashboard."""
    result = []
    for one in board.get("filters", []):
        target = (
            {}
            if one["kind"] == "time"
            else {
                "column": {"name": one["column"]},
                "datasetUuid": key("dataset", one["dataset"]),
            }
        )
        result.append(
            {
                "id": f"NATIVE_FILTER-{one['key']}",
                "type": "NATIVE_FILTER",
                "name": one["name"],
                "filterType": KINDS[one["kind"]],
                "targets": [target],
                "scope": {"rootPath": [ROOT], "excluded": _excluded(board, one)},
                "cascadeParentIds": [],
                "description": "",
                "controlValues": _controls(one),
                "defaultDataMask": _mask(one),
            }
        )
    return result
