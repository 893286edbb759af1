"""Reads ``dbt_project/themes``: what each sector's thematic database holds. A wrong entry fails with its place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from infra.settings import ROOT

PROJECT = ROOT / "dbt_project"
THEMES = PROJECT / "themes"
SHARED = "_shared.yaml"
TABLE_KEYS = {
    "title_zh", "about_zh", "fresh_zh", "not_added_zh", "macro", "grain", "columns", "holds", "known_in", "trace",
    "metrics", "passport",
}  # fmt: skip
REQUIRED = TABLE_KEYS - {"macro", "holds", "known_in", "trace", "metrics", "passport"}
THEME_KEYS = {"title_zh", "about_zh", "tables"}
# Column → [Chinese name] or [Chinese name, unit].
Dictionary = dict[str, list[str]]


class ThemeError(ValueError):
    """A theme's entry is wrong; the message says where and what to do."""


@dataclass(frozen=True)
class Column:
    """A column with its name in Chinese, DuckDB type and unit ('' where it measures nothing)."""

    name: str
    zh: str
    data_type: str
    unit: str


@dataclass(frozen=True)
class Table:
    """One table of a theme. ``rule`` is its entry in the spec; ``macro`` is set where all themes share the query."""

    sector: str
    kind: str
    kind_zh: str
    name: str
    columns: tuple[Column, ...]
    rule: dict[str, Any]

    @property
    def title_zh(self) -> str:
        return str(self.rule["title_zh"])

    @property
    def grain(self) -> list[str]:
        return list(self.rule["grain"])

    @property
    def macro(self) -> str | None:
        return self.rule.get("macro")

    @property
    def sql_path(self) -> Path:
        return PROJECT / "models" / "marts" / "theme" / self.sector / f"{self.name}.sql"


@dataclass(frozen=True)
class Theme:
    """The thematic database of one sector."""

    sector: str
    title_zh: str
    about_zh: str
    tables: tuple[Table, ...]


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def data_type(name: str, unit: str, types: dict[str, str]) -> str:
    """DuckDB type of a column: stated, else a share is a ratio, what has a unit a DECIMAL measure, the rest text."""
    if name in types:
        return types[name]
    if name.endswith("_share"):
        return "double"
    return "decimal(38,15)" if unit else "varchar"


def _columns(
    where: str, names: list[str], dictionary: dict[str, list[str]], types: dict[str, str]
) -> tuple[Column, ...]:
    unknown = [name for name in names if name not in dictionary]
    if unknown:
        raise ThemeError(f"{where}: columns {', '.join(unknown)} are not in dbt_project/columns.yaml; add them there")
    found = []
    for name in names:
        label, *unit = dictionary[name]
        measure = unit[0] if unit else ""
        found.append(Column(name, label, data_type(name, measure, types), measure))
    return tuple(found)


def _table(
    theme: str, key: str, rule: dict[str, Any], shared: dict[str, Any], dictionary: dict[str, list[str]]
) -> Table:
    where = f"themes/{theme}.yaml table {key}"
    unknown, missing = sorted(set(rule) - TABLE_KEYS), sorted(REQUIRED - set(rule))
    if unknown or missing:
        raise ThemeError(f"{where}: unknown keys {unknown}, missing keys {missing}")
    kind = key.split("_", 1)[0]
    if kind not in shared["kinds"] or "_" not in key:
        raise ThemeError(f"{where}: the name must start with one of {', '.join(shared['kinds'])} and say what it holds")
    columns = _columns(where, rule["columns"], dictionary, shared["types"])
    lost = sorted(set(rule["grain"]) - set(rule["columns"]))
    if lost:
        raise ThemeError(f"{where}: grain columns {lost} are not among its columns")
    return Table(theme, kind, shared["kinds"][kind], f"thm_{theme}_{key}", columns, rule)


def load(folder: Path = THEMES) -> dict[str, Theme]:
    """Sector → theme, in the order in which `_shared.yaml` names the sectors; raises ThemeError."""
    shared, dictionary = _yaml(folder / SHARED), _yaml(PROJECT / "columns.yaml")
    files = {path.stem: path for path in folder.glob("[a-z]*.yaml")}
    if set(files) != set(shared["sectors"]):
        raise ThemeError(f"{folder}: files {sorted(files)} are not the sectors of {SHARED}: {shared['sectors']}")
    found = {}
    for path in (files[sector] for sector in shared["sectors"]):
        content = _yaml(path)
        if set(content) != THEME_KEYS:
            raise ThemeError(f"{path.name}: has keys {sorted(content)}; needs exactly {sorted(THEME_KEYS)}")
        rules = {**shared["tables"], **(content["tables"] or {})}
        tables = [_table(path.stem, key, rule, shared, dictionary) for key, rule in rules.items()]
        order = list(shared["kinds"])
        ordered = tuple(sorted(tables, key=lambda table: order.index(table.kind)))
        found[path.stem] = Theme(path.stem, content["title_zh"], content["about_zh"], ordered)
    return found


@cache
def themes() -> dict[str, Theme]:
    """The project's themes."""
    return load()
