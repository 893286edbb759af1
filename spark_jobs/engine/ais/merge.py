"""Second stage: the pieces of a day and bucket, and what silver holds of it already, become one new silver file."""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from spark_jobs.engine.ais import tracks
from spark_jobs.engine.ais.decode import SPILL
from spark_jobs.engine.fleet import ordering
from spark_jobs.engine.fleet.split import Piece

SCHEMA = pa.schema([pa.field(f.name, pa.int32(), nullable=False) for f in (*SPILL, pa.field("state", pa.int32()))])
READ = ["mmsi", "second", "latitude", "longitude", "speed", "status", "state"]
PACKED = dict.fromkeys(("second", "latitude", "longitude", "speed"), "DELTA_BINARY_PACKED")
ROW_GROUP = 1 << 20
EDGE = ("second", "latitude", "longitude", "speed", "status")


@dataclass(frozen=True)
class Merged:
    """A new silver file: rows given + rows before = kept + duplicate + contradiction; of the kept, jumps and fixes of
    an ambiguous identity are marked, not lost."""

    day: int
    bucket: int
    path: str
    rows_new: int
    rows_before: int
    kept: int
    duplicate: int
    contradiction: int
    jumps: int
    ambiguous: int
    ships: int
    bytes: int

    @property
    def closes(self) -> bool:
        return self.rows_new + self.rows_before == self.kept + self.duplicate + self.contradiction


def merge(pieces: Sequence[Piece], before: str, path: str) -> Merged:
    """Write the silver file ``path`` of one day and bucket; the result depends on the set of rows, not their order.

    Args:
        pieces: rows of received files, all of one day and bucket. ``before``: the present silver file; empty: none.
    """
    raw = _pieces(pieces)
    rows_new = len(raw["mmsi"])
    if before:
        old = read(before, SPILL.names)
        raw = {name: np.concatenate([raw[name], old[name]]) for name in raw}
    present, ship = np.unique(raw["mmsi"], return_inverse=True)
    order = ordering.sorted_order(ship, raw["second"], len(present))
    counts = np.zeros(ordering.COUNTS, np.int64)
    fields = tuple(raw[name] for name in ("speed", "latitude", "longitude", "course", "heading", "status"))
    order = order[: ordering.one_an_instant(order, ship, raw["second"], fields, counts)]
    columns = {name: values[order] for name, values in raw.items()}
    begin = ordering.begins(columns["mmsi"])
    columns["state"] = tracks.marked(begin, columns["second"], columns["latitude"], columns["longitude"])
    size = _written(columns, path)
    jumps, ambiguous = (int(np.count_nonzero(columns["state"] & bit)) for bit in (tracks.JUMP, tracks.AMBIGUOUS))
    first = pieces[0] if pieces else Piece(0, 0, "", 0, 0)
    return Merged(
        first.day, first.bucket, path, rows_new, len(ship) - rows_new, len(order), int(counts[ordering.DUPLICATE]),
        int(counts[ordering.CONTRADICTION]), jumps, ambiguous, len(present), size,
    )  # fmt: skip


def read(path: str, columns: Sequence[str] = READ) -> dict[str, np.ndarray]:
    """Columns of a silver file as contiguous arrays."""
    table = pq.read_table(path, columns=list(columns), use_threads=False, memory_map=True)
    return {name: table[name].combine_chunks().to_numpy() for name in table.column_names}


def edges_path(path: str) -> str:
    """Where the first and last trusted fixes of a silver file's ships stand."""
    return path.removesuffix(".parquet") + ".edges"


@lru_cache(maxsize=64)
def _spill(path: str) -> pa.ipc.RecordBatchFileReader:
    return pa.ipc.open_file(pa.memory_map(path))


def _pieces(pieces: Sequence[Piece]) -> dict[str, np.ndarray]:
    table = pa.Table.from_batches([_spill(piece.path).get_batch(piece.batch) for piece in pieces], SPILL)
    return {name: table[name].to_numpy() for name in SPILL.names}


def _written(columns: dict[str, np.ndarray], path: str) -> int:
    """Write the file and its edges whole or not at all; returns the file's bytes."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    table = pa.table([pa.array(columns[f.name].astype(np.int32, copy=False)) for f in SCHEMA], schema=SCHEMA)
    draft = f"{path}.{uuid.uuid4().hex}.draft"
    pq.write_table(
        table, draft, row_group_size=ROW_GROUP, compression="none", column_encoding=PACKED, write_statistics=False,
        use_dictionary=[name for name in SCHEMA.names if name not in PACKED], store_schema=False,
    )  # fmt: skip
    trusted = np.flatnonzero(columns["state"] == 0)
    begin = ordering.begins(columns["mmsi"][trusted])
    out = {"mmsi": columns["mmsi"][trusted[begin[:-1]]]}
    for name, at in (("first", trusted[begin[:-1]]), ("last", trusted[begin[1:] - 1])):
        out |= {f"{name}_{column}": columns[column][at] for column in EDGE}
    edges = f"{edges_path(path)}.{uuid.uuid4().hex}.draft"
    pq.write_table(pa.table(out), edges, compression="lz4", write_statistics=False)
    os.replace(edges, edges_path(path))
    os.replace(draft, path)
    return os.stat(path).st_size
