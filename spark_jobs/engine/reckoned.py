"""Activity reckoned under the factors and methods in force: one stretch of time for each way of reckoning it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from spark_jobs.accounting.accounts import methods
from spark_jobs.accounting.apply_factors import STATEMENT, Accounted, apply_factors
from spark_jobs.accounting.in_force import State, Step, steps
from spark_jobs.accounting.recipes import Question

_NEVER = np.iinfo(np.int64).max
_KEY = ("gas", "chain", "electricity_series")
Results = tuple[frozenset[str], frozenset[str], frozenset[str]]  # gases, chains, electricity series
Steps = dict[tuple[str, str, str], tuple[Step, ...]]


@dataclass(frozen=True)
class Reckoned:
    """Rows that one state made of activity: `found` has activity_id; the other columns are row by row beside it.

    `change_id` is empty for a row that is there since its activity is known.
    """

    activity: pa.Table
    found: pa.Table
    known_from: pa.Array
    known_to: pa.Array
    change_id: pa.Array

    def only(self, results: Results | None) -> Reckoned:
        """Those rows of these gases, chains and series; None: all."""
        if results is None:
            return self
        kept = [pc.is_in(self.found[k], pa.array(sorted(r))) for k, r in zip(_KEY, results, strict=True)]
        chosen = _flat(pc.and_(kept[0], pc.and_(kept[1], kept[2])))
        times = (c.filter(chosen) for c in (self.known_from, self.known_to, self.change_id))
        return Reckoned(self.activity, self.found.filter(chosen), *times)


def reckon(
    activity: pa.Table, timeline: tuple[State, ...], part: str, only: Results | None = None
) -> Iterator[Reckoned]:
    """Rows of gold.emission (`part` emission) or gold.energy (energy) of these activities, under every state.

    activity: as `apply_factors` wants it, with known_from, known_to, method and method_tier. The rows of one result
    (activity × gas × chain × series) follow each other without gap or overlap; two that would be equal are one.
    """
    for piece in _reckon(activity, timeline, part):
        yield piece.only(only)


def _reckon(activity: pa.Table, timeline: tuple[State, ...], part: str) -> Iterator[Reckoned]:
    if len(timeline) == 1:
        yield _plain(activity, timeline[0], part)
        return
    code, kinds = _signatures(activity, timeline)
    moved = np.array([any(len(line) > 1 for line in kind.values()) for kind in kinds], dtype=bool)[code]
    if not moved.all():
        yield _plain(activity.filter(pa.array(~moved)), timeline[-1], part)
    if not moved.any():
        return
    rows, code = activity.filter(pa.array(moved)), code[moved]
    spans = _Spans(rows, timeline)
    for i, state in enumerate(timeline):
        here = spans.within(i)
        if here.any():
            yield _of_state(rows.filter(pa.array(here)), code[here], kinds, spans.of(here), i, state, part)


def last_state(activity: pa.Table, timeline: tuple[State, ...]) -> Iterator[tuple[pa.Table, State]]:
    """Activities by the state that was in force when they were last valid."""
    if len(timeline) == 1:
        yield activity, timeline[0]
        return
    spans = _Spans(activity, timeline)
    for i, state in enumerate(timeline):
        here = spans.last == i
        if here.any():
            yield with_methods(activity.filter(pa.array(here)), state), state


def with_methods(activity: pa.Table, state: State) -> pa.Table:
    """The rows with the methods that a state puts in the place of others: name, tier and fuel set."""
    for old, new in state.methods:
        chosen = pc.equal(activity["method"], old)
        if not pc.any(chosen).as_py():
            continue
        body = methods()[new]
        for name, value in (("method", new), ("method_tier", str(body["tier"])), ("fuel_set", str(body["fuel_set"]))):
            if name in activity.schema.names:
                place = activity.schema.get_field_index(name)
                activity = activity.set_column(place, name, pc.if_else(chosen, value, activity[name]))
    return activity


class _Spans:
    """Since when and until when each activity is known, in microseconds, and its first and last state."""

    def __init__(self, rows: pa.Table, timeline: tuple[State, ...]) -> None:
        self.begin, self.end = _micros(rows["known_from"], _NEVER), _micros(rows["known_to"], _NEVER)
        self.since = np.array([_instant(s.since) for s in timeline], dtype=np.int64)
        self.first = np.searchsorted(self.since, self.begin, side="right") - 1
        self.last = np.maximum(np.searchsorted(self.since, self.end, side="left") - 1, self.first)

    def within(self, state: int) -> np.ndarray:
        return (self.first <= state) & (state <= self.last)

    def of(self, chosen: np.ndarray) -> _Spans:
        other = object.__new__(_Spans)
        other.since = self.since
        for name in ("begin", "end", "first", "last"):
            setattr(other, name, getattr(self, name)[chosen])
        return other


def _plain(activity: pa.Table, state: State, part: str) -> Reckoned:
    rows = with_methods(activity, state)
    found = _result(apply_factors(rows, state.library), part)
    place = pc.index_in(found["activity_id"], rows["activity_id"])
    return Reckoned(
        rows, found, _flat(rows["known_from"].take(place)), _flat(rows["known_to"].take(place)),
        pa.repeat(pa.scalar("", pa.string()), found.num_rows),
    )  # fmt: skip


def _of_state(
    rows: pa.Table, code: np.ndarray, kinds: list[Steps], spans: _Spans, i: int, state: State, part: str
) -> Reckoned:
    """Rows that begin in this state: of a step that begins here, and of activity that becomes known here."""
    rows = with_methods(rows, state)
    found = _result(apply_factors(rows, state.library), part)
    place = pc.index_in(found["activity_id"], rows["activity_id"]).to_numpy(zero_copy_only=False)
    starts, ends = _bounds(found, code[place], kinds, i, part)
    begins = np.maximum(starts, spans.first[place]) == i
    original = spans.first[place] == i
    known_from = np.where(original, spans.begin[place], spans.since[i])
    next_since = np.append(spans.since, _NEVER)[ends]
    known_to = np.minimum(spans.end[place], next_since)
    kept = pa.array(begins)
    kind = rows.schema.field("known_from").type
    return Reckoned(
        rows,
        found.filter(kept),
        _times(known_from[begins], kind),
        _times(known_to[begins], kind),
        pa.array(np.where(original[begins], "", state.change_id), pa.string()),
    )


def _bounds(found: pa.Table, code: np.ndarray, kinds: list[Steps], i: int, part: str) -> tuple[np.ndarray, np.ndarray]:
    """For each row, the state in which its step begins, and that in which the next one does (-1: there is none)."""
    if part == "energy":
        keys, key_code = [("", "", "")], np.zeros(found.num_rows, dtype=np.int64)
    else:
        joined = pc.dictionary_encode(_flat(pc.binary_join_element_wise(*(_flat(found[k]) for k in _KEY), "\n")))
        keys = [tuple(text.split("\n")) for text in joined.dictionary.to_pylist()]
        key_code = joined.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    pairs, inverse = np.unique(code * len(keys) + key_code, return_inverse=True)
    found_bounds = [_step_at(kinds[int(p) // len(keys)].get(keys[int(p) % len(keys)]), i) for p in pairs]
    bounds = np.array(found_bounds, dtype=np.int64).reshape(-1, 2)
    return bounds[inverse, 0], bounds[inverse, 1]


def _step_at(line: tuple[Step, ...] | None, i: int) -> tuple[int, int]:
    if not line:
        return 0, -1
    begun = [s.state for s in line if s.state <= i]
    later = [s.state for s in line if s.state > i]
    return begun[-1], later[0] if later else -1


def _signatures(activity: pa.Table, timeline: tuple[State, ...]) -> tuple[np.ndarray, list[Steps]]:
    """A code per row for the kind of activity it is, and how each kind is reckoned over time."""
    series = pc.binary_join(_flat(activity["series"]).cast(pa.list_(pa.string())), " ")
    fuel_set = pc.if_else(pc.equal(activity["activity_class"], STATEMENT), STATEMENT, activity["fuel_set"])
    names = ("activity_type", "unit", "date", "region", "method")
    texts = [_flat(fuel_set), *(_flat(activity[n]) for n in names), _flat(series)]
    joined = pc.dictionary_encode(pc.binary_join_element_wise(*(pc.fill_null(t, "") for t in texts), "\n"))
    kinds = []
    for text in joined.dictionary.to_pylist():
        fuels, energy, unit, date, region, method, wanted = text.split("\n")
        kinds.append(steps(Question(fuels, energy, unit, date, region, tuple(wanted.split(" "))), method, timeline))
    return joined.indices.to_numpy(zero_copy_only=False).astype(np.int64), kinds


def _result(accounted: Accounted, part: str) -> pa.Table:
    return accounted.emission if part == "emission" else accounted.energy


def _micros(column: pa.ChunkedArray, missing: int) -> np.ndarray:
    return pc.fill_null(_flat(column).cast(pa.timestamp("us", "UTC")).cast(pa.int64()), missing).to_numpy(
        zero_copy_only=False
    )


def _times(values: np.ndarray, kind: pa.DataType) -> pa.Array:
    return pa.array(values, pa.int64(), mask=values == _NEVER).cast(pa.timestamp("us", "UTC")).cast(kind)


def _instant(moment: datetime) -> int:
    return -_NEVER if moment.year == 1 else int(moment.timestamp()) * 1_000_000 + moment.microsecond


def _flat(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
