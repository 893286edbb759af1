"""Dashboards in the dbt graph: each one depends on the marts that its charts read, by the dashboards' own spec."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from spark_jobs.provenance.registry import ROOT

SPEC = ROOT / "superset_assets" / "spec"
MARTS = ROOT / "dbt_project" / "models" / "marts"


def _read(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _marts_of(name: str, base: dict[str, Any]) -> set[str]:
    dataset = base["datasets"].get(name, {})
    found = {dataset.get("mart") or name, *dataset.get("marts", [])}
    return found | {base["joins"][join]["table"] for join in dataset.get("joins", []) if join in base.get("joins", {})}


def _datasets(dashboard: dict[str, Any]) -> set[str]:
    charts = {chart["dataset"] for chart in dashboard.get("charts", {}).values() if "dataset" in chart}
    return charts | {item["dataset"] for item in dashboard.get("filters", []) if "dataset" in item}


def exposures() -> list[dict[str, Any]]:
    """One dbt exposure a dashboard, in order of its file name."""
    base = _read(SPEC / "datasets.yaml")
    for more in sorted((SPEC / "datasets").glob("*.yaml")):
        base["datasets"] |= _read(more)["datasets"]
    models = {path.stem for path in MARTS.rglob("*.sql")}
    found = []
    for path in sorted((SPEC / "dashboards").glob("*.yaml")):
        dashboard = _read(path)
        marts = {mart for name in _datasets(dashboard) for mart in _marts_of(name, base)} & models
        found.append(
            {
                "name": f"dashboard_{path.stem}",
                "label": dashboard["title"],
                "type": "dashboard",
                "maturity": "high",
                "description": dashboard.get("description", dashboard["title"]),
                "owner": {"name": "可视化中心"},
                "depends_on": [f"ref('{mart}')" for mart in sorted(marts)],
            }
        )
    return found
