"""Third stage: silver files of a day → rows of vehicle-hours and cell-hours, by the fused kernel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from spark_jobs.engine.fleet import grid as grids
from spark_jobs.engine.fleet import ordering, silver_file
from spark_jobs.engine.fleet import settings as s
from spark_jobs.engine.fleet.register import Register, load
from spark_jobs.models.diesel_regional import fused
from spark_jobs.models.diesel_regional.groups import ENERGY, FUEL_SET, KG_PER_TONNE, fuel_kg
from spark_jobs.models.emission import emissions
from spark_jobs.models.frame import FloatArray

DAY_S, HOUR_S, OFFSET_S, MICRO = 86400, 3600, 8 * 3600, 1_000_000
METRES_PER_KM = 1000.0
M_S_PER_UNIT = 1.0 / 360.0  # speed_clean is in 0.01 km/h
VEHICLE, CELL = "vehicle", "cell"
TIME = pa.timestamp("us", "Asia/Shanghai")
ROWS = pa.schema([
    ("kind", pa.string()), ("object_id", pa.int64()), ("hour_start", TIME),
    ("vehicles", pa.int32()), ("positions", pa.int64()), ("distance_km", pa.float64()), ("moving_s", pa.float64()),
    ("idle_s", pa.float64()), ("silent_s", pa.float64()), ("stops", pa.int64()), ("trips", pa.int64()),
    ("fuel_kg", pa.float64()), ("co2_kg", pa.float64()),
    # of parts of trips (hour_start: their start)
    ("end_at", TIME), ("start_latitude_deg", pa.float64()), ("start_longitude_deg", pa.float64()),
    ("end_latitude_deg", pa.float64()), ("end_longitude_deg", pa.float64()), ("start_district", pa.string()),
    ("end_district", pa.string()), ("halt_before_kg", pa.float64()), ("halt_after_kg", pa.float64()),
    # of vehicle-days' datums (hour_start: midnight)
    ("datum", pa.string()), ("compared", pa.int64()), ("near_as_sent", pa.int64()), ("near_turned", pa.int64()),
    ("log_likelihood", pa.float64()),
])  # fmt: skip
SUMMED = 13  # so many columns have a value in every row
DDL = (
    "kind STRING, object_id BIGINT, hour_start TIMESTAMP, vehicles INT, positions BIGINT, distance_km DOUBLE, "
    "moving_s DOUBLE, idle_s DOUBLE, silent_s DOUBLE, stops BIGINT, trips BIGINT, fuel_kg DOUBLE, co2_kg DOUBLE, "
    "end_at TIMESTAMP, start_latitude_deg DOUBLE, start_longitude_deg DOUBLE, end_latitude_deg DOUBLE, "
    "end_longitude_deg DOUBLE, start_district STRING, end_district STRING, halt_before_kg DOUBLE, "
    "halt_after_kg DOUBLE, datum STRING, compared BIGINT, near_as_sent BIGINT, near_turned BIGINT, "
    "log_likelihood DOUBLE"
)


@dataclass(frozen=True)
class DayFile:
    """A silver file and those of the days before and after of the same bucket; empty where there is none."""

    path: str
    before: str = ""
    after: str = ""


@cache
def physics() -> fused.Physics:
    return fused.physics(s.STOP.value)


def co2_kg(fuel: FloatArray) -> FloatArray:
    """CO2 of diesel, by the one carbon path."""
    return emissions({ENERGY: fuel / KG_PER_TONNE}, FUEL_SET, "t").co2_kg


def rows(files: Sequence[DayFile], day: int, register_path: str, grid_path: str) -> Iterator[pa.RecordBatch]:
    """Vehicle-hours of each file, then the cell-hours of all of them together.

    Args:
        files: silver files of local day ``day`` (days since 1970), no vehicle in two of them.
    """
    register, grid = load(register_path), grids.load(grid_path)
    cells, number = fused.cell_sums(len(grid.ids)), 1
    for file in files:
        columns = silver_file.read(file.path)
        begin = ordering.begins(columns["vehicle_key"])
        if len(begin) > 1:
            yield _vehicle_hours(file, columns, begin, register, grid, cells, number, day)
        number += len(begin) - 1
    yield place_hours(CELL, cells, grid.ids, day)


def _vehicle_hours(
    file: DayFile, columns: dict[str, np.ndarray], begin: np.ndarray, register: Register, grid: fused.Grid,
    cells: tuple[FloatArray, np.ndarray], number: int, day: int,
) -> pa.RecordBatch:  # fmt: skip
    keys = columns["vehicle_key"][begin[:-1]]
    place = np.searchsorted(register.keys, keys)
    size = len(keys)
    out = np.empty((size * fused.HOURS, fused.SUMS))
    truck, hour = np.empty(len(out), np.int32), np.empty(len(out), np.int32)
    use = physics()
    count = fused.run(
        begin, register.kind[place], register.mass_t[place], tails(file.before, keys), heads(file.after, keys),
        columns["second"], columns["latitude"], columns["longitude"], columns["speed_clean"], columns["altitude"],
        columns["state"], use.scalars, use.classes, use.share, grid.south, grid.west,
        grid.step, grid.cell, *cells, number, out, truck, hour,
    )  # fmt: skip
    return vehicle_hours(out[:count], keys[truck[:count]], hour[:count], day)


def vehicle_hours(out: FloatArray, keys: np.ndarray, hour: np.ndarray, day: int) -> pa.RecordBatch:
    """The kernel's rows (rows × SUMS) of vehicles ``keys`` as a batch."""
    return batch(
        VEHICLE, keys, _start(day, hour), np.ones(len(out)), out[:, fused.POSITIONS], out[:, fused.METRES],
        out[:, fused.MOVING_S], out[:, fused.IDLE_S], out[:, fused.SILENT_S], out[:, fused.STOPS], out[:, fused.TRIPS],
        fuel_kg(out[:, fused.ENERGY_KJ]),
    )  # fmt: skip


def place_hours(kind: str, sums: tuple[FloatArray, np.ndarray], ids: np.ndarray, day: int) -> pa.RecordBatch:
    """Sums by (hour, place) of ``fused.cell_sums`` as a batch of the places that were seen."""
    reals, counts = sums
    seen = np.flatnonzero(counts[:, fused.CELL_TRUCKS])
    real, of, none = reals[seen], counts[seen], np.zeros(len(seen))
    return batch(
        kind, ids[seen % len(ids)], _start(day, seen // len(ids)), of[:, fused.CELL_TRUCKS],
        of[:, fused.CELL_POSITIONS], real[:, fused.CELL_METRES], of[:, fused.CELL_MOVING_S].astype(np.float64), none,
        none, none, none, fuel_kg(real[:, fused.CELL_ENERGY_KJ]),
    )  # fmt: skip


def instant(day: int, second: np.ndarray) -> np.ndarray:
    """Microseconds since 1970 of seconds since the local midnight of ``day``."""
    return (day * DAY_S - OFFSET_S + second.astype(np.int64)) * MICRO


def _start(day: int, hour: np.ndarray) -> np.ndarray:
    return instant(day, hour.astype(np.int64) * HOUR_S)


def batch(
    kind: str, object_id: np.ndarray, start: np.ndarray, vehicles: np.ndarray, positions: np.ndarray,
    metres: FloatArray, *others: FloatArray, **more: np.ndarray,
) -> pa.RecordBatch:  # fmt: skip
    """Rows of one kind.

    Args:
        start: µs since 1970. ``others``: moving, idle, silent seconds, stops, trips, fuel (kg).
        more: columns beyond the sums; those not given are null.
    """
    values = [object_id, start, vehicles, positions, metres / METRES_PER_KM, *others, co2_kg(others[-1])]
    arrays = [pa.array([kind]).take(pa.array(np.zeros(len(start), np.int32)))]
    arrays += [_column(values[n - 1], ROWS.field(n).type) for n in range(1, SUMMED)]
    for field in list(ROWS)[SUMMED:]:
        given = more.get(field.name)
        arrays.append(pa.nulls(len(start), field.type) if given is None else _column(given, field.type))
    return pa.RecordBatch.from_arrays(arrays, schema=ROWS)


def _column(values: np.ndarray, kind: pa.DataType) -> pa.Array:
    if pa.types.is_string(kind):
        return pa.array(values.tolist(), kind)
    whole = np.int64 if pa.types.is_temporal(kind) else kind.to_pandas_dtype()
    return pa.array(values.astype(whole, copy=False)).cast(kind)


def tails(path: str, keys: np.ndarray) -> np.ndarray:
    """Last two fixes of the day before, seconds counted from this day's midnight: (vehicles, 2, EDGE)."""
    out = np.zeros((len(keys), 2, fused.EDGE))
    if path:
        edge, row, known = _matched(path, keys)
        for place, name in enumerate(("before", "last")):
            _fill(out[:, place], edge, name, row, known, -DAY_S)
        out[known, 0, 3] = edge["fixes"][row[known]] > 1
    return out


def heads(path: str, keys: np.ndarray) -> np.ndarray:
    """First fix of the day after, seconds counted from this day's midnight: (vehicles, EDGE)."""
    out = np.zeros((len(keys), fused.EDGE))
    if path:
        edge, row, known = _matched(path, keys)
        _fill(out, edge, "first", row, known, DAY_S)
    return out


def tail_places(path: str, keys: np.ndarray) -> np.ndarray:
    """Where each vehicle's last fix of the day before was, 1e-6 degree: (vehicles, 2), zeros where there is none."""
    out = np.zeros((len(keys), 2))
    if path:
        edge, row, known = _matched(path, keys)
        if "last_latitude" not in edge:
            raise ValueError(f"{path}: written before trips were kept; empty the fleet's silver folder and refine anew")
        out[known, 0], out[known, 1] = edge["last_latitude"][row[known]], edge["last_longitude"][row[known]]
    return out


def _matched(path: str, keys: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    table = pq.read_table(silver_file.edges_path(path), use_threads=False)
    edge = {name: table[name].to_numpy() for name in table.column_names}
    row = np.minimum(np.searchsorted(edge["vehicle_key"], keys), max(len(edge["vehicle_key"]) - 1, 0))
    known = edge["vehicle_key"][row] == keys if len(edge["vehicle_key"]) else np.zeros(len(keys), np.bool_)
    return edge, row, np.flatnonzero(known)


def _fill(
    out: np.ndarray, edge: dict[str, np.ndarray], name: str, row: np.ndarray, known: np.ndarray, shift: int
) -> None:
    of = row[known]
    out[known, 0] = edge[f"{name}_second"][of] + float(shift)
    out[known, 1] = edge[f"{name}_speed_clean"][of] * M_S_PER_UNIT
    out[known, 2] = edge[f"{name}_altitude"][of]
    out[known, 3] = 1.0
