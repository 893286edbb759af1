"""``docs/modules.csv``: all 150 functions, and every reference in it resolves."""

from __future__ import annotations

import ast
import csv
import re
from pathlib import Path

import pytest
import yaml

from spark_jobs.engine.fleet import live_tables

ROOT = Path(__file__).resolve().parents[2]
STATES = {"works", "part", "not yet"}


def modules() -> list[dict[str, str]]:
    with (ROOT / "docs" / "modules.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def dashboard_tabs() -> set[str]:
    tabs = set()
    for path in (ROOT / "superset_assets" / "spec" / "dashboards").glob("*.yaml"):
        spec = yaml.safe_load(path.read_text(encoding="utf-8"))
        tabs.update(f"{spec['slug']}/{tab['key']}" for tab in spec["tabs"])
    return tabs


def test_numbers_run_from_1_to_150_and_states_are_known() -> None:
    rows = modules()
    assert [int(row["no"]) for row in rows] == list(range(1, 151))
    assert {row["state"] for row in rows} <= STATES
    assert all(row["title_zh"] for row in rows)


@pytest.mark.parametrize("row", [r for r in modules() if r["state"] != "not yet"], ids=lambda r: r["no"])
def test_references_resolve(row: dict[str, str]) -> None:
    assert row["tests"], f"module {row['no']} is {row['state']} and names no test"
    for reference in split(row["tests"]):
        file, _, name = reference.partition("::")
        path = ROOT / file
        assert path.is_file(), f"module {row['no']}: no file {file}"
        defined = {
            node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)
        }
        assert not name or name in defined, f"module {row['no']}: no test {name} in {file}"
    for mart in split(row["marts"]):
        known = mart in live_tables.dictionary() or list((ROOT / "dbt_project" / "models").rglob(f"{mart}.sql"))
        assert known, f"module {row['no']}: no mart {mart}"
    for tab in split(row["dashboard_tab"]):
        assert tab in dashboard_tabs(), f"module {row['no']}: no dashboard tab {tab}"
    for command in split(row["command"]):
        words = command.split()
        assert words[0] == "lake", f"module {row['no']}: command {command!r} does not start with lake"
        assert (ROOT / "spark_jobs" / "commands" / f"{words[1].replace('-', '_')}.py").is_file(), command


def test_a_module_that_works_names_its_marts_or_its_command() -> None:
    for row in modules():
        if row["state"] == "works":
            assert row["marts"] or row["command"], f"module {row['no']} works but shows nothing"


@pytest.mark.parametrize(
    ("readme", "counted"),
    [
        ("README.md", r"Now: (\d+) work, (\d+) in part, (\d+) not yet"),
        ("README.zh.md", r"可用 (\d+) 个，部分可用 (\d+) 个，尚未提供 (\d+) 个"),
    ],
)
def test_the_readme_shows_the_count(readme: str, counted: str) -> None:
    found = re.search(counted, (ROOT / readme).read_text(encoding="utf-8"))
    assert found, f"{readme} does not show how many modules work"
    states = [row["state"] for row in modules()]
    assert tuple(map(int, found.groups())) == tuple(map(states.count, ("works", "part", "not yet")))


def test_the_readme_and_its_chinese_twin_have_the_same_parts() -> None:
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh.md"))
    for start in ("# ", "## ", r"\|", r"\*\*", "    make ", "!\\["):
        parts = re.compile(f"^{start}", re.MULTILINE)
        assert len(parts.findall(english)) == len(parts.findall(chinese)) > 0, start
