"""The parts of a feed's contract: fields, rules, windows, formats. ``contracts`` puts them together."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, field_validator, model_validator
from pydantic import Field as Setting

PLACEHOLDER = r"\{([a-z_]\w*)\}"
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


class UnknownTarget(ContractError):
    """There is no feed, source or layer of that name; the message lists the known ones. A wrong call, not bad data."""

    exit_code = 2


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Field(Strict):
    """One field of a feed. ``codes`` maps what the upstream writes to our code; an unknown value is refused."""

    name: str = Setting(pattern=r"^[a-z][a-z0-9_]*$", description="column name; no SQL keyword")
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
    personal: bool = Setting(False, description="names a person: sealed in silver, in clear in bronze only")
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
        if self.personal and (self.type != "string" or self.codes):
            raise ValueError(f"field {self.name}: a personal field is free text (type string, no codes)")
        return self

    @property
    def source_name(self) -> str:
        """Name in the payload."""
        return self.upstream or self.name

    @property
    def spark_type(self) -> str:
        """Type of the silver column."""
        return SPARK_TYPES[self.type]


class Derived(Strict):
    """A silver column computed from typed fields of the same row: by SQL, by a look-up file (two columns), or as key.

    ``key_of`` names a personal field (a plate): the column is its HMAC-SM3, the same in every feed for one
    ``key_purpose``, and stands in for what is sealed where rows are joined. A receipt does not show it.
    """

    name: str = Setting(pattern=r"^[a-z][a-z0-9_]*$")
    type: FieldType
    label_zh: str
    unit: str = ""
    sql: str = ""
    lookup: str = Setting("", description="CSV beside the contract: first column is the key, second the value")
    lookup_field: str = ""
    key_of: str = Setting("", description="personal field whose HMAC-SM3 this is")
    key_purpose: str = Setting("", description="what the key names, for example vehicle; needed with key_of")
    note_zh: str = ""

    @model_validator(mode="after")
    def _one_way(self) -> Derived:
        if sum(map(bool, (self.sql, self.lookup, self.key_of))) != 1:
            raise ValueError(f"derived {self.name}: exactly one of sql, lookup and key_of is needed")
        if bool(self.key_of) != bool(self.key_purpose) or (self.key_of and self.type != "string"):
            raise ValueError(f"derived {self.name}: key_of needs key_purpose and type string")
        return self

    @property
    def spark_type(self) -> str:
        return SPARK_TYPES[self.type]


class Parameter(Strict):
    """A number that a rule uses, with its unit and its source."""

    value: float
    unit: str
    source: str

    def literal(self) -> str:
        """The number as SQL writes it; whole numbers without a point, as window frames need them."""
        return str(int(self.value)) if self.value.is_integer() else repr(self.value)


class Rule(Strict):
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
        return re.sub(PLACEHOLDER, lambda m: self.parameters[m[1]].literal(), self.sql).strip()


class Join(Strict):
    """Columns of another feed's current rows that rules need, as ``<entity>__<field>``; no row is lost or added."""

    feed: str
    by: str = Setting(description="field of this feed; it holds the other feed's whole key")
    take: tuple[str, ...]

    def column(self, name: str) -> str:
        return f"{self.feed.split('.')[1]}__{name}"


class ExpectedUnits(Strict):
    """The declared unit for each value of ``by``; a row in another unit is refused."""

    by: str
    field: str
    units: dict[str, str]
    source: str


class Window(Strict):
    """Receipt window: what one fetch asks for. ``first``/``last`` bound what the upstream holds, if it is closed.

    A closed window may still get answers for ``settle_days`` (late or revised files); fetch it again then.
    """

    grain: Literal["month", "day"]
    of: str
    settle_days: int = 0
    first: str = ""
    last: str = ""


class Period(Strict):
    """What a row is about. ``none`` is a register: its period is the text ``all``."""

    grain: Literal["month", "day", "year", "none"]
    field: str = ""


class Format(Strict):
    """How payload bytes become rows."""

    parser: Literal["json", "csv", "xml"]
    records: str = Setting("", description="JSON key of the list, or XML tag of a record")
    inherit: tuple[str, ...] = Setting((), description="JSON keys beside the list that belong to every record")
    compression: Literal["", "gzip"] = ""
    null_values: tuple[str, ...] = ("",)


class Submission(Strict):
    """What receipt alone says of a submitted file's rows, whatever the file gives there; marked in every row."""

    constants: dict[str, str] = Setting(default_factory=dict)
    receipt_time: tuple[str, ...] = Setting(default=(), description="fields that take the time of receipt")
    receipt_version: str = Setting(
        default="", description="field that takes the time of receipt as a number, so that it grows"
    )


class Source(Strict):
    """What the feeds of one source share."""

    source: str
    title_zh: str
    origin: str
    licence: str
    is_simulated: bool
    boundary: str = Setting("", description="set where the data belongs to no city total")
    acquisition: dict[str, Any]
