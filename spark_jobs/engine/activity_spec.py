"""How silver rows become activity, as data: ``sectors/activities/*.yaml``, each a source query and its columns."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from factor_library.library import library
from factor_library.units import ratio
from spark_jobs.accounting.accounts import boundaries, methods
from spark_jobs.accounting.sectors import sectors

SECTORS = Path(__file__).resolve().parents[1] / "sectors"
_TABLE = re.compile(r"\{((?:silver|gold)\.[a-z0-9_]+)\}")
_RATIO = re.compile(r"\{ratio:([^|}]+)\|([^}]+)\}")
_LOOKUP = re.compile(r"\{lookup\.([a-z0-9_]+)\}")
REQUIRED = [
    "entity_id",
    "object_id",
    "object_type",
    "sector",
    "district_code",
    "evidence",
    "activity_class",
    "period",
    "period_grain",
    "period_start",
    "period_end",
    "data_grade",
    "verification_status",
    "method",
    "source_record_ids",
    "known_from",
    "known_to",
]
OPTIONAL = {
    "memo_item": "''",
    "ncv_measured": "NULL",
    "carbon_content_measured": "NULL",
    "oxidation_measured": "NULL",
    "estimated_share": "0.0",
    "rsu_stated": "NULL",  # relative standard uncertainty of this row, where one is known; else that of its grade
}
ORIGIN = {
    "period": "s.period",
    "receipt_window": "s.receipt_window",
    "payload_sm3": "s.payload_sm3",
    "row_no": "s.row_no",
    "business_key": "s.business_key",
}


_EMPTY = "''"


class SpecError(ValueError):
    """A file under sectors/ is wrong; the message names it and the place."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Item(_Strict):
    """One activity of a source row; values are SQL over ``s``, the source row. Scope: else the fuel set's."""

    activity_type: str
    quantity: str
    unit: str
    scope: str = ""
    when: str = "TRUE"


class Refusal(_Strict):
    """A source row for which ``when`` holds makes no activity and goes to quarantine with its reason."""

    id: str
    when: str
    reason_zh: str
    field: str


class Lookup(_Strict):
    """A table joined by name: a CSV under sectors/, a coefficient table of the factor library, or the block so named
    of every sector.yaml that has one, a row each with its `sector`."""

    csv: str = ""
    factor_table: str = ""
    sector_block: str = ""


class ActivitySpec(_Strict):
    """One way from a silver table to gold.activity. Placeholders: ``{silver.x}``, ``{months}``, ``{lookup.x}``,
    ``{ratio:unit|unit}``; ``s`` is a source row, ``i`` one of its items, ``boundary`` one of the boundaries."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title_zh: str
    feed: str
    boundaries: tuple[str, ...] = Field(min_length=1)
    query: str
    period_month: str
    lookups: dict[str, Lookup] = Field(default_factory=dict)
    refuse: tuple[Refusal, ...] = ()
    origin: dict[str, str] = Field(default_factory=dict)
    columns: dict[str, str]
    items: tuple[Item, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> ActivitySpec:
        missing = set(REQUIRED) - set(self.columns)
        unknown = set(self.columns) - set(REQUIRED) - set(OPTIONAL) - {"rsu_grade"}
        if missing or unknown:
            raise ValueError(f"columns missing {sorted(missing)}, unknown {sorted(unknown)}")
        strange = set(self.boundaries) - set(boundaries())
        if strange or set(self.origin) - set(ORIGIN):
            raise ValueError(f"unknown boundaries {sorted(strange)} or origin {sorted(set(self.origin) - set(ORIGIN))}")
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """Silver tables that the query reads, in order of appearance."""
        return tuple(dict.fromkeys(_TABLE.findall(self.query)))

    def source_sql(self, places: dict[str, str], months: list[str]) -> str:
        """The query with tables, months, look-ups and ratios in place."""
        listed = "(" + ", ".join(f"'{m}'" for m in months) + ")"
        text = _TABLE.sub(lambda m: places[m[1]], self.query).replace("{months}", listed)
        text = _LOOKUP.sub(lambda m: lookup_view(self.id, m[1]), text)
        return _RATIO.sub(lambda m: repr(ratio(m[1], m[2])), text)

    def activity_sql(self, places: dict[str, str], months: list[str], is_simulated: bool) -> str:
        """SELECT of all activity rows of the months, before double-counting rules and ids."""
        values = {**OPTIONAL, **self.columns}
        grade = values.pop("rsu_grade", values["data_grade"])
        shown = ",\n".join(f"  {sql} AS {name}" for name, sql in values.items())
        refused = " OR ".join(f"({r.when})" for r in self.refuse) or "FALSE"
        return f"""SELECT
{shown},
  {grade} AS rsu_grade, boundary, i.activity_type, i.scope AS stated_scope, i.quantity, i.unit,
  {self.period_month} AS period_month, '{self.feed}' AS source_feed, {str(is_simulated).upper()} AS is_simulated
FROM (SELECT *, {self._boundary()} AS boundary FROM (SELECT *, {self._item()} AS i FROM (
{self.source_sql(places, months)}
) s WHERE NOT COALESCE({refused}, FALSE)) s WHERE i.quantity >= 0) s"""

    def refused_sql(self, places: dict[str, str], months: list[str]) -> str:
        """SELECT of quarantine rows: refused source rows, and those with an item of missing or negative quantity.

        The first rule that holds is named.
        """
        origin = ", ".join(f"{sql} AS {name}" for name, sql in {**ORIGIN, **self.origin}.items())
        bad = f"EXISTS({self._items()}, x -> x.quantity IS NULL OR x.quantity < 0)"
        rules = [*self.refuse, Refusal(id="quantity", when=bad, reason_zh="数量缺失或为负", field="quantity")]
        named = {
            name: "CASE " + " ".join(f"WHEN {r.when} THEN '{getattr(r, key)}'" for r in rules) + " END"
            for name, key in (("rule_id", "id"), ("reason_zh", "reason_zh"), ("field", "field"))
        }
        return f"""SELECT {origin}, ARRAY({named["rule_id"]}) AS rule_ids, {named["reason_zh"]} AS reason_zh,
  {named["field"]} AS field, TO_JSON(STRUCT(s.*)) AS row_json
FROM (
{self.source_sql(places, months)}
) s WHERE {" OR ".join(f"({r.when})" for r in rules)}"""

    def _boundary(self) -> str:
        listed = [f"'{b}'" for b in self.boundaries]
        return listed[0] if len(listed) == 1 else f"EXPLODE(ARRAY({', '.join(listed)}))"

    def _item(self) -> str:
        """The items of a source row, one row each; a single one needs no array."""
        if len(self.items) == 1 and self.items[0].when == "TRUE":
            return self._struct(self.items[0])
        return f"EXPLODE({self._items()})"

    def _items(self) -> str:
        return "FILTER(ARRAY(" + ",\n    ".join(self._struct(i) for i in self.items) + "), x -> x.keep)"

    @staticmethod
    def _struct(item: Item) -> str:
        return (
            f"NAMED_STRUCT('activity_type', {item.activity_type}, 'quantity', CAST({item.quantity} AS DOUBLE),"
            f" 'unit', {item.unit}, 'scope', {item.scope or _EMPTY}, 'keep', COALESCE({item.when}, FALSE))"
        )


@dataclass(frozen=True)
class CountingRule:
    """Leaves an activity out of the city total where ``when`` (SQL over gold.activity's columns) holds."""

    id: str
    when: str
    reason_zh: str
    rule: str


def lookup_view(spec_id: str, name: str) -> str:
    """Name of the temporary view that holds a look-up."""
    return f"lookup_{spec_id}_{name}"


def lookup_rows(lookup: Lookup) -> list[dict[str, Any]]:
    """Rows of a look-up, from its CSV or from the factor library."""
    if lookup.factor_table:
        return library().table(lookup.factor_table).to_pylist()
    if lookup.sector_block:
        blocks = {name: getattr(sector, lookup.sector_block) for name, sector in sectors().items()}
        return [{"sector": name, **block.model_dump()} for name, block in blocks.items() if block is not None]
    with (SECTORS / lookup.csv).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@lru_cache(maxsize=1)
def activity_specs() -> tuple[ActivitySpec, ...]:
    """All specs, by id; raises SpecError naming the file that is wrong."""
    found = []
    for path in sorted((SECTORS / "activities").glob("*.yaml")):
        try:
            found.append(ActivitySpec.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))))
        except ValueError as error:
            raise SpecError(f"{path.name}: {error}") from error
    if not found:
        raise SpecError(f"no activity is described under {SECTORS / 'activities'}")
    return tuple(sorted(found, key=lambda s: s.id))


@lru_cache(maxsize=1)
def counting_rules() -> tuple[CountingRule, ...]:
    """Double-counting rules in order; the first that matches decides."""
    data = yaml.safe_load((SECTORS / "double_counting.yaml").read_text(encoding="utf-8"))
    return tuple(CountingRule(**row) for row in data)


def method_columns() -> dict[str, tuple[str, str]]:
    """Method → (tier, fuel set)."""
    return {name: (str(body["tier"]), str(body["fuel_set"])) for name, body in methods().items()}
