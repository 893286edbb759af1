"""The compiler: the same spec gives the same bytes, and everything in the bundle refers to something in it."""

import csv
import io
import re
import uuid
import zipfile
from pathlib import Path

import pytest
import yaml

from spark_jobs.engine.fleet import live_tables
from superset_assets.compiler import bundle
from superset_assets.compiler.filters import native_filters
from superset_assets.compiler.spec import load

SPEC = load()
FILES = bundle.files(SPEC)
ENGINE = [
    path
    for folder in ("compiler", "deployment", "runtime", "pull")
    for path in sorted((Path(__file__).resolve().parents[3] / "superset_assets" / folder).glob("*.py"))
]


def test_two_compilations_give_the_same_bytes():
    first, second = bundle.archive(SPEC), bundle.archive(load())
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert len(archive.namelist()) == len(FILES) > 50


def test_every_object_has_its_own_uuid_of_version_five():
    uuids = [uuid.UUID(content["uuid"]) for content in FILES.values() if "uuid" in content]
    assert len(set(uuids)) == len(uuids)
    assert {one.version for one in uuids} == {5}


def test_charts_and_filters_refer_to_datasets_of_the_bundle():
    datasets = {content["uuid"] for path, content in FILES.items() if path.startswith("datasets/")}
    charts = {content["uuid"]: content for path, content in FILES.items() if path.startswith("charts/")}
    assert {chart["dataset_uuid"] for chart in charts.values()} <= datasets
    for path, content in FILES.items():
        if path.startswith("dashboards/"):
            placed = [node["meta"]["uuid"] for node in content["position"].values() if "uuid" in _meta(node)]
            assert placed and set(placed) <= set(charts)
            for one in content["metadata"]["native_filter_configuration"]:
                assert {target["datasetUuid"] for target in one["targets"] if target} <= datasets


def _meta(node):
    return node.get("meta", {}) if isinstance(node, dict) else {}


def test_the_bundle_knows_no_machine():
    text = "".join(bundle.text(content) for content in FILES.values())
    assert "{serving_uri}" in text and "{live_uri}" in text
    assert "/root" not in text and "duckdb:///" not in text


@pytest.mark.parametrize("slug", SPEC.dashboards)
def test_account_and_boundary_are_always_fixed_to_one_value(slug):
    """A chart on a mart with accounts either stands under required one-value filters or fixes them itself."""
    board = SPEC.dashboards[slug]
    numbers = {name: number for number, name in enumerate(board["charts"], 1)}
    compiled = {one["id"].removeprefix("NATIVE_FILTER-"): one for one in native_filters(board)}
    for name, chart in board["charts"].items():
        columns = set(SPEC.datasets[chart["dataset"]]["columns"])
        fixed = {condition[0] for condition in chart.get("where", []) if condition[1] == "="}
        for code, filter_key in (("account", "account"), ("boundary", "boundary"), ("evidence", "evidence")):
            if code not in columns or code in fixed or code in chart.get("groupby", []):
                continue
            if f"{code}_zh" in chart.get("groupby", []):
                continue  # side by side, one series each
            if chart["dataset"] == "agg_restatement_month" and code == "account":
                continue  # its measure is of the official account only
            one = compiled[filter_key]
            assert one["controlValues"]["enableEmptyFilter"] and not one["controlValues"]["multiSelect"], name
            assert one["defaultDataMask"]["filterState"]["value"], name
            assert numbers[name] not in one["scope"]["excluded"], f"{slug}: {name} mixes values of {code}"


def test_live_datasets_stand_in_a_database_that_is_neither_cached_nor_in_sql_lab():
    live = FILES["databases/live.yaml"]
    assert (live["cache_timeout"], live["expose_in_sqllab"]) == (-1, False)
    assert FILES["databases/serving.yaml"]["expose_in_sqllab"]
    named = {name for name, dataset in SPEC.datasets.items() if dataset.get("live")}
    inside = [content for content in FILES.values() if content.get("database_uuid") == live["uuid"]]
    assert {content["table_name"] for content in inside} == named == set(live_tables.dictionary())
    closed = {name for name, entry in live_tables.dictionary().items() if entry.get("restricted")}
    assert closed == {name for name in named if "only" in SPEC.datasets[name]} == {"live_vehicle"}


def test_engine_holds_no_sector_or_source():
    seed = ENGINE[0].parents[2] / "dbt_project" / "seeds" / "seed_sector.csv"
    sectors = [word for line in seed.read_text(encoding="utf-8").splitlines()[1:] for word in line.split(",")[:2]]
    words = [*sectors, "metering", "ship_energy", "pollutant"]
    assert len(words) > 15
    assert len(ENGINE) > 15
    for path in ENGINE:
        text = path.read_text(encoding="utf-8")
        assert not [word for word in words if re.search(rf"(?<![a-z])['\"]{word}['\"]", text)], path


def test_marts_under_contract_are_certified_and_nothing_else_is():
    root = Path(__file__).resolve().parents[3]
    contracted = {path.stem for path in (root / "dbt_project" / "models" / "marts").rglob("*.sql")}
    marked = {
        content["table_name"]: content["extra"]["certification"]
        for path, content in FILES.items()
        if path.startswith("datasets/") and content["extra"]
    }
    assert len(marked) > 15
    assert set(marked) == {name for name in SPEC.datasets if name in contracted}
    assert {(one["certified_by"], "数据字典" in one["details"]) for one in marked.values()} == {
        ("平台数据治理组", True)
    }


@pytest.mark.parametrize("slug", list(SPEC.dashboards))
def test_every_dashboard_shows_notices_of_the_data_it_serves(slug):
    shown = [chart for chart in SPEC.dashboards[slug]["charts"].values() if chart["dataset"] == "headline"]
    assert any({"notice_text", "notice_zh"} & set(chart["groupby"]) for chart in shown)


def official_series():
    """Chinese name of the electricity series that the official account takes first, at every published boundary."""
    root = Path(__file__).resolve().parents[3]
    accounts = yaml.safe_load((root / "spark_jobs" / "accounting" / "accounts.yaml").read_text(encoding="utf-8"))
    first = {rule["official"][0].partition(":")[2] for rule in accounts["boundaries"].values()} - {""}
    with (root / "dbt_project" / "seeds" / "seed_label.csv").open(encoding="utf-8", newline="") as file:
        labels = {row["code"]: row["label_zh"] for row in csv.DictReader(file) if row["kind"] == "electricity_series"}
    (series,) = first
    return labels[series]


TABS = [(slug, tab["key"]) for slug, board in SPEC.dashboards.items() for tab in board["tabs"]]


@pytest.mark.parametrize(("slug", "key"), TABS)
def test_every_tab_says_simulated_and_the_factor_series_of_its_accounts(slug, key):
    board = SPEC.dashboards[slug]
    cells = [cell for tab in board["tabs"] if tab["key"] == key for row in tab["rows"] for cell in row]
    said = "".join(cell.get("md", "") for cell in cells)
    assert "模拟数据" in said
    shown = [SPEC.datasets[board["charts"][cell["chart"]]["dataset"]] for cell in cells if "chart" in cell]
    if any("account" in dataset["columns"] for dataset in shown):
        assert official_series() in said
