"""Chart files of the bundle: a preset of the chart's kind, the spec's fields, the spec's own parameters over both."""

from __future__ import annotations

from typing import Any

from superset_assets.compiler.datasets import time_column
from superset_assets.compiler.keys import key
from superset_assets.compiler.spec import Spec, SpecError

# Operators of ``where`` as a reader writes them → Superset's ids.
OPERATORS = {
    "=": ("==", "EQUALS"),
    "!=": ("!=", "NOT_EQUALS"),
    ">": (">", "GREATER_THAN"),
    ">=": (">=", "GREATER_THAN_OR_EQUAL"),
    "<": ("<", "LESS_THAN"),
    "<=": ("<=", "LESS_THAN_OR_EQUAL"),
    "in": ("IN", "IN"),
    "not in": ("NOT IN", "NOT_IN"),
    "is null": ("IS NULL", "IS_NULL"),
    "is not null": ("IS NOT NULL", "IS_NOT_NULL"),
}


def _condition(where: str, condition: list[Any]) -> dict[str, Any]:
    """``[column, operator, value]`` as an adhoc filter."""
    column, operator, *value = condition
    if operator not in OPERATORS:
        raise SpecError(f"{where}: operator {operator!r} is not one of {', '.join(OPERATORS)}")
    symbol, identity = OPERATORS[operator]
    return {
        "clause": "WHERE",
        "expressionType": "SIMPLE",
        "subject": column,
        "operator": symbol,
        "operatorId": identity,
        "comparator": value[0] if value else None,
    }


def _any_time(column: str) -> dict[str, Any]:
    return {
        "clause": "WHERE",
        "expressionType": "SIMPLE",
        "subject": column,
        "operator": "TEMPORAL_RANGE",
        "comparator": "No filter",
    }


def chart_params(spec: Spec, slug: str, name: str) -> dict[str, Any]:
    """Superset's ``params`` of a chart."""
    chart = spec.dashboards[slug]["charts"][name]
    where, dataset = f"{slug} chart {name}", spec.datasets[chart["dataset"]]
    if chart["viz"] not in spec.presets:
        raise SpecError(f"{where}: no preset for {chart['viz']!r} in presets.yaml; add one")
    params: dict[str, Any] = {"viz_type": chart["viz"], **spec.presets[chart["viz"]]}
    column = time_column(dataset)
    conditions = [_any_time(column)] if column else []
    params["adhoc_filters"] = conditions + [_condition(where, one) for one in chart.get("where", [])]
    for field in ("metric", "metrics", "groupby"):
        if field in chart:
            params[field] = chart[field]
    if "x" in chart:
        params["x_axis"] = chart["x"]
    if "limit" in chart:
        params["row_limit"] = chart["limit"]
    if "sort" in chart:
        params.update(_sort(chart))
    if chart["viz"] == "table":
        params["column_config"] = {name: {"showCellBars": name in chart.get("bars", [])} for name in chart["metrics"]}
    params.update(chart.get("params", {}))
    return params


def _sort(chart: dict[str, Any]) -> dict[str, Any]:
    """``sort: [metric, asc|desc]`` in each kind's own words."""
    metric, direction = chart["sort"]
    ascending = direction == "asc"
    if chart["viz"] == "table":
        return {"timeseries_limit_metric": metric, "order_desc": not ascending}
    return {"x_axis_sort": metric, "x_axis_sort_asc": ascending, "timeseries_limit_metric": metric}


def chart_file(spec: Spec, slug: str, name: str) -> tuple[str, dict[str, Any]]:
    """(path in the bundle, content)."""
    chart = spec.dashboards[slug]["charts"][name]
    return f"charts/{slug}/{name}.yaml", {
        "slice_name": chart["name"],
        "description": chart.get("note"),
        "certified_by": None,
        "certification_details": None,
        "viz_type": chart["viz"],
        "params": chart_params(spec, slug, name),
        "query_context": None,
        "cache_timeout": None,
        "uuid": key("chart", slug, name),
        "version": "1.0.0",
        "dataset_uuid": key("dataset", chart["dataset"]),
    }
