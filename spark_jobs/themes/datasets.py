"""Superset's side of the themes: one dataset a table, under the same columns, with its metrics defined once."""

from __future__ import annotations

from typing import Any

import yaml

from spark_jobs.themes.dbt_files import HEADER, _Plain
from spark_jobs.themes.spec import Column, Table, Theme

TYPES = {
    "varchar": "VARCHAR", "boolean": "BOOLEAN", "date": "DATE", "bigint": "BIGINT", "integer": "INTEGER",
    "double": "DOUBLE", "timestamp": "TIMESTAMP", "timestamp with time zone": "TIMESTAMP",
}  # fmt: skip
# A dataset's month is its time axis; the newest month is looked for within these.
SERIES = ("boundary", "activity_type")


def _type(column: Column) -> str:
    return "DECIMAL" if column.data_type.startswith("decimal") else TYPES[column.data_type]


def _label(column: Column) -> str:
    return f"{column.zh}（{column.unit}）" if column.unit and "unit" not in column.unit else column.zh


def dataset(theme: Theme, table: Table) -> dict[str, Any]:
    """A dataset as ``superset_assets/spec`` describes one."""
    columns = {column.name: [_type(column), _label(column)] for column in table.columns}
    entry: dict[str, Any] = {"title": f"{theme.title_zh}·{table.kind_zh}·{table.title_zh}"}
    entry["note"] = f"相加限制：{table.rule['not_added_zh'].strip()}"
    if "passport" in table.rule:
        entry["passport"] = {"measure": table.rule["passport"], "grain": table.grain}
    if {"month", "month_start"} <= set(columns):
        columns.pop("month_start")
        entry["month"] = "month"
        entry["latest_by"] = [name for name in SERIES if name in table.grain]
    return entry | {"columns": columns, "metrics": dict(table.rule.get("metrics", {}))}


def text(themes: dict[str, Theme]) -> str:
    """The file of all themes' datasets."""
    found = {table.name: dataset(theme, table) for theme in themes.values() for table in theme.tables}
    body = yaml.dump(
        {"datasets": found}, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=120, default_flow_style=None
    )
    return f"# {HEADER}\n{body}"
