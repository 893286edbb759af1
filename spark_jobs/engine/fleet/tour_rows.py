"""Third stage with a road network: as ``hours``, and road-hours, corridor-hours, parts of trips, datums of vehicles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from spark_jobs.engine.fleet import datum, hours, matching, network, ordering, silver_file, tour, trips, zones
from spark_jobs.engine.fleet import grid as grids
from spark_jobs.engine.fleet import settings as s
from spark_jobs.engine.fleet.hours import DayFile
from spark_jobs.engine.fleet.register import Register, load
from spark_jobs.models.diesel_regional import fused
from spark_jobs.models.diesel_regional.groups import fuel_kg
from spark_jobs.models.frame import FloatArray

ROAD, CORRIDOR, TRIP, DATUM = "edge", "corridor", "trip", "datum"
READ = [*silver_file.READ, "direction"]
PARTS = 4096  # room for parts of trips to begin with
MICRO = 1e6

Sums = tuple[FloatArray, np.ndarray]


class _Day:
    """What the files of a day share: register, map, roads and the sums by place and hour."""

    def __init__(self, day: int, register: Register, grid: fused.Grid, roads: network.Roads) -> None:
        self.day, self.register, self.grid, self.roads = day, register, grid, roads
        self.edge = np.arange(len(roads.first))
        self.corridor = np.arange(int(roads.corridor.max()) + 1 if len(roads.corridor) > 1 else 1)
        self.cells = fused.cell_sums(len(grid.ids))
        self.edges, self.corridors = fused.cell_sums(len(self.edge)), fused.cell_sums(len(self.corridor))
        self.number = 1


def rows(
    files: Sequence[DayFile], day: int, register_path: str, grid_path: str, network_path: str
) -> Iterator[pa.RecordBatch]:
    """Rows of ``hours.ROWS``: vehicle-hours, parts of trips and datums of each file, then what adds up over files.

    Args:
        files: silver files of local day ``day`` (days since 1970), no vehicle in two of them.
        network_path: arrays of ``network.build``.
    """
    shared = _Day(day, load(register_path), grids.load(grid_path), network.load(network_path))
    for file in files:
        columns = silver_file.read(file.path, READ)
        begin = ordering.begins(columns["vehicle_key"])
        if len(begin) > 1:
            yield from _file(file, columns, begin, shared)
        shared.number += len(begin) - 1
    yield hours.place_hours(hours.CELL, shared.cells, shared.grid.ids, day)
    yield hours.place_hours(ROAD, shared.edges, shared.edge, day)
    yield hours.place_hours(CORRIDOR, shared.corridors, shared.corridor, day)


def _file(
    file: DayFile, columns: dict[str, np.ndarray], begin: np.ndarray, of: _Day
) -> Iterator[pa.RecordBatch]:  # fmt: skip
    keys = columns["vehicle_key"][begin[:-1]]
    place, size = np.searchsorted(of.register.keys, keys), len(keys)
    told = datum.tell(columns, begin, of.roads)
    columns = datum.turned(columns, begin, told.gcj02)
    at = hours.tail_places(file.before, keys)
    wrong = told.gcj02 & (at[:, 0] != 0)
    at[wrong, 0], at[wrong, 1] = datum.to_wgs84(at[wrong, 0], at[wrong, 1])
    out = np.empty((size * fused.HOURS, fused.SUMS))
    truck, hour = np.empty(len(out), np.int32), np.empty(len(out), np.int32)
    use, grid = hours.physics(), of.grid
    rules = (s.STOP.value, s.JUMP_SLACK.value, s.SILENT_TRIP.value)
    count, parts, made = tour.run(
        begin, of.register.kind[place], of.register.mass_t[place], hours.tails(file.before, keys),
        hours.heads(file.after, keys), columns["second"], columns["latitude"], columns["longitude"],
        columns["speed_clean"], columns["altitude"], columns["state"], columns["direction"], use.scalars, use.classes,
        use.share, (grid.south, grid.west, grid.step, grid.cell), *of.cells, of.number, of.roads, matching.weights(),
        of.edge, *of.edges, *of.corridors, at, rules, np.empty((PARTS, trips.PART)), out, truck, hour,
    )  # fmt: skip
    yield hours.vehicle_hours(out[:count], keys[truck[:count]], hour[:count], of.day)
    yield _parts(parts[:made], keys, of.day)
    yield _datums(told, keys, np.diff(begin), of.day)


def _parts(parts: FloatArray, keys: np.ndarray, day: int) -> pa.RecordBatch:
    none = np.zeros(len(parts))
    where = {
        f"{side}_{axis}_deg": parts[:, column] / MICRO
        for side, axis, column in (
            ("start", "latitude", trips.START_LAT), ("start", "longitude", trips.START_LON),
            ("end", "latitude", trips.END_LAT), ("end", "longitude", trips.END_LON),
        )
    }  # fmt: skip
    return hours.batch(
        TRIP, keys[parts[:, trips.VEHICLE].astype(np.int64)], hours.instant(day, parts[:, trips.START_S]), none + 1,
        parts[:, trips.INTERVALS], parts[:, trips.METRES], parts[:, trips.MOVING_S], none, none, none, none,
        fuel_kg(parts[:, trips.ENERGY_KJ]), **where, end_at=hours.instant(day, parts[:, trips.END_S]),
        start_district=zones.district(parts[:, trips.START_LAT], parts[:, trips.START_LON]),
        end_district=zones.district(parts[:, trips.END_LAT], parts[:, trips.END_LON]),
        halt_before_kg=fuel_kg(parts[:, trips.BEFORE_KJ]), halt_after_kg=fuel_kg(parts[:, trips.AFTER_KJ]),
    )  # fmt: skip


def _datums(told: datum.Told, keys: np.ndarray, fixes: np.ndarray, day: int) -> pa.RecordBatch:
    none = np.zeros(len(keys))
    name = np.where(told.gcj02, datum.GCJ02, np.where(told.wgs84, datum.WGS84, datum.UNTOLD))
    return hours.batch(
        DATUM, keys, np.full(len(keys), hours.instant(day, np.zeros(1))[0]), none + 1, fixes, none, none, none, none,
        none, none, none, datum=name, compared=told.compared, near_as_sent=told.near_as_sent,
        near_turned=told.near_turned, log_likelihood=told.log_likelihood,
    )  # fmt: skip
