"""Reads ``spec/`` and checks it: an unknown key, dataset, column or metric fails with its place.

A spec is plain YAML; the checked result stays a dictionary, so that the pull-back can be compared with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SPEC = Path(__file__).resolve().parents[1] / "spec"
MAX_CHARTS_PER_TAB, MAX_MAPS_PER_TAB, GRID_COLUMNS = 8, 1, 12

BASE_KEYS = {"database", "live_database", "certification", "joins", "datasets"}
DATASET_KEYS = {"title", "note", "mart", "marts", "sql", "joins", "month", "latest_by", "time"}
DATASET_KEYS |= {"until", "columns", "calculated", "metrics", "passport", "only", "live"}
DASHBOARD_KEYS = {"slug", "title", "description", "css", "filters", "charts", "tabs", "refresh", "exposes"}
CHART_KEYS = {"name", "viz", "dataset", "note", "x", "metric", "metrics", "groupby", "where", "sort", "limit"}
CHART_KEYS |= {"bars", "params", "may_be_empty"}
FILTER_KEYS = {"key", "kind", "name", "dataset", "column", "default", "tabs", "except"}
ROLE_KEYS = {"like", "also", "drop", "datasets", "sql_lab", "edits", "dashboards", "restricted", "open_datasets"}
CELL_KEYS = {"chart", "md", "w", "h"}


class SpecError(ValueError):
    """The spec is wrong; the message says where and what to do."""


@dataclass(frozen=True)
class Spec:
    """All of ``spec/``, checked."""

    base: dict[str, Any]
    datasets: dict[str, dict[str, Any]]
    dashboards: dict[str, dict[str, Any]]
    presets: dict[str, dict[str, Any]]
    palette: dict[str, Any]
    roles: dict[str, Any]


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _known(where: str, given: dict[str, Any], allowed: set[str]) -> None:
    unknown = sorted(set(given) - allowed)
    if unknown:
        raise SpecError(f"{where}: unknown key {', '.join(unknown)}; known are {', '.join(sorted(allowed))}")


def dataset_columns(base: dict[str, Any], name: str) -> set[str]:
    """Every column a chart may name: the mart's, the joins', the month's, the calculated."""
    from superset_assets.compiler.datasets import all_columns, calculated_columns

    dataset = base["datasets"][name]
    return set(all_columns(base, dataset)) | set(calculated_columns(name, dataset))


def _check_datasets(base: dict[str, Any]) -> None:
    _known("datasets.yaml", base, BASE_KEYS)
    for name, dataset in base["datasets"].items():
        _known(f"datasets.yaml {name}", dataset, DATASET_KEYS)
        columns = dataset_columns(base, name)
        if dataset.get("time") and dataset["time"] not in columns:
            raise SpecError(f"datasets.yaml {name}: time column {dataset['time']!r} is not among its columns")
        clash = columns & set(dataset.get("metrics", {}))
        if clash:
            raise SpecError(f"datasets.yaml {name}: {sorted(clash)} is both column and metric; rename the metric")


def _names(value: Any) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


def _check_chart(where: str, chart: dict[str, Any], base: dict[str, Any]) -> None:
    _known(where, chart, CHART_KEYS)
    dataset = base["datasets"].get(chart["dataset"])
    if dataset is None:
        raise SpecError(f"{where}: dataset {chart['dataset']!r} is not in datasets.yaml")
    columns = dataset_columns(base, chart["dataset"])
    filtered = [condition[0] for condition in chart.get("where", [])]
    for field in _names(chart.get("x")) + _names(chart.get("groupby")) + filtered:
        if field not in columns:
            raise SpecError(f"{where}: dataset {chart['dataset']} has no column {field!r}")
    for metric in _names(chart.get("metric")) + _names(chart.get("metrics")):
        if metric not in dataset.get("metrics", {}):
            raise SpecError(f"{where}: dataset {chart['dataset']} has no metric {metric!r}")


def _check_tab(where: str, tab: dict[str, Any], charts: dict[str, dict[str, Any]]) -> list[str]:
    placed = []
    for row in tab["rows"]:
        width = sum(cell["w"] for cell in row)
        if width > GRID_COLUMNS:
            raise SpecError(f"{where}: a row is {width} columns wide; at most {GRID_COLUMNS} fit")
        for cell in row:
            _known(where, cell, CELL_KEYS)
            if "chart" in cell:
                placed.append(cell["chart"])
    for name in placed:
        if name not in charts:
            raise SpecError(f"{where}: chart {name!r} is placed but not defined")
    if len(placed) > MAX_CHARTS_PER_TAB:
        raise SpecError(f"{where}: {len(placed)} charts; at most {MAX_CHARTS_PER_TAB} a tab load in good time")
    maps = [name for name in placed if charts[name]["viz"].startswith("deck_")]
    if len(maps) > MAX_MAPS_PER_TAB:
        raise SpecError(f"{where}: {len(maps)} maps; at most {MAX_MAPS_PER_TAB} a tab")
    return placed


def _check_dashboard(name: str, board: dict[str, Any], base: dict[str, Any]) -> None:
    _known(name, board, DASHBOARD_KEYS)
    for key, chart in board["charts"].items():
        _check_chart(f"{name} chart {key}", chart, base)
    for one in board.get("filters", []):
        _known(f"{name} filter {one.get('key')}", one, FILTER_KEYS)
        if one["kind"] != "time" and one["column"] not in dataset_columns(base, one["dataset"]):
            raise SpecError(f"{name} filter {one['key']}: dataset {one['dataset']} has no column {one['column']!r}")
    placed: list[str] = []
    for tab in board["tabs"]:
        placed += _check_tab(f"{name} tab {tab['title']}", tab, board["charts"])
    for key in board["charts"]:
        if placed.count(key) != 1:
            raise SpecError(f"{name}: chart {key!r} is placed {placed.count(key)} times; place it exactly once")


def _check_roles(roles: dict[str, Any], datasets: dict[str, Any], dashboards: dict[str, Any]) -> None:
    _known("roles.yaml", roles, {"home", "roles", "rules", "users"})
    for name, dataset in datasets.items():
        strange = sorted(set(dataset.get("only", [])) - set(roles["roles"]))
        if strange:
            raise SpecError(f"dataset {name}: there is no role {', '.join(strange)} in roles.yaml")
    for name, role in roles["roles"].items():
        _known(f"roles.yaml role {name}", role, ROLE_KEYS)
        named = [] if role.get("datasets") == "all" else role.get("datasets", [])
        for one in [*named, *role.get("open_datasets", {})]:
            if one not in datasets:
                raise SpecError(f"roles.yaml role {name}: dataset {one!r} is not in datasets.yaml")
        for one in role.get("dashboards", []):
            if one not in dashboards:
                raise SpecError(f"roles.yaml role {name}: there is no dashboard {one!r}")
    for rule in roles["rules"]:
        for one in rule["datasets"]:
            if one not in datasets:
                raise SpecError(f"roles.yaml rule {rule['name']}: dataset {one!r} is not in datasets.yaml")
    for name, user in roles["users"].items():
        for role in user["roles"]:
            if role not in roles["roles"]:
                raise SpecError(f"roles.yaml user {name}: there is no role {role!r}")
            if roles["roles"][role].get("restricted") and "scope" not in user:
                raise SpecError(f"roles.yaml user {name}: role {role} is restricted, so the user needs a scope")


def datasets_file(folder: Path = SPEC) -> dict[str, Any]:
    """``datasets.yaml`` with the datasets of ``datasets/*.yaml`` added; a name in two files is refused."""
    base: dict[str, Any] = _yaml(folder / "datasets.yaml")
    for path in sorted((folder / "datasets").glob("*.yaml")):
        more = _yaml(path)
        _known(path.name, more, {"datasets"})
        twice = sorted(set(base["datasets"]) & set(more["datasets"]))
        if twice:
            raise SpecError(f"{path.name}: datasets {', '.join(twice)} stand in another file too; name each once")
        base["datasets"] |= more["datasets"]
    return base


def _flat(names: Any) -> Any:
    """A list of names in which a part may be a list itself (a YAML alias); anything else stays as it is."""
    if not isinstance(names, list):
        return names
    return [name for part in names for name in (part if isinstance(part, list) else [part])]


def _roles(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = _yaml(path)
    for holder in [*content["roles"].values(), *content["rules"]]:
        if "datasets" in holder:
            holder["datasets"] = _flat(holder["datasets"])
    return content


def load(folder: Path = SPEC) -> Spec:
    """Read and check the whole spec; raises SpecError."""
    base = datasets_file(folder)
    _check_datasets(base)
    dashboards = {}
    for path in sorted((folder / "dashboards").glob("*.yaml")):
        board = _yaml(path)
        _check_dashboard(path.name, board, base)
        if board["slug"] != path.stem:
            raise SpecError(f"{path.name}: slug {board['slug']!r} must be the file's name")
        dashboards[board["slug"]] = board
    if not dashboards:
        raise SpecError(f"{folder / 'dashboards'} holds no dashboard")
    roles = _roles(folder / "roles.yaml")
    _check_roles(roles, base["datasets"], dashboards)
    return Spec(
        base=base,
        datasets=base["datasets"],
        dashboards=dashboards,
        presets=_yaml(folder / "presets.yaml"),
        palette=_yaml(folder / "palette.yaml"),
        roles=roles,
    )
