"""A feed's contract: the project's single description of what it expects from an upstream feed.

One YAML file per feed, ``sources/<source>/<entity>.yaml`` (a breaking change is ``<entity>.v2.yaml`` beside it);
what all feeds of a source share stands once in ``sources/<source>/_source.yaml``. From a contract come the parser's
schema, silver's casts and checks (``contract_sql``), the base expectation suite, dbt source docs, the dictionary.
"""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator
from pydantic import Field as Setting

SOURCES = Path(__file__).parent / "sources"
_PLACEHOLDER = r"\{([a-z_]\w*)\}"

FieldType = Literal["string", "int", "double", "decimal", "date", "month", "timestamp", "boolean", "clock"]
SPARK_TYPES: dict[str, str] = {
    "string": "STRING",
    "int": "BIGINT",
    "double": "DOUBLE",
    "decimal": "DOUBLE",  # kept as DOUBLE up to gold; DECIMAL in marts
    "date": "DATE",
    "month": "STRING",  # 2026-10
    "timestamp": "TIMESTAMP",
    "boolean": "BOOLEAN",
    "clock": "INT",  # local clock time HHMM, 0 to 2400
}


class ContractError(ValueError):
    """A contract file is wrong; the message names the file and the place."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Field(_Strict):
    """One field of a feed. ``codes`` maps what the upstream writes to our code; an unknown value is refused."""

    name: str = Setting(pattern=r"^[a-z][a-z0-9_]*$")
    type: FieldType
    label_zh: str
    upstream: str = Setting("", description="name in the payload; the same as name if empty")
    unit: str = Setting("", description="unit of the value; empty for pure numbers, codes and texts")
    unit_field: str = Setting("", description="field of the same row that holds the unit, where units vary")
    codes: dict[str, str] = Setting(default_factory=dict)
    required: bool = False
    min: float | None = None
    max: float | None = None
    bound_source: str = Setting("", description="where min and max come from; needed for any bound but zero")
    personal: bool = Setting(False, description="names a person: kept encrypted beyond silver")
    references: str = Setting("", description="<feed>.<field> this value points to")
    clock_of: str = Setting("", description="field naming the place whose local clock this is")
    note_zh: str = ""

    @field_validator("codes", mode="before")
    @classmethod
    def _codes(cls, value: Any) -> Any:
        return {str(code): str(code) for code in value} if isinstance(value, list) else value

    @model_validator(mode="after")
    def _bounds(self) -> Field:
        if not self.bound_source and any(b not in (None, 0) for b in (self.min, self.max)):
            raise ValueError(f"field {self.name}: min/max need bound_source")
        return self

    @property
    def source_name(self) -> str:
        """Name in the payload."""
        return self.upstream or self.name

    @property
    def spark_type(self) -> str:
        """Type of the silver column."""
        return SPARK_TYPES[self.type]


class Derived(_Strict):
    """A silver column computed from typed fields of the same row, by SQL or by a look-up file (two-column CSV)."""

    name: str = Setting(pattern=r"^[a-z][a-z0-9_]*$")
    type: FieldType
    label_zh: str
    unit: str = ""
    sql: str = ""
    lookup: str = Setting("", description="CSV beside the contract: first column is the key, second the value")
    lookup_field: str = ""
    note_zh: str = ""

    @property
    def spark_type(self) -> str:
        return SPARK_TYPES[self.type]


class Parameter(_Strict):
    """A number that a rule uses, with its unit and its source."""

    value: float
    unit: str
    source: str

    def literal(self) -> str:
        """The number as SQL writes it; whole numbers without a point, as window frames need them."""
        return str(int(self.value)) if self.value.is_integer() else repr(self.value)


class Rule(_Strict):
    """What must hold, as SQL over typed fields, derived and joined columns. NULL passes; only FALSE fails.

    ``row`` rules see one row. ``window`` rules may use window functions: they are judged on the distinct versions of a
    period and also see ``row_ok`` (BOOLEAN: the row passed every quarantining row rule).
    ``{name}`` in ``sql`` is the parameter of that name.
    """

    id: str = Setting(pattern=r"^[a-z][a-z0-9_]*$")
    sql: str
    reason_zh: str
    severity: Literal["quarantine", "warn"] = "quarantine"
    scope: Literal["row", "window"] = "row"
    field: str = Setting("", description="the field to show in quarantine; the first one the rule names if empty")
    parameters: dict[str, Parameter] = Setting(default_factory=dict)

    def rendered(self) -> str:
        """The SQL with its parameters in place."""
        return re.sub(_PLACEHOLDER, lambda m: self.parameters[m[1]].literal(), self.sql).strip()


class Join(_Strict):
    """Columns of another feed's current rows that rules need, as ``<entity>__<field>``; no row is lost or added."""

    feed: str
    by: str = Setting(description="field of this feed; it holds the other feed's whole key")
    take: tuple[str, ...]

    def column(self, name: str) -> str:
        return f"{self.feed.split('.')[1]}__{name}"


class ExpectedUnits(_Strict):
    """The declared unit for each value of ``by``; a row in another unit is refused."""

    by: str
    field: str
    units: dict[str, str]
    source: str


class Window(_Strict):
    """Receipt window: what one fetch asks for. ``first``/``last`` bound what the upstream holds, if it is closed.

    A closed window may still get answers for ``settle_days`` (late or revised files); fetch it again then.
    """

    grain: Literal["month", "day"]
    of: str
    settle_days: int = 0
    first: str = ""
    last: str = ""


class Period(_Strict):
    """What a row is about. ``none`` is a register: its period is the text ``all``."""

    grain: Literal["month", "day", "year", "none"]
    field: str = ""


class Format(_Strict):
    """How payload bytes become rows."""

    parser: Literal["json", "csv", "xml"]
    records: str = Setting("", description="JSON key of the list, or XML tag of a record")
    inherit: tuple[str, ...] = Setting((), description="JSON keys beside the list that belong to every record")
    compression: Literal["", "gzip"] = ""
    null_values: tuple[str, ...] = ("",)


class Submission(_Strict):
    """What a submitted file may leave out, and what then stands there; every filled value is marked in the row."""

    constants: dict[str, str] = Setting(default_factory=dict)
    receipt_time: tuple[str, ...] = Setting((), description="fields that take the time of receipt")
    receipt_version: str = Setting("", description="field that takes the time of receipt as a number, so that it grows")


class Source(_Strict):
    """What the feeds of one source share."""

    source: str
    title_zh: str
    origin: str
    licence: str
    is_simulated: bool
    boundary: str = Setting("", description="set where the data belongs to no city total")
    acquisition: dict[str, Any]


class Contract(_Strict):
    """A feed's contract; see the module docstring. Validated as a whole: every named field exists."""

    feed: str = Setting(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$")
    version: int = Setting(ge=1)
    title_zh: str
    grain_zh: str
    silver_table: str = Setting(pattern=r"^[a-z][a-z0-9_]*$")
    origin: Source
    acquisition: dict[str, Any] = Setting(description="adapter and its parameters; the adapter validates them")
    format: Format
    window: Window
    period: Period
    key: tuple[str, ...] = Setting(min_length=1)
    version_field: str = ""
    known_from_field: str = Setting("", description="upstream's version time; empty: first receipt in the manifest")
    allowed_lateness_months: int = Setting(ge=0)
    deadline_days: int | None = Setting(None, description="a period's report is due so many days after its end")
    deadline_source: str = ""
    submission: Submission | None = Setting(None, description="set where `lake submit` takes files of this feed")
    expected_units: ExpectedUnits | None = None
    fields: tuple[Field, ...]
    derived: tuple[Derived, ...] = ()
    joins: tuple[Join, ...] = ()
    rules: tuple[Rule, ...] = ()
    folder: Path

    @property
    def source(self) -> str:
        return self.feed.split(".")[0]

    @property
    def entity(self) -> str:
        return self.feed.split(".")[1]

    @property
    def is_simulated(self) -> bool:
        return self.origin.is_simulated

    @property
    def bronze_table(self) -> str:
        """Full name, ``bronze.<source>__<entity>``."""
        return f"bronze.{self.source}__{self.entity}"

    @property
    def field_names(self) -> tuple[str, ...]:
        """The contract's fields, in order: bronze's text columns."""
        return tuple(f.name for f in self.fields)

    def field(self, name: str) -> Field | Derived:
        """The field or derived column of that name; KeyError if there is none."""
        for item in (*self.fields, *self.derived):
            if item.name == name:
                return item
        raise KeyError(f"{self.feed}: no field {name!r}")

    def lookup(self, derived: Derived) -> dict[str, str]:
        """Content of a derived column's look-up file."""
        with (self.folder / derived.lookup).open(encoding="utf-8", newline="") as handle:
            return {row[0]: row[1] for row in list(csv.reader(handle))[1:]}

    @model_validator(mode="after")
    def _consistent(self) -> Contract:
        names = [f.name for f in self.fields] + [d.name for d in self.derived]
        doubled = {n for n in names if names.count(n) > 1}
        if doubled:
            raise ValueError(f"fields defined twice: {sorted(doubled)}")
        named = [*self.key, self.version_field, self.known_from_field, self.period.field]
        named += [f.unit_field for f in self.fields] + [f.clock_of for f in self.fields]
        named += [d.lookup_field for d in self.derived] + [r.field for r in self.rules] + [j.by for j in self.joins]
        if self.submission:
            named += [*self.submission.constants, *self.submission.receipt_time, self.submission.receipt_version]
        if self.expected_units:
            named += [self.expected_units.by, self.expected_units.field]
        unknown = {n for n in named if n and n not in names}
        if unknown:
            raise ValueError(f"names that are no field: {sorted(unknown)}")
        for rule in self.rules:
            missing = set(re.findall(_PLACEHOLDER, rule.sql)) ^ set(rule.parameters)
            if missing:
                raise ValueError(f"rule {rule.id}: parameters and placeholders differ: {sorted(missing)}")
        if (self.period.grain == "none") == bool(self.period.field):
            raise ValueError("period: a grain needs a field, and grain none has no field")
        if self.deadline_days is not None and not self.deadline_source:
            raise ValueError("deadline_days needs deadline_source")
        return self


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ContractError(f"{path}: not valid YAML: {error}") from error
    if not isinstance(content, dict):
        raise ContractError(f"{path}: a mapping is expected at the top")
    return content


def read_contract(path: Path) -> Contract:
    """The contract in ``path``, joined with its source's ``_source.yaml``; ContractError names file and place."""
    content, shared = _read(path), _read(path.parent / "_source.yaml")
    acquisition = {**shared.get("acquisition", {}), **content.pop("acquisition", {})}
    try:
        result = Contract(**content, origin=Source(**shared), acquisition=acquisition, folder=path.parent)
    except (ValidationError, TypeError) as error:
        raise ContractError(f"{path}: {error}") from error
    expected = f"{path.parent.name}.{path.name.split('.')[0]}"
    if result.feed != expected:
        raise ContractError(f"{path}: feed is {result.feed!r}, by its place it should be {expected!r}")
    return result


@lru_cache(maxsize=4)
def load_contracts(folder: Path = SOURCES) -> dict[str, Contract]:
    """Feed → newest version of its contract, sorted by feed. Raises ContractError if there is none at all."""
    found: dict[str, Contract] = {}
    for path in sorted(folder.glob("*/[a-z]*.yaml")):
        loaded = read_contract(path)
        if loaded.feed not in found or found[loaded.feed].version < loaded.version:
            found[loaded.feed] = loaded
    if not found:
        raise ContractError(f"{folder}: no contract found (<source>/<entity>.yaml)")
    return dict(sorted(found.items()))


def contract(feed: str) -> Contract:
    """The newest contract of ``feed``; ContractError lists the known feeds if there is no such feed."""
    known = load_contracts()
    if feed not in known:
        raise ContractError(f"no feed {feed!r}; known: {', '.join(known)}")
    return known[feed]


def resolve(target: str) -> list[Contract]:
    """Contracts of a feed (``source.entity``) or of all feeds of a source; ContractError if it is neither."""
    if "." in target:
        return [contract(target)]
    found = [c for c in load_contracts().values() if c.source == target]
    if not found:
        sources = sorted({c.source for c in load_contracts().values()})
        raise ContractError(f"no source {target!r}; known: {', '.join(sources)}")
    return found
