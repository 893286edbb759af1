"""Hand-made positions as a terminal sends them, and the way from files to hours without Spark."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from spark_jobs.engine.fleet import grid as grids
from spark_jobs.engine.fleet import hours, register
from spark_jobs.engine.fleet.merge import Merged, merge
from spark_jobs.engine.fleet.split import Piece, Split, split

MIDNIGHT = 1_795_104_000  # 2026-11-20T00:00 in Shanghai, Unix s
DAY = 20_777  # days from 1970 to 2026-11-20
METRES_PER_DEGREE = 111_195.0
FIELDS = ("terminal_id", "time", "latitude", "longitude", "altitude", "speed", "direction", "status", "alarm")


def track(
    terminal: int, begin: int, speeds_kmh: Sequence[float], every: int = 30, altitude: Sequence[float] | None = None,
    status: int = 3,
) -> np.ndarray:  # fmt: skip
    """Fixes of one terminal driving north from 31.0° N; rows of FIELDS, ``time`` in seconds since MIDNIGHT."""
    speed = np.asarray(speeds_kmh, float)
    t = begin + every * np.arange(len(speed))
    path = np.concatenate([[0.0], np.cumsum((speed[1:] + speed[:-1]) / 7.2 * every)])
    out = np.zeros((len(speed), len(FIELDS)), np.int64)
    out[:, 0], out[:, 1] = terminal, t
    out[:, 2] = np.round((31.0 + path / METRES_PER_DEGREE) * 1e6)
    out[:, 3], out[:, 5], out[:, 7] = 121_300_000, np.round(speed * 10), status
    out[:, 4] = 5 if altitude is None else np.round(altitude)
    return out


def landed(folder: Path, window: str, rows: np.ndarray, name: str = "a", form: str = "parquet") -> str:
    """Write rows as a received file of a window like 2026-11-20T07; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    columns = {field: rows[:, n] for n, field in enumerate(FIELDS)}
    if form == "csv":
        local = (MIDNIGHT + rows[:, 1]).astype("datetime64[s]") + np.timedelta64(8, "h")
        digits = [int(str(t).translate(str.maketrans("", "", "-T:"))[2:]) for t in local]
        path = str(folder / f"positions-{window}-{name}.csv.gz")
        with pa.output_stream(path, compression="gzip") as sink:
            pc.write_csv(pa.table(columns | {"time": digits}), sink)
        return path
    path = str(folder / f"positions-{window}-{name}.parquet")
    time = pa.array((MIDNIGHT + rows[:, 1]) * 1000).cast(pa.timestamp("ms", "UTC"))
    pq.write_table(pa.table(columns | {"time": time}), path)
    return path


class Lake:
    """A register, a small grid and silver files in a folder; days and buckets as the engine keeps them."""

    def __init__(self, folder: Path, terminals: Sequence[int], mass_class: str = "gt_12t") -> None:
        self.folder, size = folder, len(terminals)
        table = {
            "terminal_id": pa.array(terminals, pa.int64()), "plate": [f"沪I{n:06d}" for n in range(size)],
            "mass_class": [mass_class] * size, "kerb_t": [15.0] * size, "payload_t": [20.0] * size,
        }  # fmt: skip
        folder.mkdir(parents=True, exist_ok=True)
        self.register = str(folder / "register.parquet")
        pq.write_table(register.sealed(pa.table(table), b"secret"), self.register)
        self.grid = small_grid(folder)
        self.files: dict[tuple[int, int], str] = {}
        self.count = 0

    def take(self, *paths: str) -> tuple[list[Split], list[Merged]]:
        """Split and merge received files into the lake in one run."""
        spill = self.folder / f"spill-{self.count}"
        spill.mkdir()
        splits = [split(path, self.register, str(spill)) for path in paths]
        pieces: dict[tuple[int, int], list[Piece]] = {}
        for piece in (p for s in splits for p in s.pieces):
            pieces.setdefault((piece.day, piece.bucket), []).append(piece)
        merged = []
        for key, own in pieces.items():
            path = str(self.folder / f"{key[0]}-{key[1]}-{self.count}.parquet")
            merged.append(merge(own, self.files.get(key, ""), path, self.register))
            self.files[key] = path
        self.count += 1
        return splits, merged

    def hours(self, day: int = DAY) -> pa.Table:
        """Vehicle-hours and cell-hours of a day, in a settled order."""
        files = [
            hours.DayFile(path, self.files.get((day - 1, bucket), ""), self.files.get((day + 1, bucket), ""))
            for (of, bucket), path in sorted(self.files.items())
            if of == day
        ]
        table = pa.Table.from_batches(list(hours.rows(files, day, self.register, self.grid)))
        return table.sort_by([("kind", "ascending"), ("object_id", "ascending"), ("hour_start", "ascending")])


def small_grid(folder: Path) -> str:
    """A grid file of the engine's shape that knows only a few squares, so that tests need not make the whole map."""
    south, west, step, rows, columns, resolution = grids._shape()
    near = h3.latlng_to_cell(31.0, 121.3, resolution)
    cell = np.zeros((rows, columns), np.uint16)
    cell[(31_000_000 - south) // step, (121_300_000 - west) // step] = 1
    path = folder / "grid.npz"
    np.savez(path, ids=np.array([0, near]), cell=cell)
    return str(path)


def total(table: pa.Table, column: str, kind: str = hours.VEHICLE) -> float:
    """Sum of a column over one kind of rows."""
    return float(sum(v for k, v in zip(table["kind"].to_pylist(), table[column].to_pylist(), strict=True) if k == kind))
