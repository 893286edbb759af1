"""The part of the modelled engine that runs in Spark's tasks: batches of source rows in, what the model says out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from spark_jobs.models.conform import ARROW_TYPES
from spark_jobs.models.registry import model

_INSTANT = pa.timestamp("us", tz="Asia/Shanghai")


class ModelMisused(RuntimeError):
    """A model did not answer row by row, and the spec names no group."""

    exit_code = 65


@dataclass(frozen=True)
class Call:
    """What a task runs: the model by name, its options and files, the columns that make a group (empty: rows), and
    whether it must see all rows of the task at once."""

    model: str
    options: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, pa.Table] = field(default_factory=dict)
    group: tuple[str, ...] = ()
    whole: bool = False


def task_of(call: Call) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Worker function for ``mapInArrow`` over (s, i, …); yields (s, m), rows of ``s`` and the model's, side by side."""

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        if call.group or call.whole:
            whole = list(batches)
            batches = iter(pa.Table.from_batches(whole).combine_chunks().to_batches() if whole else [])
        for batch in batches:
            if batch.num_rows:
                yield answered(call, batch)

    return task


def answered(call: Call, batch: pa.RecordBatch) -> pa.RecordBatch:
    """Rows (s, m) of one batch (s, i, …); raises ModelMisused."""
    inputs = pa.Table.from_struct_array(batch.column("i"))
    answer = model(call.model).run(inputs, **call.options, **call.files)
    source = batch.column("s")
    if call.group:
        source = source.take(_first_of(inputs, answer, call.group))
    elif answer.num_rows != inputs.num_rows:
        raise ModelMisused(
            f"model {call.model} gave {answer.num_rows} rows for {inputs.num_rows}: name what it groups by in `group`"
        )
    return pa.RecordBatch.from_arrays([source, _struct(answer)], names=["s", "m"])


def _first_of(inputs: pa.Table, answer: pa.Table, group: tuple[str, ...]) -> pa.Array:
    """Position of the first source row with the group of each answer."""
    found = pc.index_in(_joined(answer, group), _joined(inputs, group))
    if found.null_count:
        raise ModelMisused(f"the model returned values of {', '.join(group)} that were not among its input")
    return found


def _joined(table: pa.Table, group: tuple[str, ...]) -> pa.Array:
    texts = [pc.fill_null(pc.cast(table.column(name), pa.string()), "") for name in group]
    joined = pc.binary_join_element_wise(*texts, "|")
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def _struct(answer: pa.Table) -> pa.StructArray:
    """The model's columns as one struct, times in the session's zone."""
    arrays, names = [], []
    for name in answer.column_names:
        column = answer.column(name)
        kind = _INSTANT if pa.types.is_timestamp(column.type) else column.type
        if pa.types.is_null(kind):
            kind = ARROW_TYPES["text"]
        arrays.append(pc.cast(column, kind).combine_chunks())
        names.append(name)
    return pa.StructArray.from_arrays(arrays, names=names)
