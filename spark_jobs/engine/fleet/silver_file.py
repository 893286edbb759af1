"""The silver file of a day and bucket: whole vehicles in order of time, laid out for speed of reading."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from spark_jobs.models.diesel_regional import fused

SCHEMA = pa.schema([
    pa.field(name, pa.int64() if name == "vehicle_key" else pa.int32(), nullable=False)
    for name in (
        "vehicle_key", "second", "latitude", "longitude", "speed_clean", "altitude", "state", "speed", "direction",
        "status", "alarm",
    )
])  # fmt: skip
READ = SCHEMA.names[:7]  # what the kernel needs
RAW = ("latitude", "longitude", "altitude", "speed", "direction", "status", "alarm")
ROW_GROUP = 1 << 20
# Measured (docs/capacity.md): no nulls, numbers as packed differences, codes in dictionaries, no further compression.
# Split byte planes under LZ4 decode 15 % faster, but DuckDB does not read them for whole numbers.
PACKED = dict.fromkeys(("second", "latitude", "longitude", "speed_clean", "altitude", "speed"), "DELTA_BINARY_PACKED")
DICTIONARY = [name for name in SCHEMA.names if name not in PACKED]


def table(columns: dict[str, np.ndarray]) -> pa.Table:
    """The columns of ``SCHEMA`` as a table."""
    arrays = [pa.array(columns[f.name].astype(f.type.to_pandas_dtype(), copy=False)) for f in SCHEMA]
    return pa.table(arrays, schema=SCHEMA)


def write(table: pa.Table, path: str) -> int:
    """Write whole or not at all; returns bytes."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    draft = f"{path}.{uuid.uuid4().hex}.draft"
    pq.write_table(
        table, draft, row_group_size=ROW_GROUP, compression="none", use_dictionary=DICTIONARY, column_encoding=PACKED,
        write_statistics=False, store_schema=False,
    )  # fmt: skip
    os.replace(draft, path)
    return os.stat(path).st_size


def read(path: str, columns: list[str] | None = None) -> dict[str, np.ndarray]:
    """Columns as contiguous arrays (by default those of the kernel); single-threaded, as a task has one core."""
    table = pq.read_table(path, columns=columns or READ, use_threads=False, memory_map=True)
    return {name: table[name].combine_chunks().to_numpy() for name in table.column_names}


def edges_path(path: str) -> str:
    """Where the first and last fixes of a silver file's vehicles stand."""
    return path.removesuffix(".parquet") + ".edges"


def edges(columns: dict[str, np.ndarray], begin: np.ndarray) -> pa.Table:
    """Per vehicle: its first fix and its last two that are no jumps: what the neighbouring days need of this one."""
    trusted = np.flatnonzero((columns["state"] & fused.REFUSED) == 0)
    key = columns["vehicle_key"][trusted]
    first = np.flatnonzero(np.diff(key, prepend=key[0] - 1 if len(key) else 0))
    last = np.append(first[1:], len(key)) - 1
    before = np.maximum(last - 1, first)
    out = {"vehicle_key": key[first], "fixes": np.minimum(last - first + 1, 2)}
    for name, at in (("first", first), ("before", before), ("last", last)):
        for column in ("second", "speed_clean", "altitude"):
            out[f"{name}_{column}"] = columns[column][trusted[at]]
    for column in ("latitude", "longitude"):
        out[f"last_{column}"] = columns[column][trusted[last]]
    return pa.table(out)


def write_edges(table: pa.Table, path: str) -> None:
    """Write the edges beside the silver file ``path``."""
    draft = f"{edges_path(path)}.{uuid.uuid4().hex}.draft"
    pq.write_table(table, draft, compression="lz4", write_statistics=False)
    os.replace(draft, edges_path(path))
