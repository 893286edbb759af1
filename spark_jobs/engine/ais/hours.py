"""Third stage: silver files of a day → rows of ship-hours and cell-hours, by the fused kernel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from spark_jobs.engine.ais import area as areas
from spark_jobs.engine.ais import identity
from spark_jobs.engine.ais import settings as s
from spark_jobs.engine.ais.merge import EDGE, edges_path, read
from spark_jobs.engine.fleet import ordering
from spark_jobs.engine.fleet.fields import OFFSET_S
from spark_jobs.engine.fleet.hours import DayFile
from spark_jobs.models.shipping import fused

DAY_S, HOUR_S, MICRO, TENTHS, KG_PER_T = 86400, 3600, 1_000_000, 10.0, 1000.0
SHIP, CELL = "ship", "cell"
VALUES = (
    ("positions", fused.POSITIONS, 1.0), ("distance_nm", fused.DISTANCE_NM, 1.0), ("moving_s", fused.MOVING_S, 1.0),
    ("anchor_s", fused.ANCHOR_S, 1.0), ("berth_s", fused.BERTH_S, 1.0), ("silent_s", fused.SILENT_S, 1.0),
    ("unknown_s", fused.UNKNOWN_S, 1.0), ("main_fuel_kg", fused.MAIN_T, KG_PER_T),
    ("auxiliary_fuel_kg", fused.AUXILIARY_T, KG_PER_T), ("boiler_fuel_kg", fused.BOILER_T, KG_PER_T),
    ("shore_power_kwh", fused.SHORE_KWH, 1.0), ("co2_kg", fused.CO2_KG, 1.0),
)  # fmt: skip
ROWS = pa.schema([
    ("kind", pa.string()), ("object_id", pa.int64()), ("hour_start", pa.timestamp("us", "Asia/Shanghai")),
    ("ships", pa.int64()), *((name, pa.float64()) for name, _, _ in VALUES),
])  # fmt: skip
DDL = "kind STRING, object_id BIGINT, hour_start TIMESTAMP, ships BIGINT, " + ", ".join(
    f"{v[0]} DOUBLE" for v in VALUES
)


def rows(files: Sequence[DayFile], day: int, ships_path: str, area_path: str) -> Iterator[pa.RecordBatch]:
    """Ship-hours of each file, then the cell-hours of all of them together.

    Args:
        files: silver files of local day ``day`` (days since 1970), no ship in two of them.
    """
    ships, area = identity.load(ships_path), areas.load(area_path)
    cells, number = np.zeros((fused.HOURS * len(area.ids), fused.CELL_COLUMNS)), 0
    for file in files:
        columns = read(file.path)
        begin = ordering.begins(columns["mmsi"])
        if len(begin) > 1:
            yield _ship_hours(file, columns, begin, ships, area, cells, number, day)
        number += len(begin) - 1
    seen = np.flatnonzero(cells[:, fused.CELL_SHIPS])
    hour, cell = seen // len(area.ids), seen % len(area.ids)
    yield _batch(CELL, area.ids[cell], day, hour, cells[seen, fused.CELL_SHIPS], cells[seen])


def _ship_hours(
    file: DayFile, columns: dict[str, np.ndarray], begin: np.ndarray, ships: identity.ShipDay, area: areas.Area,
    cells: np.ndarray, number: int, day: int,
) -> pa.RecordBatch:  # fmt: skip
    mmsi = columns["mmsi"][begin[:-1]].astype(np.int64)
    place = np.searchsorted(ships.mmsi, mmsi)
    inside = np.minimum(place, max(len(ships.mmsi) - 1, 0))
    known = ships.mmsi[inside] == mmsi if len(ships.mmsi) else np.zeros(len(mmsi), np.bool_)
    out, use = np.zeros((len(mmsi) * fused.HOURS, fused.SUMS)), (s.SILENCE.value, *fused.scalars()[1:])
    fused.run(
        begin, np.where(known, place, len(ships.mmsi)), _edge(file.before, mmsi, "last", -DAY_S),
        _edge(file.after, mmsi, "first", DAY_S), columns["second"], columns["latitude"], columns["longitude"],
        columns["speed"], columns["status"], columns["state"], ships.one, ships.auxiliary_kw, ships.auxiliary_t_h,
        ships.boiler_t_h, ships.said, ships.said_begin, ships.shore, ships.shore_begin, use, area.south,
        area.west, area.step, area.cell, area.port, len(area.ids), number, out, cells,
    )  # fmt: skip
    full = np.flatnonzero(out.any(axis=1))
    return _batch(SHIP, mmsi[full // fused.HOURS], day, full % fused.HOURS, np.ones(len(full)), out[full])


def _batch(
    kind: str, object_id: np.ndarray, day: int, hour: np.ndarray, ships: np.ndarray, sums: np.ndarray
) -> pa.RecordBatch:
    start = (day * DAY_S - OFFSET_S + hour.astype(np.int64) * HOUR_S) * MICRO
    values = [np.full(len(hour), kind, object), object_id.astype(np.int64), start, ships.astype(np.int64)]
    values += [sums[:, column] * scale for _, column, scale in VALUES]
    arrays = [pa.array(v).cast(f.type) for f, v in zip(ROWS, values, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=ROWS)


def _edge(path: str, mmsi: np.ndarray, name: str, shift: int) -> np.ndarray:
    """First or last trusted fix of a neighbouring day, seconds counted from this day's midnight: (ships, 6)."""
    out = np.zeros((len(mmsi), len(EDGE) + 1))
    if not path:
        return out
    table = pq.read_table(edges_path(path), use_threads=False)
    keys = table["mmsi"].to_numpy()
    if not len(keys):
        return out
    row = np.minimum(np.searchsorted(keys, mmsi), len(keys) - 1)
    known = np.flatnonzero(keys[row] == mmsi)
    for n, column in enumerate(EDGE):
        out[known, n] = table[f"{name}_{column}"].to_numpy()[row[known]]
    out[known, 0] += shift
    out[known, 3] /= TENTHS
    out[known, 5] = 1.0
    return out
