"""Generated expectation suites are in step with contracts and dictionaries; written ones name real columns."""

from __future__ import annotations

import json

from spark_jobs.contracts import load_contracts
from spark_jobs.engine import suites, tables
from spark_jobs.engine.layers import silver_table


def test_base_suites_are_in_step():
    wanted = {f"{name}.json": suites.rendered(name, items) for name, items in suites.base_suites().items()}
    found = {path.name: path.read_text(encoding="utf-8") for path in suites.BASE.glob("*.json")}
    assert len(wanted) > 10
    assert found == wanted, "run `lake expectations`"


def test_written_rules_name_columns_that_exist():
    columns = {name: {c.name for c in table.columns} for name, table in tables.dictionary().items()}
    columns |= {t.name: {c.name for c in t.columns} for t in map(silver_table, load_contracts().values())}
    paths = list(suites.RULES.glob("*.json"))
    assert paths
    for path in paths:
        for item in json.loads(path.read_text(encoding="utf-8"))["expectations"]:
            named = {v for k, v in item["kwargs"].items() if k.startswith("column")}
            assert named <= columns[path.stem], path.name
            assert item["meta"]["reason_zh"]
            assert item["severity"] in ("critical", "warning")
