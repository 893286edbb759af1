"""How silver rows go through a model of ``spark_jobs/models``, as data: ``sectors/models/*.yaml``, one run each.

A spec's keys::

    id: air_flight_fuel              name of the spec, and of its rule in quarantine
    title_zh: …
    feed: air.flight                 whose rows are judged: named in quarantine; its receipts bring the run about
    model: aviation                  a model of the registry (`lake model --list`)
    table: silver.air_flight_fuel    where rows go: columns in tables/*.yaml, partitioned by period_month
    query: SELECT … FROM {silver.x} s … WHERE s.period IN {months}
    period_month: s.period           month a source row counts in
    key: s.record_id                 identity of a source row
    inputs: {flight_id: s.record_id, …}        model column ← SQL over s; the model's needed columns must stand here
    options: {by: move}              the model's options, but for files
    files: {ships: "SELECT … FROM {silver.ship} …"}    the model's file options, small: every task gets them whole
    group: [ship_id]                 model columns that come back; for a model that does not answer row by row
    together: s.ship_id              rows that a model which answers row by row must see as a whole (a track)
    columns: {passengers: s.passengers, …}     table column ← SQL over s (source row) and m (the model's row)
    reasons_zh: {before off_block_at: 起飞早于撤轮挡}   part of a model's reason → what people read
    origin: {receipt_window: s.receipt_window, …}      where a refused row came from; defaults as for activities

A column of the table that ``columns`` does not name is ``m.<name>`` where the model returns it, else ``s.<name>``;
``model_name`` and ``model_version`` are filled by the engine. Placeholders: ``{silver.x}``, ``{months}`` (a list in
brackets), ``{lookup.x}``, ``{ratio:unit|unit}``, as in activities.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from factor_library.units import ratio
from spark_jobs.engine.activity_spec import ORIGIN, SECTORS, Lookup, SpecError, lookup_view
from spark_jobs.engine.tables import Table, dictionary
from spark_jobs.models.frame import REASON, Model
from spark_jobs.models.registry import UnknownModelError, model

FOLDER = SECTORS / "models"
NAMED, VERSIONED, MONTH = "model_name", "model_version", "period_month"
_TABLE = re.compile(r"\{((?:silver|gold)\.[a-z0-9_]+)\}")
_RATIO = re.compile(r"\{ratio:([^|}]+)\|([^}]+)\}")
_LOOKUP = re.compile(r"\{lookup\.([a-z0-9_]+)\}")
_SPARK = {"text": "STRING", "number": "DOUBLE", "integer": "BIGINT", "time": "TIMESTAMP", "flag": "BOOLEAN"}


class ModelSpec(BaseModel):
    """One way from silver tables through a model to a silver table; see the module's docstring."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title_zh: str
    feed: str
    model: str
    table: str
    query: str
    period_month: str
    key: str = "s.record_id"
    inputs: dict[str, str] = Field(min_length=1)
    options: dict[str, Any] = Field(default_factory=dict)
    files: dict[str, str] = Field(default_factory=dict)
    group: tuple[str, ...] = ()
    together: str = ""
    columns: dict[str, str] = Field(default_factory=dict)
    lookups: dict[str, Lookup] = Field(default_factory=dict)
    reasons_zh: dict[str, str] = Field(default_factory=dict)
    origin: dict[str, str] = Field(default_factory=dict)

    @property
    def sources(self) -> tuple[str, ...]:
        """Silver tables that the run reads, the main one (of which months are asked) first."""
        texts = [self.query, *self.files.values()]
        return tuple(dict.fromkeys(name for text in texts for name in _TABLE.findall(text)))

    @property
    def rule(self) -> str:
        """Rule id of its rows in quarantine."""
        return f"{self.id}_not_computed"

    def chosen(self) -> Model:
        """The model; raises SpecError where it is unknown or a needed column has no input."""
        try:
            found = model(self.model)
        except UnknownModelError as error:
            raise SpecError(f"models/{self.id}: {error.args[0]}") from error
        known = {column.name: column for column in found.columns_in(self.options)}
        lacking = [name for name, column in known.items() if column.needed and name not in self.inputs]
        unknown = [name for name in self.inputs if name not in known]
        if lacking or unknown:
            raise SpecError(
                f"models/{self.id}: inputs of model {self.model} missing {lacking}, unknown {unknown}; "
                f"see `lake model {self.model} --help`"
            )
        return found

    def target(self) -> Table:
        """The table's definition; raises SpecError where there is none by month."""
        table = dictionary().get(self.table)
        if table is None or table.partition != (MONTH,):
            raise SpecError(f"models/{self.id}: {self.table} needs an entry in tables/*.yaml, partition: [{MONTH}]")
        return table

    def source_sql(self, text: str, places: dict[str, str], months: list[str]) -> str:
        """A query with tables, months, look-ups and ratios in place."""
        listed = "(" + ", ".join(f"'{m}'" for m in months) + ")"
        text = _TABLE.sub(lambda m: places[m[1]], text).replace("{months}", listed)
        text = _LOOKUP.sub(lambda m: lookup_view(self.id, m[1]), text)
        return _RATIO.sub(lambda m: repr(ratio(m[1], m[2])), text)

    def asked_sql(self, places: dict[str, str], months: list[str]) -> str:
        """SELECT ``s`` (source row), ``i`` (model input), ``part`` (what stays in one task), ``place`` (its order)."""
        inputs = ", ".join(f"{sql} AS {name}" for name, sql in self.inputs.items())
        parts = [f"COALESCE(CAST({self.inputs[name]} AS STRING), '')" for name in self.group]
        parts = parts or [self.together or self.key]
        return f"""SELECT STRUCT(s.*) AS s, STRUCT({inputs}) AS i, CONCAT_WS('|', {", ".join(parts)}) AS part,
  CAST({self.key} AS STRING) AS place
FROM (
{self.source_sql(self.query, places, months)}
) s"""

    def answer_ddl(self) -> str:
        """Spark type of ``m``: the model's output columns."""
        fields = ", ".join(f"{c.name}: {_SPARK[c.kind]}" for c in self.chosen().columns_out(self.options))
        return f"STRUCT<{fields}>"

    def table_sql(self, view: str, version: str) -> str:
        """SELECT of the table's columns from a view of ``s`` and ``m``, the rows that the model computed."""
        answered = {column.name for column in self.chosen().columns_out(self.options)}
        given = {NAMED: f"'{self.model}'", VERSIONED: f"'{version}'", MONTH: self.period_month, **self.columns}
        shown = []
        for column in self.target().columns:
            sql = given.get(column.name, f"{'m' if column.name in answered else 's'}.{column.name}")
            shown.append(f"CAST({sql} AS {column.type}) AS {column.name}")
        computed = f"WHERE m.{REASON} IS NULL" if REASON in answered else ""
        return f"SELECT {', '.join(shown)} FROM {view} {computed}"

    def refused_sql(self, view: str) -> str:
        """SELECT of quarantine rows: source rows for which the model gave a reason instead of a figure."""
        origin = ", ".join(f"{sql} AS {name}" for name, sql in {**ORIGIN, **self.origin}.items())
        told = " ".join(
            f"WHEN CONTAINS(m.{REASON}, {_quoted(k)}) THEN {_quoted(v)}" for k, v in self.reasons_zh.items()
        )
        said = f"CONCAT('模型未能计算：', m.{REASON})"
        return f"""SELECT {origin}, ARRAY('{self.rule}') AS rule_ids,
  {f"CASE {told} ELSE {said} END" if told else said} AS reason_zh,
  ELEMENT_AT(SPLIT(m.{REASON}, '[ :]'), 1) AS field, m.{REASON} AS value, TO_JSON(s) AS row_json
FROM {view} WHERE m.{REASON} IS NOT NULL"""


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


@lru_cache(maxsize=1)
def model_specs() -> tuple[ModelSpec, ...]:
    """All specs, by id; raises SpecError naming the file that is wrong."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        try:
            spec = ModelSpec.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except ValueError as error:
            raise SpecError(f"models/{path.name}: {error}") from error
        if spec.id != path.stem:
            raise SpecError(f"models/{path.name}: id is {spec.id!r}, by its file it should be {path.stem!r}")
        found.append(spec)
    tables = [spec.table for spec in found]
    doubled = sorted({name for name in tables if tables.count(name) > 1})
    if doubled:
        raise SpecError(f"models/: {doubled} are filled by two specs; a table has one")
    return tuple(found)
