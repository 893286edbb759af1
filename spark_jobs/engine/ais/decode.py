"""First stage: a received file's messages are checked and laid out by day and bucket in a spill file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numba
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from spark_jobs.engine.ais import settings as s
from spark_jobs.engine.ais.received import DAY_S, PER_DEGREE, Positions, Reader
from spark_jobs.engine.fleet.split import Piece, by_slot

ROUTE_REASONS = ("not_a_ship", "not_located", "out_of_area", "wrong_clock")
REASONS = ("unreadable", "bad_checksum", "incomplete", "no_clock", "other_type", *ROUTE_REASONS)
SPILL = pa.schema([
    ("mmsi", pa.int32()), ("second", pa.int32()), ("latitude", pa.int32()), ("longitude", pa.int32()),
    ("speed", pa.int32()), ("course", pa.int32()), ("heading", pa.int32()), ("status", pa.int32()),
])  # fmt: skip


@dataclass(frozen=True)
class Decoded:
    """What became of a received file: lines = positions routed + lines of statics + refused by reason."""

    path: str
    rows_in: int
    rows_static: int
    no_speed: int
    pieces: tuple[Piece, ...]
    refused: dict[str, int]
    statics: str

    @property
    def rows_routed(self) -> int:
        return sum(p.rows for p in self.pieces)

    @property
    def closes(self) -> bool:
        return self.rows_in == self.rows_routed + self.rows_static + sum(self.refused.values())


@numba.njit(cache=True, nogil=True)
def _routed(
    mmsi: np.ndarray, time: np.ndarray, latitude: np.ndarray, longitude: np.ndarray, until: int, limits: np.ndarray,
    buckets: int, days: int, slot: np.ndarray, refused: np.ndarray,
) -> None:  # fmt: skip
    """Fill ``slot`` (day back × buckets + bucket; −1 refused). ``limits``: as ``_limits``."""
    newest = (until - 1) // 86400 + 1
    for i in range(len(mmsi)):
        why = -1
        if not limits[0] <= mmsi[i] <= limits[1]:
            why = 0
        elif abs(latitude[i]) > 90 * 600_000 or abs(longitude[i]) > 180 * 600_000:
            why = 1
        elif not (limits[2] <= latitude[i] <= limits[3] and limits[4] <= longitude[i] <= limits[5]):
            why = 2
        elif time[i] > until + limits[6] or time[i] // 86400 <= newest - days:
            why = 3
        if why >= 0:
            refused[why] += 1
            slot[i] = -1
        else:
            slot[i] = (newest - time[i] // 86400) * buckets + mmsi[i] * 2654435761 % 4294967296 * buckets // 4294967296


def _limits() -> np.ndarray:
    degrees = [v.value * PER_DEGREE for v in (s.SOUTH, s.NORTH, s.WEST, s.EAST)]
    return np.array([s.LEAST_MMSI.value, s.MOST_MMSI.value, *degrees, s.AHEAD.value])


def decode(path: str, folder: str) -> Decoded:
    """Lay out one received file; its spill files (positions, statements) are new ones in ``folder``.

    Raises:
        UnreadableFile: names the file and the mend.
    """
    stem, reader = Path(folder) / Path(path).name, Reader(path)
    refused = np.zeros(len(ROUTE_REASONS), np.int64)
    pieces, no_speed = list[Piece](), 0
    spill = f"{stem}.arrow"
    with pa.ipc.new_file(spill, SPILL) as writer:
        for columns in reader.positions():
            no_speed += int(np.count_nonzero(columns["speed"] >= s.NO_SPEED.value))
            for day, bucket, rows in _laid_out(columns, reader.until, refused):
                writer.write_batch(rows)
                pieces.append(Piece(day, bucket, spill, len(pieces), rows.num_rows))
    told = Counter(dict(zip(ROUTE_REASONS, refused.tolist(), strict=True)))
    told.update(reader.refused)
    told.update(reader.statics.refused)
    statics = f"{stem}.statics"
    pq.write_table(reader.statics.table(), statics)
    own = {reason: int(n) for reason, n in told.items() if n}
    return Decoded(path, reader.lines, reader.statics.sentences, no_speed, tuple(pieces), own, statics)


def _laid_out(columns: Positions, until: int, refused: np.ndarray) -> Iterator[tuple[int, int, pa.RecordBatch]]:
    buckets, days = int(s.BUCKETS.value), int(s.LATE_DAYS.value) + 2
    slot = np.empty(len(columns["mmsi"]), np.int32)
    place = columns["latitude"], columns["longitude"]
    _routed(columns["mmsi"], columns["time"], *place, until, _limits(), buckets, days, slot, refused)
    order, begin = by_slot(slot, buckets * days)
    columns = columns | {"second": columns["time"] % DAY_S}
    batch = pa.RecordBatch.from_arrays([pa.array(columns[f.name][order].astype(np.int32)) for f in SPILL], schema=SPILL)
    newest = (until - 1) // DAY_S + 1
    for k in np.flatnonzero(np.diff(begin)).tolist():
        yield newest - k // buckets, k % buckets, batch.slice(int(begin[k]), int(begin[k + 1] - begin[k]))
