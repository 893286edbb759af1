"""Each table of a theme is a certified dataset with metrics, and no restricted role sees one without a row rule."""

from __future__ import annotations

import pytest

from spark_jobs.themes.spec import Table, themes
from superset_assets.compiler.datasets import certified, dataset_file
from superset_assets.compiler.spec import load
from superset_assets.deployment.gate import uncovered

SPEC = load()
TABLES = {table.name: table for theme in themes().values() for table in theme.tables}
RESTRICTED = {name: role for name, role in SPEC.roles["roles"].items() if role.get("restricted")}


def columns(table: Table) -> set[str]:
    return {column.name for column in table.columns}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_is_a_certified_dataset_with_metrics(name: str) -> None:
    dataset = SPEC.datasets[name]
    assert certified(name, dataset)
    assert dataset_file(SPEC, name)[1]["extra"] == {"certification": SPEC.base["certification"]}
    assert dataset["metrics"]
    assert dataset["note"].startswith("相加限制：")


def test_metrics_of_a_shared_table_are_the_same_in_every_theme() -> None:
    found: dict[str, list[dict[str, list[str]]]] = {}
    for table in TABLES.values():
        if table.macro:
            found.setdefault(table.macro, []).append(SPEC.datasets[table.name]["metrics"])
    assert len(found) >= 6
    assert all(one == metrics[0] for metrics in found.values() for one in metrics)


@pytest.mark.parametrize("role", sorted(RESTRICTED))
def test_restricted_roles_see_what_a_rule_can_narrow_and_nothing_else(role: str) -> None:
    given = {name for name in RESTRICTED[role]["datasets"] if name in TABLES}
    assert given == {name for name, table in TABLES.items() if {"enterprise_code", "district_code"} <= columns(table)}
    ruled = {name for rule in SPEC.roles["rules"] if role in rule["roles"] for name in rule["datasets"]}
    assert given <= ruled
    assert uncovered(SPEC) == []
