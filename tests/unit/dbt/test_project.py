"""The dbt project: names, one dictionary of columns, trace rules that fit, the graph in step with the registry."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import pytest
import yaml

from infra.settings import ROOT
from spark_jobs.engine.ais.settings import FEWEST
from spark_jobs.models.diesel_regional.settings import MAX_GAP
from spark_jobs.models.shipping.ship_types import SHIP_TYPES
from spark_jobs.provenance import graph
from spark_jobs.provenance.connection import reading
from spark_jobs.provenance.registry import lake_tables

PROJECT = ROOT / "dbt_project"
MARTS = PROJECT / "models" / "marts"
NAME = re.compile(r"^((fct|dim|agg)_[a-z0-9]+|thm_[a-z_]+_(base|stat|dynamic|operation)_[a-z0-9]+)(_[a-z0-9]+)*$")
UNITS = re.compile(r"_(t|t2|tce|tce2|kg|gj|mwh|kwh|nm|tnm|h|s|kgce|(k?g|gce|kgce)_per_[a-z]+|mwh_per_day|share)$")


def dictionary() -> dict[str, list[str]]:
    return yaml.safe_load((PROJECT / "columns.yaml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def models() -> dict[str, dict]:
    """Mart → its properties."""
    found = {}
    for path in sorted(MARTS.rglob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            found[model["name"]] = model | {"path": path}
    return found


def names() -> list[str]:
    found = sorted(path.stem for path in MARTS.rglob("*.sql"))
    assert len(found) >= 50
    return found


def test_staging_is_what_the_registry_says() -> None:
    assert [str(path) for path in graph.stale()] == []


def test_dashboards_stand_in_the_graph() -> None:
    exposures = yaml.safe_load((PROJECT / "models" / "_exposures.yml").read_text(encoding="utf-8"))["exposures"]
    specs = sorted(path.stem for path in (ROOT / "superset_assets" / "spec" / "dashboards").glob("*.yaml"))
    assert sorted(exposure["name"] for exposure in exposures) == [f"dashboard_{name}" for name in specs]
    assert all(exposure["depends_on"] for exposure in exposures)


def test_the_graph_reaches_from_platforms_to_gold() -> None:
    tables = lake_tables()
    assert len(tables) >= 35
    seen, waiting = set(), ["gold.emission"]
    while waiting:
        name = waiting.pop()
        seen.add(name)
        waiting += [source for source in tables[name].inputs if source in tables and source not in seen]
        seen |= {source for source in tables[name].inputs if source.startswith("platform:")}
    assert "platform:reporting.energy_monthly" in seen
    assert "platform:nycflights13.flight" in seen


def test_persons_names_do_not_leave_silver() -> None:
    for table in lake_tables().values():
        assert table.layer != "silver" or "contact_name" not in table.keys


@pytest.mark.parametrize("name", names())
def test_a_mart_says_what_it_is(name: str) -> None:
    assert NAME.match(name), f"{name}: a mart is fct_, dim_, agg_ or thm_<sector>_<kind>_, lower case"
    model = models()[name]
    assert model["path"].stem == name, "one YAML per model, named as the model"
    meta = model["config"]["meta"]
    assert re.search("[\u4e00-\u9fff]", model["description"])
    columns = {column["name"] for column in model["columns"]}
    assert meta["grain"]
    assert set(meta["grain"]) <= columns
    grain_test = [test for test in model["data_tests"] if "grain_is_unique" in test]
    assert grain_test[0]["grain_is_unique"]["arguments"]["columns"] == meta["grain"]


@pytest.mark.parametrize("name", names())
def test_a_column_means_the_same_everywhere(name: str) -> None:
    known = dictionary()
    for column in models()[name]["columns"]:
        label, *unit = known[column["name"]]
        assert column["description"] == label, f"{name}.{column['name']}"
        stated = column.get("config", {}).get("meta", {}).get("unit")
        assert stated == (unit[0] if unit else None), f"{name}.{column['name']}"
        assert column["data_type"]


def test_what_measures_names_its_unit_last() -> None:
    for name, (_, *unit) in dictionary().items():
        if unit and unit[0] in {"t", "t2", "tce", "kg", "GJ", "MWh", "kWh", "nm", "h", "s"}:
            assert UNITS.search(name), f"{name} measures {unit[0]} and does not end in it"


def test_the_dictionary_has_no_dead_entry() -> None:
    used = {column["name"] for model in models().values() for column in model["columns"]}
    assert set(dictionary()) - used == {"description"} - used


@pytest.mark.parametrize("name", [n for n in names() if models()[n]["config"]["meta"].get("trace")])
def test_trace_rules_name_what_exists(name: str) -> None:
    meta = models()[name]["config"]["meta"]
    columns = {column["name"] for column in models()[name]["columns"]}
    for measure, rule in meta["trace"]["measures"].items():
        assert measure in columns, f"{name}: measure {measure} is no column"
        rules = rule["terms"].values() if isinstance(rule, dict) and "terms" in rule else [rule]
        for term in rules:
            lines = (term.get("lines") if isinstance(term, dict) else None) or meta["trace"]["lines"]
            assert lines in models(), f"{name}.{measure}: no lines table {lines}"
            assert models()[lines]["config"]["meta"].get("lines") or lines.startswith(("fct_", "dim_"))


def test_measures_are_decimal(published: Path) -> None:
    with reading(published / "serving" / "current.duckdb") as query:
        wrong = query(
            """select table_name, column_name, data_type from duckdb_columns() where not internal
               and regexp_matches(column_name, '_(t|tce|gj|kg)$') and data_type not like 'DECIMAL%'
               and column_name not in ('deadweight_t')"""
        )
    assert wrong == []


def test_nothing_reads_delta_when_it_is_served(published: Path) -> None:
    with reading(published / "serving" / "current.duckdb") as query:
        assert query("select view_name from duckdb_views() where not internal") == []
        commented = query(
            "select count(*) as n from duckdb_columns() where comment is null and table_name like 'fct_%'"
        )
        assert commented == [{"n": 0}]


def test_an_interval_reaches_beyond_its_hour_as_far_as_the_model_lets_it() -> None:
    settings = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    assert settings["longest_interval_s"] == MAX_GAP.value


def test_open_tables_of_ships_keep_to_the_engines_threshold_and_name_every_type() -> None:
    settings = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    assert settings["fewest_ships"] == FEWEST.value
    labels = (PROJECT / "seeds" / "seed_label.csv").read_text(encoding="utf-8").splitlines()
    named = dict(line.split(",")[1:3] for line in labels if line.startswith("ship_type,"))
    assert named == {code: kind.title_zh for code, kind in SHIP_TYPES.items()}
