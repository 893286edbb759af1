"""Second stage: the pieces of a day and bucket, and what silver holds of it already, become one new silver file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa

from spark_jobs.engine.fleet import ordering, silver_file
from spark_jobs.engine.fleet import settings as s
from spark_jobs.engine.fleet.register import Register, load
from spark_jobs.engine.fleet.split import SPILL, Piece
from spark_jobs.models.diesel_regional import fused
from spark_jobs.models.diesel_regional import settings as model
from spark_jobs.models.diesel_regional.intervals import KMH_PER_M_S, Fixes, cleaned

HUNDREDTHS = 100.0  # speed_clean is in 0.01 km/h
TENTHS = 10.0  # speed is in 0.1 km/h
NONE = np.zeros(0)
NO_STAGE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Merged:
    """A new silver file: rows given + rows before = kept + duplicate + contradiction; of the kept, ``jumps`` and
    ``mended`` speeds are marked, not lost."""

    day: int
    bucket: int
    path: str
    rows_new: int
    rows_before: int
    kept: int
    duplicate: int
    contradiction: int
    jumps: int
    mended: int
    vehicles: int
    bytes: int

    @property
    def closes(self) -> bool:
        return self.rows_new + self.rows_before == self.kept + self.duplicate + self.contradiction


def merge(pieces: Sequence[Piece], before: str, path: str, register_path: str) -> Merged:
    """Write the silver file ``path`` of one day and bucket; the result depends on the set of rows, not their order.

    Args:
        pieces: rows from landed files, all of one day and bucket. ``before``: the present silver file; empty: none.
    """
    register = load(register_path)
    raw = _pieces(pieces)
    rows_new = len(raw["place"])
    if before:
        old = silver_file.read(before, ["vehicle_key", "second", *silver_file.RAW])
        old["place"] = np.searchsorted(register.keys, old["vehicle_key"]).astype(np.int32)
        raw = {name: np.concatenate([raw[name], old[name].astype(raw[name].dtype)]) for name in raw}
    vehicle, present = _dense(raw["place"], len(register.keys))
    order = ordering.sorted_order(vehicle, raw["second"], len(present))
    counts = np.zeros(ordering.COUNTS, np.int64)
    kept = ordering.one_an_instant(
        order, vehicle, raw["second"], tuple(raw[name].astype(np.int32) for name in ("speed", *_other(raw))), counts
    )
    order = order[:kept]
    columns = {name: values[order] for name, values in raw.items() if name != "place"}
    marked = marked_columns(columns, vehicle[order], register, present)
    size = silver_file.write(silver_file.table(marked), path)
    silver_file.write_edges(silver_file.edges(marked, marked["begin"]), path)
    mended = int(np.count_nonzero(np.abs(marked["speed_clean"] - marked["speed"] * TENTHS) > 1))
    jumped = int(np.count_nonzero(marked["state"] & fused.REFUSED))
    first = pieces[0] if pieces else Piece(0, 0, "", 0, 0)
    return Merged(
        first.day, first.bucket, path, rows_new, len(vehicle) - rows_new, kept, int(counts[ordering.DUPLICATE]),
        int(counts[ordering.CONTRADICTION]), jumped, mended, len(present), size,
    )  # fmt: skip


def _other(raw: dict[str, np.ndarray]) -> list[str]:
    return [name for name in silver_file.RAW if name != "speed" and name in raw]


@lru_cache(maxsize=256)
def _spill(path: str) -> pa.ipc.RecordBatchFileReader:
    return pa.ipc.open_file(pa.memory_map(path))


def _pieces(pieces: Sequence[Piece]) -> dict[str, np.ndarray]:
    batches = [_spill(piece.path).get_batch(piece.batch) for piece in pieces]
    table = pa.Table.from_batches(batches, SPILL)
    return {name: table[name].to_numpy() for name in SPILL.names}


def _dense(place: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Vehicles numbered from 0 in order of their keys, and the place of each among the register's keys."""
    seen = np.zeros(size, np.bool_)
    seen[place] = True
    present = np.flatnonzero(seen)
    number = np.cumsum(seen, dtype=np.int32) - 1
    return number[place].astype(np.int32), present


def marked_columns(
    columns: dict[str, np.ndarray], vehicle: np.ndarray, register: Register, present: np.ndarray
) -> dict[str, np.ndarray]:
    """The columns with key, clean speed and state."""
    jump = np.zeros(len(vehicle), np.bool_)
    ordering.jumps(
        vehicle, columns["second"], columns["latitude"], columns["longitude"],
        model.MAX_SPEED.value / KMH_PER_M_S, s.JUMP_SLACK.value, jump,
    )  # fmt: skip
    trusted = np.flatnonzero(~jump)
    speed = columns["speed"] / (TENTHS * KMH_PER_M_S)
    speed[trusted] = _clean_speed(columns, vehicle, trusted, speed)
    load_state = (columns["status"].astype(np.int32) >> 8) & fused.LOAD_MASK
    state = (columns["status"].astype(np.int32) & fused.ENGINE_ON) | (load_state << fused.LOAD_SHIFT)
    return columns | {
        "vehicle_key": register.keys[present][vehicle],
        "speed_clean": np.round(speed * (HUNDREDTHS * KMH_PER_M_S)).astype(np.int32),
        "state": state | np.where(jump, fused.REFUSED, 0).astype(np.int32),
        "begin": ordering.begins(vehicle),
    }


def _clean_speed(
    columns: dict[str, np.ndarray], vehicle: np.ndarray, trusted: np.ndarray, speed: np.ndarray
) -> np.ndarray:
    """As ``lake model diesel-regional`` cleans speeds, a local day at a time, so that no cut of the input matters."""
    of = vehicle[trusted]
    first = np.ones(len(of), np.bool_)
    first[1:] = of[1:] != of[:-1]
    seconds = columns["second"][trusted].astype(np.float64)
    fixes = Fixes(
        seconds, speed[trusted], first, NONE, NO_STAGE, columns["latitude"][trusted] * 1e-6,
        columns["longitude"][trusted] * 1e-6, NONE, NO_STAGE, first,
    )  # fmt: skip
    return cleaned(fixes)
