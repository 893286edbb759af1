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
from typing import Any

import yaml
from pydantic import Field as Setting
from pydantic import ValidationError, model_validator

from spark_jobs.contract_parts import (
    PLACEHOLDER,
    SPARK_TYPES,
    ContractError,
    Derived,
    ExpectedUnits,
    Field,
    Format,
    Join,
    Period,
    Rule,
    Source,
    Strict,
    Submission,
    UnknownTarget,
    Window,
)

__all__ = [
    "SOURCES",
    "SPARK_TYPES",
    "Contract",
    "ContractError",
    "Derived",
    "Field",
    "Format",
    "Join",
    "Period",
    "Rule",
    "Source",
    "Submission",
    "UnknownTarget",
    "Window",
    "contract",
    "load_contracts",
    "read_contract",
    "resolve",
]

SOURCES = Path(__file__).parent / "sources"


class Contract(Strict):
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

    @property
    def personal(self) -> tuple[str, ...]:
        """Fields that name a person."""
        return tuple(f.name for f in self.fields if f.personal)

    @property
    def keyed(self) -> tuple[Derived, ...]:
        """Derived columns that are keys of personal fields."""
        return tuple(d for d in self.derived if d.key_of)

    @property
    def guarded(self) -> tuple[str, ...]:
        """Silver columns that differ by key: sealed fields, and keys of them."""
        return (*self.personal, *(d.name for d in self.keyed))

    @property
    def columns(self) -> list[Field | Derived]:
        """Fields and derived columns, in that order."""
        return [*self.fields, *self.derived]

    def field(self, name: str) -> Field | Derived:
        """The field or derived column of that name; KeyError if there is none."""
        items = self.columns
        for item in items:
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
        strange = {d.key_of for d in self.derived if d.key_of} - set(self.personal)
        if strange:
            raise ValueError(f"key_of names fields that are not personal: {sorted(strange)}")
        for rule in self.rules:
            missing = set(re.findall(PLACEHOLDER, rule.sql)) ^ set(rule.parameters)
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
        raise UnknownTarget(f"no feed {feed!r}; known: {', '.join(known)}")
    return known[feed]


def resolve(target: str) -> list[Contract]:
    """Contracts of a feed (``source.entity``) or of all feeds of a source; ContractError if it is neither."""
    if "." in target:
        return [contract(target)]
    found = [c for c in load_contracts().values() if c.source == target]
    if not found:
        sources = sorted({c.source for c in load_contracts().values()})
        raise UnknownTarget(f"no source {target!r}; known: {', '.join(sources)}")
    return found
