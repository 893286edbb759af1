"""Every dataset's query, column and metric binds against the marts' own contracts, on empty tables made from them."""

import re
from pathlib import Path

import duckdb
import pytest
import yaml

from spark_jobs.engine.fleet import live_tables
from superset_assets.compiler.datasets import all_columns, calculated_columns, dataset_sql
from superset_assets.compiler.spec import load

ROOT = Path(__file__).resolve().parents[3]
SPEC = load()
PUBLISH = ROOT / "spark_jobs" / "jobs" / "publish.py"


def contracts() -> dict[str, dict[str, str]]:
    """Mart → column → type, from the dbt properties."""
    found = {}
    for path in sorted((ROOT / "dbt_project" / "models" / "marts").rglob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            found[model["name"]] = {column["name"]: column["data_type"] for column in model["columns"]}
    return found


@pytest.fixture(scope="module")
def empty_release():
    """An in-memory file with every mart of the contracts and the release's own tables, all empty."""
    with duckdb.connect() as connection:
        marts = contracts()
        assert len(marts) > 20, "the dbt contracts were not found"
        marts |= {name: live_tables.columns(name) for name in live_tables.dictionary()}
        for name, columns in marts.items():
            body = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
            connection.execute(f'create table "{name}" ({body})')
        for statement in re.findall(r"create table ops_release\w* \(.*?\)(?=\"\"\"|\")", PUBLISH.read_text(), re.S):
            connection.execute(statement)
        connection.execute("create table ops_notice (since timestamptz, notice_zh varchar)")
        yield connection


def source(name):
    sql = dataset_sql(SPEC, name)
    return f"({sql}) as virtual" if sql else f'"{SPEC.datasets[name].get("mart", name)}"'


@pytest.mark.parametrize("name", SPEC.datasets)
def test_dataset_binds_to_the_marts(empty_release, name):
    dataset = SPEC.datasets[name]
    columns = ", ".join(f'"{column}"' for column in all_columns(SPEC.base, dataset))
    empty_release.execute(f"select {columns} from {source(name)} limit 0")
    for column, (_, label, sql) in calculated_columns(name, dataset).items():
        empty_release.execute(f"select {sql} as x from {source(name)} limit 0")
        assert label, f"{name}.{column} has no Chinese name"
    for metric, (sql, label, _) in dataset.get("metrics", {}).items():
        empty_release.execute(f"select {sql} as x from {source(name)} limit 0")
        assert label, f"{name}.{metric} has no Chinese name"


@pytest.mark.parametrize("name", SPEC.datasets)
def test_every_column_has_a_chinese_name(name):
    for column, (_, label) in all_columns(SPEC.base, SPEC.datasets[name]).items():
        assert re.search(r"[一-鿿]", label), f"{name}.{column}: {label!r}"


def grains():
    """Mart → its grain, from the dbt properties."""
    found = {}
    for path in sorted((ROOT / "dbt_project" / "models" / "marts").rglob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            meta = model["config"]["meta"]
            found[model["name"]] = (meta["grain"], meta.get("trace", {}).get("measures", {}))
    return found


@pytest.mark.parametrize("name", [name for name, dataset in SPEC.datasets.items() if "passport" in dataset])
def test_passport_links_name_the_whole_key_and_a_traceable_measure(name):
    grain, measures = grains()[name]
    link = SPEC.datasets[name]["passport"]
    assert sorted(link["grain"]) == sorted(grain)
    assert link["measure"] in measures


def test_months_known_by_late_corrections_only_are_left_out(empty_release):
    with empty_release.cursor() as connection:
        connection.execute("begin")
        connection.execute("insert into dim_month (month, is_whole) values ('2024-09', false), ('2024-10', true)")
        connection.execute(
            "insert into agg_carbon_city_month (month, month_start, account) values "
            "('2024-09', '2024-09-01', 'official'), ('2024-10', '2024-10-01', 'official')"
        )
        shown = connection.execute(f"select month, is_latest_month from {source('agg_carbon_city_month')}").fetchall()
        connection.execute("rollback")
    assert shown == [("2024-10", True)]
