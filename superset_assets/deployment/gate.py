"""Refuses what would fail open: a restricted role, a dashboard given to it, a dataset on it without a row rule; a
dataset for some roles only on a dashboard of another.

With DASHBOARD_RBAC a role reads every dataset of a dashboard it was given, rule or not, so this is checked on the
spec before anything is imported.
"""

from __future__ import annotations

from superset_assets.compiler.spec import Spec


def dashboard_datasets(spec: Spec, slug: str) -> set[str]:
    """Datasets that a viewer of the dashboard can query, those of its filters included."""
    board = spec.dashboards[slug]
    named = {chart["dataset"] for chart in board["charts"].values()}
    return named | {one["dataset"] for one in board.get("filters", []) if "dataset" in one}


def readable(spec: Spec, role: str) -> list[str]:
    """Datasets that a role is given by name: all, or those listed; never one that is for other roles ``only``."""
    rule = spec.roles["roles"][role]
    named = list(spec.datasets) if rule.get("datasets") == "all" else list(rule.get("datasets", []))
    named += [one for one in rule.get("open_datasets", {}) if one not in named]
    return [one for one in named if role in spec.datasets[one].get("only", [role])]


def uncovered(spec: Spec) -> list[str]:
    """One sentence for each role, dashboard and dataset that no rule and no waiver covers."""
    findings = []
    for name, role in spec.roles["roles"].items():
        for slug in role.get("dashboards", []):
            closed = [
                one for one in dashboard_datasets(spec, slug) if name not in spec.datasets[one].get("only", [name])
            ]
            findings += [
                f"role {name}, dashboard {slug}, dataset {one} is for other roles only" for one in sorted(closed)
            ]
        if not role.get("restricted"):
            continue
        ruled = {table for rule in spec.roles["rules"] if name in rule["roles"] for table in rule["datasets"]}
        waived = set(role.get("open_datasets", {}))
        for slug in role.get("dashboards", []):
            for dataset in sorted(dashboard_datasets(spec, slug) - ruled - waived):
                findings.append(f"role {name}, dashboard {slug}, dataset {dataset}")
        for dataset in sorted(set(role.get("datasets", [])) - ruled - waived):
            findings.append(f"role {name}, dataset {dataset}")
    return findings
