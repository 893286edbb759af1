"""Any table → the declared columns, typed: text parsed, codes resolved, bounds checked, a reason for what fails."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spark_jobs.models.frame import REASON, Column, InputError

ARROW_TYPES = {
    "text": pa.string(),
    "number": pa.float64(),
    "integer": pa.int64(),
    "time": pa.timestamp("us", tz="UTC"),
    "flag": pa.bool_(),
}
_TRUE, _FALSE = {"true", "t", "yes", "y", "1", "on", "是"}, {"false", "f", "no", "n", "0", "off", "否"}
_NO_NUMBER = {"na", "n/a", "nan", "null", "none", "-"}
_OFFSET = r"(?:[zZ]|[+-]\d{2}:?\d{2})$"


class _Reasons:
    """First reason per row, kept sparse: most tables have none."""

    def __init__(self) -> None:
        self.by_row: dict[int, str] = {}

    def add(self, row: int, reason: str) -> None:
        self.by_row.setdefault(row, reason)

    def add_all(self, rows: np.ndarray, reason: str) -> None:
        for row in rows.tolist():
            self.add(row, reason)

    def array(self, length: int) -> pa.Array:
        if not self.by_row:
            return pa.nulls(length, pa.string())
        out: list[str | None] = [None] * length
        for row, reason in self.by_row.items():
            out[row] = reason
        return pa.array(out, pa.string())


def conform(table: pa.Table, columns: Sequence[Column], tz: str, label: str = "input") -> pa.Table:
    """Declared columns, in order and typed, and ``reason``: null where every value of the row is usable.

    A value that cannot be read, an unknown code, a value beyond its bounds, or a missing needed value
    becomes null and the row's reason; undeclared columns are left out.

    Raises:
        InputError: a needed column is not in the table, or a column is there twice.
    """
    names = _names(table, columns)
    _check_columns(names, columns, label)
    reasons = _Reasons()
    out = {}
    for column in columns:
        if column.name in names:
            source = table.column(names.index(column.name))
            typed = _typed(source, column, tz, reasons)
        else:
            typed = pa.nulls(table.num_rows, ARROW_TYPES[column.kind])
        if column.needed:
            _require(typed, column, reasons)
        out[column.name] = typed
    out[REASON] = reasons.array(table.num_rows)
    return pa.table(out)


def _names(table: pa.Table, columns: Sequence[Column]) -> list[str]:
    """Column names without stray space or byte-order mark, aliases replaced by what they stand for."""
    aliases = {alias.casefold(): column.name for column in columns for alias in column.aliases}
    names = [name.strip().lstrip("\ufeff") for name in table.column_names]
    return [name if name in {c.name for c in columns} else aliases.get(name.casefold(), name) for name in names]


def _check_columns(names: list[str], columns: Sequence[Column], label: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"{label}: column {twice[0]!r} is there {names.count(twice[0])} times; keep one")
    strangers = [name for name in names if name not in {column.name for column in columns}]
    for column in columns:
        if column.needed and column.name not in names:
            near = difflib.get_close_matches(column.name, strangers, n=1)
            hint = f" (is it {near[0]!r}? rename it)" if near else ""
            raise InputError(
                f"{label}: needed column {column.name!r} is missing{hint}; columns found: {', '.join(names) or 'none'}"
            )


def _require(typed: pa.ChunkedArray | pa.Array, column: Column, reasons: _Reasons) -> None:
    if typed.null_count:
        rows = np.flatnonzero(np.asarray(pc.is_null(typed)))
        reasons.add_all(rows, f"{column.name}: missing, and needed")


def _typed(source: pa.ChunkedArray, column: Column, tz: str, reasons: _Reasons) -> pa.ChunkedArray | pa.Array:
    if pa.types.is_dictionary(source.type):
        source = pc.cast(source, source.type.value_type)
    if column.kind == "text":
        text = _text(source)
        return _resolved(text, column, reasons) if column.code_list else text
    if column.kind == "time":
        return _time(source, column, tz, reasons)
    if column.kind == "flag":
        return _flag(source, column, reasons)
    return _number(source, column, reasons)


def _text(source: pa.ChunkedArray) -> pa.ChunkedArray:
    """Trimmed text, empty as null; 9123456.0 from a frame with gaps reads 9123456."""
    if pa.types.is_floating(source.type):
        whole = pc.all(pc.equal(pc.floor(source), source)).as_py()
        source = pc.cast(source, pa.int64()) if whole else source
    text = pc.utf8_trim_whitespace(pc.cast(source, pa.string()))
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _resolved(text: pa.ChunkedArray, column: Column, reasons: _Reasons) -> pa.ChunkedArray:
    """Canonical codes; looked up once per distinct spelling."""
    codes = column.code_list
    assert codes is not None
    coded = pc.dictionary_encode(text.combine_chunks())
    coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    spellings = coded.dictionary.to_pylist()
    known = [codes.resolve(spelling) for spelling in spellings]
    indices = np.asarray(pc.fill_null(coded.indices, -1))
    for position, (spelling, code) in enumerate(zip(spellings, known, strict=True)):
        if code is None:
            reasons.add_all(np.flatnonzero(indices == position), codes.unknown_reason(column.name, spelling))
    return pa.chunked_array([pc.take(pa.array(known, pa.string()), coded.indices)])


def _bad_values(source: pa.ChunkedArray, ok: np.ndarray, column: Column, what: str, reasons: _Reasons) -> None:
    for row in np.flatnonzero(~ok).tolist():
        reasons.add(row, f"{column.name}: {str(source[row].as_py())[:60]!r} is not {what}")


def _number(source: pa.ChunkedArray, column: Column, reasons: _Reasons) -> pa.Array | pa.ChunkedArray:
    values, present = _as_floats(source, column, reasons)
    finite = np.isfinite(values)
    for row in np.flatnonzero(present & ~finite).tolist():
        reasons.add(row, f"{column.name}: {str(source[row].as_py())[:60]!r} is not a finite number")
    good = present & finite
    for limit, word in ((column.low, "below"), (column.high, "above")):
        if limit is None:
            continue
        wrong = good & (values < limit if word == "below" else values > limit)
        for row in np.flatnonzero(wrong).tolist():
            reasons.add(row, f"{column.name}: {values[row]:g} {column.unit} is {word} {limit:g}".replace("  ", " "))
        good &= ~wrong
    if column.kind == "integer":
        whole = good & (values == np.floor(np.where(good, values, 0)))
        _bad_values(source, whole | ~good, column, "a whole number", reasons)
        return pa.array(np.where(whole, values, 0).astype(np.int64), mask=~whole)
    return pa.array(values, mask=~good)


def _as_floats(source: pa.ChunkedArray, column: Column, reasons: _Reasons) -> tuple[np.ndarray, np.ndarray]:
    """float64 values and which rows had a value; text that is no number gets a reason."""
    if not (pa.types.is_string(source.type) or pa.types.is_large_string(source.type)):
        try:
            floats = pc.cast(source, pa.float64(), safe=False)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise InputError(f"column {column.name!r} is {source.type}, not a number") from error
        present = np.asarray(pc.is_valid(source)) & ~np.asarray(pc.fill_null(pc.is_nan(floats), False))
        return np.array(pc.fill_null(floats, float("nan")), dtype=np.float64), present
    text = _text(source)
    blank = pc.is_in(pc.utf8_lower(text), pa.array(sorted(_NO_NUMBER)))
    text = pc.if_else(blank, pa.scalar(None, pa.string()), text)
    try:
        floats = pc.cast(text, pa.float64())
        return np.array(pc.fill_null(floats, float("nan")), dtype=np.float64), np.asarray(pc.is_valid(text))
    except pa.ArrowInvalid:
        parsed = [_float(value) for value in text.to_pylist()]
    values = np.array([math.nan if value is None else value for value in parsed], dtype=np.float64)
    present = np.asarray(pc.is_valid(text))
    readable = np.array([value is not None for value in parsed], dtype=np.bool_)
    _bad_values(source, readable | ~present, column, "a number", reasons)
    return values, present & readable


def _float(text: str | None) -> float | None:
    try:
        return None if text is None or "_" in text else float(text)
    except ValueError:
        return None


def _flag(source: pa.ChunkedArray, column: Column, reasons: _Reasons) -> pa.Array | pa.ChunkedArray:
    if pa.types.is_boolean(source.type):
        return source
    values = [None if text is None else text.casefold() for text in _text(source).to_pylist()]
    flags = [True if value in _TRUE else False if value in _FALSE else None for value in values]
    ok = np.array(
        [flag is not None or value is None for flag, value in zip(flags, values, strict=True)], dtype=np.bool_
    )
    _bad_values(source, ok, column, "true or false", reasons)
    return pa.array(flags, pa.bool_())


def _time(source: pa.ChunkedArray, column: Column, tz: str, reasons: _Reasons) -> pa.Array | pa.ChunkedArray:
    """Instants. Numbers are Unix seconds; text or naive timestamps without an offset mean ``tz``."""
    kind = source.type
    target = ARROW_TYPES["time"]
    if pa.types.is_timestamp(kind):
        return pc.cast(source, target) if kind.tz else _localised(pc.cast(source, pa.timestamp("us")), tz)
    if pa.types.is_date(kind):
        return _localised(pc.cast(source, pa.timestamp("us")), tz)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        micros = pc.multiply(pc.cast(source, pa.float64()), 1e6)
        return pc.cast(pc.cast(pc.round(micros), pa.int64()), target)
    text = _text(source)
    with_offset = pc.fill_null(pc.match_substring_regex(text, _OFFSET), False)
    try:
        if not pc.any(with_offset).as_py():
            return _localised(pc.cast(text, pa.timestamp("us")), tz)
        if pc.all(pc.or_(with_offset, pc.is_null(text))).as_py():
            return pc.cast(text, target)
    except pa.ArrowInvalid:
        pass
    return _time_by_row(source, text, column, tz, reasons)


def _localised(naive: pa.ChunkedArray, tz: str) -> pa.ChunkedArray:
    return pc.cast(pc.assume_timezone(naive, tz, ambiguous="earliest", nonexistent="latest"), ARROW_TYPES["time"])


def _time_by_row(
    source: pa.ChunkedArray, text: pa.ChunkedArray, column: Column, tz: str, reasons: _Reasons
) -> pa.Array:
    zone = ZoneInfo(tz)
    out: list[datetime | None] = []
    ok = np.ones(len(text), dtype=np.bool_)
    for row, value in enumerate(text.to_pylist()):
        parsed = None if value is None else _instant(value, zone)
        ok[row] = value is None or parsed is not None
        out.append(parsed)
    _bad_values(source, ok, column, "a time (write 2026-10-31 07:05:00 or 2026-10-31T07:05:00+08:00)", reasons)
    return pa.array(out, ARROW_TYPES["time"])


def _instant(value: str, zone: ZoneInfo) -> datetime | None:
    try:
        parsed = datetime.fromisoformat(value.replace("/", "-"))
    except ValueError:
        return None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)).astimezone(UTC)
