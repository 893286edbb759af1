"""Every table of the lake with its columns and inputs: contracts, ``tables/*.yaml``, ``dbt_project/lineage.yaml``."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from spark_jobs.contracts import SPARK_TYPES, Contract, Derived, Field, load_contracts

ROOT = Path(__file__).resolve().parents[2]
TABLES = ROOT / "spark_jobs" / "tables"
LINEAGE = ROOT / "dbt_project" / "lineage.yaml"

BRONZE_COLUMNS = (
    ("payload_sm3", "STRING", "原始报文哈希"),
    ("row_no", "BIGINT", "报文内行号"),
    ("receipt_window", "STRING", "接收窗口"),
    ("received_at", "TIMESTAMP", "接收时间"),
    ("charset", "STRING", "字符集"),
    ("extra_json", "STRING", "契约外字段"),
)
SILVER_COLUMNS = (
    ("record_id", "STRING", "记录编号"),
    ("business_key", "STRING", "业务主键"),
    ("version_no", "BIGINT", "版本号"),
    ("period", "STRING", "期间"),
    ("known_from", "TIMESTAMP", "获知时间"),
    ("known_to", "TIMESTAMP", "失效时间"),
    ("payload_sm3", "STRING", "原始报文哈希"),
    ("row_no", "BIGINT", "报文内行号"),
    ("receipt_window", "STRING", "接收窗口"),
    ("row_sm3", "STRING", "行内容哈希"),
)
_DUCKDB = {"STRING": "VARCHAR", "INT": "INTEGER", "TIMESTAMP": "TIMESTAMPTZ", "ARRAY<STRING>": "VARCHAR[]"}


@dataclass(frozen=True)
class Column:
    """A column: Spark SQL type, Chinese label, unit (empty for codes and texts), note."""

    name: str
    type: str
    zh: str
    unit: str = ""
    note: str = ""

    @property
    def duckdb_type(self) -> str:
        """The type that DuckDB gives to the Delta column."""
        kind = self.type.upper().replace(" ", "")
        if kind.startswith("MAP<"):
            inner = [_DUCKDB.get(part, part) for part in kind[4:-1].split(",")]
            return f"MAP({inner[0]}, {inner[1]})"
        return _DUCKDB.get(kind, kind)


@dataclass(frozen=True)
class LakeTable:
    """A Delta table ``<layer>.<table>`` and what it is made from (table names, or platform:<source>.<entity>)."""

    name: str
    title_zh: str
    grain: str
    columns: tuple[Column, ...]
    inputs: tuple[str, ...]
    job: str
    dag: str
    feed: str = ""

    @property
    def layer(self) -> str:
        return self.name.split(".")[0]

    @property
    def model(self) -> str:
        """Name of its view in the dbt graph."""
        return f"stg_{self.name.replace('.', '__', 1)}"

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _merged(*groups: list[Column]) -> tuple[Column, ...]:
    found: dict[str, Column] = {}
    for column in (column for group in groups for column in group):
        found.setdefault(column.name, column)
    return tuple(found.values())


def _typed(field: Field | Derived) -> Column:
    unit = field.unit or (f"见 {field.unit_field}" if isinstance(field, Field) and field.unit_field else "")
    return Column(field.name, SPARK_TYPES[field.type], field.label_zh, unit, field.note_zh)


def _feed_tables(contract: Contract, steps: dict[str, dict[str, str]]) -> list[LakeTable]:
    bronze = [Column(field.name, "STRING", field.label_zh) for field in contract.fields]
    # Names of persons do not leave silver in the clear, so the graph does not show that column at all.
    silver = [_typed(field) for field in contract.fields if not field.personal]
    derived = [_typed(field) for field in contract.derived]
    named = {"feed": contract.feed, "source": contract.source}
    text = {step: {key: value.format(**named) for key, value in entry.items()} for step, entry in steps.items()}
    return [
        LakeTable(
            contract.bronze_table, f"{contract.title_zh}（贴源）", "原始报文行",
            _merged(bronze, [Column(*c) for c in BRONZE_COLUMNS]), (f"platform:{contract.feed}",),
            text["bronze"]["job"], text["bronze"]["dag"], contract.feed,
        ),
        LakeTable(
            f"silver.{contract.silver_table}", contract.title_zh, contract.grain_zh,
            _merged(silver, derived, [Column(*c) for c in SILVER_COLUMNS]), (contract.bronze_table,),
            text["silver"]["job"], text["silver"]["dag"], contract.feed,
        ),
    ]  # fmt: skip


def _engine_tables(lineage: dict[str, Any], known: set[str]) -> list[LakeTable]:
    found = []
    for path in sorted(TABLES.glob("*.yaml")):
        for name, table in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            entry = lineage.get(name)
            if entry is None:
                raise ValueError(f"{name} ({path.name}) has no entry in {LINEAGE}: add its inputs, job and dag")
            inputs = [match for pattern in entry["inputs"] for match in sorted(fnmatch.filter(known, pattern))]
            columns = tuple(
                Column(c["name"], c["type"], c["zh"], c.get("unit") or "", c.get("note") or "")
                for c in table["columns"]
            )
            found.append(
                LakeTable(name, table["title_zh"], table["grain"], columns, tuple(inputs), entry["job"], entry["dag"])
            )
    return found


@lru_cache(maxsize=1)
def lake_tables() -> dict[str, LakeTable]:
    """Every table of the lake by name."""
    lineage = yaml.safe_load(LINEAGE.read_text(encoding="utf-8"))
    tables = [t for contract in load_contracts().values() for t in _feed_tables(contract, lineage["steps"])]
    engine_names = {n for p in TABLES.glob("*.yaml") for n in yaml.safe_load(p.read_text(encoding="utf-8"))}
    tables += _engine_tables(lineage["tables"], {t.name for t in tables} | engine_names)
    return {table.name: table for table in sorted(tables, key=lambda t: t.name)}
