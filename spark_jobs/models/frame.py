"""What a model is: its columns, options, settings and sources as data, and a pure function over Arrow columns."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from spark_jobs.models.codes import CodeList

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
Kind = Literal["text", "number", "integer", "time", "flag"]

REASON = "reason"
DEFAULT_TZ = "Asia/Shanghai"


class InputError(ValueError):
    """The input as a whole cannot be used; says the table, column and row and how to mend it."""


@dataclass(frozen=True)
class Column:
    """One input or output column.

    Args:
        name: interface name; the unit is its last token where it has one.
        kind: text, number, integer, time (instant; without an offset it means ``--tz``) or flag (true/false).
        unit: printed by help; "" for text.
        doc: meaning, English. ``zh``: label, Chinese.
        needed: without the column the file is refused; without the value the row gets a reason.
        absence: what its absence costs (a lower tier, a default by type, nothing).
        low, high: physical bounds, inclusive; a value beyond them is a reason on the row.
        codes: closed list, or a function that builds it (called once, when first needed).
        aliases: other names the column may come under.
    """

    name: str
    kind: Kind
    unit: str
    doc: str
    zh: str = ""
    needed: bool = False
    absence: str = ""
    low: float | None = None
    high: float | None = None
    codes: CodeList | Callable[[], CodeList] | None = None
    aliases: tuple[str, ...] = ()

    @cached_property
    def code_list(self) -> CodeList | None:
        """The closed list of the column, built on first use."""
        return self.codes() if callable(self.codes) else self.codes


@dataclass(frozen=True)
class Option:
    """A command-line option of a model; ``file`` options are read and conformed like the main input."""

    name: str
    kind: Literal["flag", "integer", "number", "text", "file"]
    doc: str
    default: Any = None
    needed: bool = False
    columns: tuple[Column, ...] = ()
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    def check(self, value: Any) -> None:
        """Raises InputError where a value is beyond the bounds or not among the choices."""
        if self.choices and value not in self.choices:
            raise InputError(f"--{self.name}: {value!r} is not one of {', '.join(self.choices)}")
        too_low = self.low is not None and value < self.low
        if too_low or (self.high is not None and value > self.high):
            raise InputError(f"--{self.name}: {value} is not between {self.low} and {self.high}")


@dataclass(frozen=True)
class Setting:
    """A named number of a method that is no emission factor; printed by help with its source and mark."""

    name: str
    value: float
    unit: str
    doc: str
    source: str
    verified: bool


@dataclass(frozen=True)
class Options:
    """What a run was asked for; ``values`` has every option the model declares."""

    tz: str = DEFAULT_TZ
    values: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def frame(self, name: str) -> Frame:
        """The conformed table of a ``file`` option."""
        table = self.values.get(name)
        if table is None:
            raise InputError(f"--{name} FILE is needed")
        return Frame(table)


class Frame:
    """A conformed table: every declared column is there, typed, with ``reason`` set where a row is unusable."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self._refused: list[tuple[BoolArray, str | npt.NDArray[np.object_]]] = []

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def has(self, name: str) -> bool:
        """True when the column holds at least one value."""
        return self.table.column(name).null_count < len(self)

    def number(self, name: str) -> FloatArray:
        """float64 of shape (rows,), NaN where there is no value."""
        column = self.table.column(name)
        return np.asarray(pc.fill_null(pc.cast(column, pa.float64()), float("nan")), dtype=np.float64)

    def text(self, name: str) -> npt.NDArray[np.object_]:
        """str or None, shape (rows,)."""
        return np.asarray(self.table.column(name).to_numpy(zero_copy_only=False), dtype=object)

    def flag(self, name: str, absent: bool) -> BoolArray:
        """bool of shape (rows,); ``absent`` where there is no value."""
        return np.asarray(pc.fill_null(self.table.column(name), absent), dtype=np.bool_)

    def seconds(self, name: str) -> FloatArray:
        """Unix seconds (float64), NaN where there is no time."""
        micros = pc.cast(self.table.column(name), pa.int64())
        return np.asarray(pc.fill_null(pc.cast(micros, pa.float64()), float("nan")), dtype=np.float64) / 1e6

    def index(self, name: str) -> tuple[npt.NDArray[np.int32], list[str]]:
        """Dictionary codes (−1 for null) and their values; cheap grouping of long text columns."""
        combined = self.table.column(name).combine_chunks()
        coded = combined if pa.types.is_dictionary(combined.type) else pc.dictionary_encode(combined)
        if isinstance(coded, pa.ChunkedArray):
            coded = coded.combine_chunks()
        codes = np.asarray(pc.fill_null(coded.indices, -1), dtype=np.int32)
        return codes, coded.dictionary.to_pylist()

    def refuse(self, where: BoolArray, reason: str | npt.NDArray[np.object_]) -> None:
        """Put a reason (one text, or one per row) on rows that have none yet."""
        if bool(where.any()):
            self._refused.append((where, reason))

    @property
    def reasons(self) -> npt.NDArray[np.object_]:
        """Reason or None per row: the conforming's first, then those of ``refuse`` in order."""
        out = self.text(REASON).copy()
        for where, reason in self._refused:
            open_rows = where & np.array([r is None for r in out], dtype=np.bool_)
            out[open_rows] = reason if isinstance(reason, str) else reason[open_rows]
        return out

    @property
    def usable(self) -> BoolArray:
        """True for rows without a reason."""
        out = np.asarray(pc.is_null(self.table.column(REASON)), dtype=np.bool_).copy()
        for where, _ in self._refused:
            out &= ~where
        return out


def choose(where: BoolArray, then: Any, otherwise: Any = None) -> npt.NDArray[np.object_]:
    """Text per row: ``then`` where true, else ``otherwise``; each one value or one per row."""
    out = np.empty(len(where), dtype=object)
    for rows, value in ((where, then), (~where, otherwise)):
        out[rows] = value[rows] if isinstance(value, np.ndarray) else value
    return out


def arrow(columns: Mapping[str, Any]) -> pa.Table:
    """Columns (NumPy, lists or Arrow) → Arrow table; NaN becomes null, so that no output holds a NaN."""
    arrays = {}
    for name, values in columns.items():
        if isinstance(values, np.ndarray) and values.dtype.kind == "f":
            arrays[name] = pa.array(values, mask=~np.isfinite(values))
        elif isinstance(values, np.ndarray) and values.dtype.kind == "O":
            arrays[name] = pa.array(values.tolist(), type=pa.string())
        else:
            arrays[name] = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values)
    return pa.table(arrays)


@dataclass(frozen=True)
class Model:
    """A method that runs on a file: `lake model NAME`.

    Args:
        name: command name. ``modules``: numbers of the modules it serves.
        compute: ``package.module:function``, imported when run: ``(Frame, Options) → pa.Table``, pure.
        inputs, outputs: columns; with ``--points`` the output is ``point_outputs``.
        options: beyond ``--in --out --tz``. ``settings``: named numbers. ``sources``: one line each.
        card: method card under docs/models.
        inputs_of, outputs_of: columns by option values, where a mode changes them; ``values_of`` fills option values
            that were not given from the names of the columns.
    """

    name: str
    modules: tuple[int, ...]
    title: str
    title_zh: str
    compute: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    sources: tuple[str, ...]
    card: str
    options: tuple[Option, ...] = ()
    settings: tuple[Setting, ...] = ()
    point_outputs: tuple[Column, ...] = ()
    notes: tuple[str, ...] = ()
    inputs_of: Callable[[Mapping[str, Any]], tuple[Column, ...]] | None = None
    outputs_of: Callable[[Mapping[str, Any]], tuple[Column, ...]] | None = None
    values_of: Callable[[Mapping[str, Any], Sequence[str]], Mapping[str, Any]] | None = None

    @cached_property
    def function(self) -> Callable[[Frame, Options], pa.Table]:
        """The compute function, imported now."""
        module, _, name = self.compute.partition(":")
        function: Callable[[Frame, Options], pa.Table] = getattr(importlib.import_module(module), name)
        return function

    def columns_in(self, values: Mapping[str, Any]) -> tuple[Column, ...]:
        """Input columns under the given option values (a mode may change them)."""
        return self.inputs_of(values) if self.inputs_of else self.inputs

    def columns_out(self, values: Mapping[str, Any]) -> tuple[Column, ...]:
        """Output columns under the given option values."""
        if self.outputs_of:
            return self.outputs_of(values)
        return self.point_outputs if values.get("points") and self.point_outputs else self.outputs

    def run(self, table: pa.Table, tz: str = DEFAULT_TZ, **values: Any) -> pa.Table:
        """Conform, compute, check: the one entry for the command line, a Spark task and a test.

        Args:
            table: any Arrow table with the declared column names; text is parsed.
            tz: meaning of times without an offset.
            values: the model's options; ``file`` options are Arrow tables.
        Raises:
            InputError: a needed column or option is not there, or an option is unknown.
        """
        from spark_jobs.models.conform import ARROW_TYPES, conform

        if self.values_of:
            values = {**values, **self.values_of(values, table.column_names)}
        options = self._options(values, tz)
        frame = Frame(conform(table, self.columns_in(options.values), tz))
        if not len(frame):
            return pa.table({c.name: pa.nulls(0, ARROW_TYPES[c.kind]) for c in self.columns_out(options.values)})
        return self._checked(self.function(frame, options), options)

    def _options(self, values: Mapping[str, Any], tz: str) -> Options:
        from spark_jobs.models.conform import conform

        known = {option.name: option for option in self.options}
        unknown = sorted(set(values) - set(known))
        if unknown:
            raise InputError(f"model {self.name} has no option {unknown[0]!r}; it has: {', '.join(known) or 'none'}")
        filled = {}
        for name, option in known.items():
            value = values.get(name, option.default)
            if value is None and option.needed:
                raise InputError(f"model {self.name} needs --{name}: {option.doc}")
            if value is not None and option.kind not in ("file", "flag"):
                option.check(value)
            if option.kind == "file" and value is not None:
                value = conform(value, option.columns, tz, label=f"--{name}")
            filled[name] = value
        return Options(tz=tz, values=filled)

    def _checked(self, table: pa.Table, options: Options) -> pa.Table:
        declared = [column.name for column in self.columns_out(options.values)]
        missing = [name for name in declared if name not in table.column_names]
        if missing:
            raise AssertionError(f"model {self.name} did not return declared columns {missing}")
        extra = [name for name in table.column_names if name not in declared]
        if extra:
            raise AssertionError(f"model {self.name} returned undeclared columns {extra}")
        return table.select(declared)


REASON_COLUMN = Column(REASON, "text", "", "why the row was not computed; empty when it was", "未计算原因")
