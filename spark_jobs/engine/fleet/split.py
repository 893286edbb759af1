"""First stage: a landed file's rows are checked and laid out by day and bucket in a spill file of Arrow batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numba
import numpy as np
import pyarrow as pa

from spark_jobs.engine.fleet import fields
from spark_jobs.engine.fleet import settings as s
from spark_jobs.engine.fleet.register import Register, load

DAY_S = 86400
REASONS = ("unknown_terminal", "not_located", "out_of_bounds", "wrong_clock", "no_speed")
LOCATED = 2
INVALID_SPEED = 65535  # JT/T 808: no measurement
SPILL = pa.schema([
    ("place", pa.int32()), ("second", pa.int32()), ("latitude", pa.int32()), ("longitude", pa.int32()),
    ("altitude", pa.int16()), ("speed", pa.uint16()), ("direction", pa.uint16()), ("status", pa.uint32()),
    ("alarm", pa.uint32()),
])  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """Rows of a day and bucket in a spill file; ``day``: days since 1970, ``batch``: number of the Arrow batch."""

    day: int
    bucket: int
    path: str
    batch: int
    rows: int


@dataclass(frozen=True)
class Split:
    """What became of a landed file: rows in = rows of the pieces + refused by reason."""

    path: str
    rows_in: int
    pieces: tuple[Piece, ...]
    refused: dict[str, int]

    @property
    def closes(self) -> bool:
        return self.rows_in == sum(p.rows for p in self.pieces) + sum(self.refused.values())


@numba.njit(cache=True, nogil=True)
def routed(
    terminal: np.ndarray, time: np.ndarray, latitude: np.ndarray, longitude: np.ndarray, speed: np.ndarray,
    status: np.ndarray, known: np.ndarray, place_of: np.ndarray, bucket_of: np.ndarray, until: int, limits: np.ndarray,
    buckets: int, days: int, place: np.ndarray, slot: np.ndarray, refused: np.ndarray,
) -> None:  # fmt: skip
    """Fill ``place`` (of the vehicle among the register's keys) and ``slot`` (day back × buckets + bucket; −1 refused).

    Args:
        limits: south, north, west, east (1e-6 degree), most speed (0.1 km/h), seconds a clock may be ahead.
    """
    newest = (until - 1) // 86400 + 1
    for i in range(len(terminal)):
        low, high = 0, len(known)
        while low < high:
            middle = (low + high) >> 1
            if known[middle] < terminal[i]:
                low = middle + 1
            else:
                high = middle
        why = -1
        if low == len(known) or known[low] != terminal[i]:
            why = 0
        elif not status[i] & 2:
            why = 1
        elif not (limits[0] <= latitude[i] <= limits[1] and limits[2] <= longitude[i] <= limits[3]):
            why = 2
        elif time[i] > until + limits[5] or time[i] // 86400 <= newest - days:
            why = 3
        elif speed[i] > limits[4]:
            why = 4
        if why >= 0:
            refused[why] += 1
            slot[i] = -1
            continue
        place[i] = place_of[low]
        slot[i] = (newest - time[i] // 86400) * buckets + bucket_of[place[i]]


@numba.njit(cache=True, nogil=True)
def by_slot(slot: np.ndarray, slots: int) -> tuple[np.ndarray, np.ndarray]:
    """Stable order of the rows that have a slot, and where each slot begins in it (slots + 1)."""
    begin = np.zeros(slots + 1, np.int64)
    for value in slot:
        if value >= 0:
            begin[value + 1] += 1
    for k in range(slots):
        begin[k + 1] += begin[k]
    at, order = begin[:-1].copy(), np.empty(begin[-1], np.int32)
    for i in range(len(slot)):
        if slot[i] >= 0:
            order[at[slot[i]]] = i
            at[slot[i]] += 1
    return order, begin


class _Spills:
    """Spill files of one landed file, one a day, opened when first needed."""

    def __init__(self, folder: str, stem: str) -> None:
        self.folder, self.stem = folder, stem
        self.open: dict[int, tuple[str, pa.ipc.RecordBatchFileWriter]] = {}
        self.written: Counter[int] = Counter()

    def add(self, day: int, bucket: int, rows: pa.RecordBatch) -> Piece:
        if day not in self.open:
            path = str(Path(self.folder) / f"{self.stem}.day{day}.arrow")
            self.open[day] = path, pa.ipc.new_file(path, SPILL)
        path, writer = self.open[day]
        writer.write_batch(rows)
        self.written[day] += 1
        return Piece(day, bucket, path, self.written[day] - 1, rows.num_rows)

    def close(self) -> None:
        for _, writer in self.open.values():
            writer.close()


def limits() -> np.ndarray:
    """Bounds of a plausible fix, in the units of the fields."""
    degrees = [v.value * 1e6 for v in (s.SOUTH, s.NORTH, s.WEST, s.EAST)]
    return np.array([*degrees, s.FASTEST.value * 10.0, s.AHEAD.value])


def bucket_of(register: Register) -> np.ndarray:
    """Bucket of each of the register's keys: the low bits of a hash, so the same on every day and machine."""
    return (register.keys % int(s.BUCKETS.value)).astype(np.int32)


def split(path: str, register_path: str, folder: str) -> Split:
    """Lay out one landed file; the spill files are new ones in ``folder``.

    Raises:
        UnreadableFile: names the file and the mend.
    """
    register = load(register_path)
    place_of = np.searchsorted(register.keys, register.key).astype(np.int32)
    until, bucket = fields.received_until(path), bucket_of(register)
    spills, refused = _Spills(folder, Path(path).name), np.zeros(len(REASONS), np.int64)
    pieces, rows = list[Piece](), 0
    try:
        for table in fields.batches(path, int(s.CHUNK.value)):
            rows += table.num_rows
            pieces += _laid_out(table, register, place_of, bucket, until, refused, spills)
    finally:
        spills.close()
    told = {reason: int(n) for reason, n in zip(REASONS, refused, strict=True) if n}
    return Split(path, rows, tuple(pieces), told)


def _laid_out(
    table: pa.Table, register: Register, place_of: np.ndarray, bucket: np.ndarray, until: int, refused: np.ndarray,
    spills: _Spills,
) -> Iterator[Piece]:  # fmt: skip
    columns = {name: table[name].to_numpy() for name in table.column_names}
    buckets, days = int(s.BUCKETS.value), int(s.LATE_DAYS.value) + 2
    place, slot = np.empty(len(table), np.int32), np.empty(len(table), np.int32)
    routed(
        columns["terminal_id"], columns["time"], columns["latitude"], columns["longitude"], columns["speed"],
        columns["status"], register.terminal, place_of, bucket, until, limits(), buckets, days, place, slot, refused,
    )  # fmt: skip
    order, begin = by_slot(slot, buckets * days)
    columns |= {"place": place, "second": columns["time"] % DAY_S}
    arrays = [pa.array(columns[f.name][order].astype(f.type.to_pandas_dtype(), copy=False)) for f in SPILL]
    batch = pa.RecordBatch.from_arrays(arrays, schema=SPILL)
    newest = (until - 1) // DAY_S + 1
    for k in np.flatnonzero(np.diff(begin)).tolist():
        part = batch.slice(int(begin[k]), int(begin[k + 1] - begin[k]))
        yield spills.add(newest - k // buckets, k % buckets, part)
