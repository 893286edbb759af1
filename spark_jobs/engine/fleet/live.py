"""Live state of a fleet: minute files in, a small database of last positions out, replaced whole; no Spark.

Not a release: figures of a vehicle's last minute, on a level road, without what later files may correct.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numba
import numpy as np
import pyarrow as pa

from spark_jobs.engine.fleet import fields
from spark_jobs.engine.fleet import grid as grids
from spark_jobs.engine.fleet import settings as s
from spark_jobs.engine.fleet.register import Register
from spark_jobs.engine.fleet.split import INVALID_SPEED, limits
from spark_jobs.models.diesel_regional import fused, kernel
from spark_jobs.models.diesel_regional.groups import fuel_kg

HOUR_S, MICRO, OFFSET_S, DEGREE = 3600.0, 1_000_000, 8 * 3600, 1e-6
TIME, SPEED, RATE_KW, LOW_KW, HIGH_KW, STATE_COLUMNS = range(6)


@dataclass
class Live:
    """Last fix of each of the register's vehicles, in the order of its keys. ``numbers``: columns TIME … HIGH_KW."""

    register: Register
    numbers: np.ndarray
    fields: np.ndarray

    @classmethod
    def empty(cls, register: Register) -> Live:
        size = len(register.keys)
        return cls(register, np.zeros((size, STATE_COLUMNS)), np.zeros((size, 5), np.int64))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def steady_kw(speed: float, m: float, scalars: tuple, c: np.ndarray) -> float:
    """Fuel power (kW) of a truck of ``m`` tonnes at a steady speed (m/s) on a level road."""
    if speed < scalars[4]:
        return c[3] + scalars[0] * c[4]
    wheel = kernel.wheel_power(speed, speed, 0.0, 0.0, m, c[0], c[1], c[2], scalars[2])
    return kernel.fuel_power(wheel, speed, m, 0.0, c[3], c[4], c[5], scalars[0], scalars[1], scalars[3])


@numba.njit(cache=True, nogil=True, error_model="numpy")
def update(
    known: np.ndarray, place_of: np.ndarray, kind: np.ndarray, mass: np.ndarray, bounds: np.ndarray, until: int,
    terminal: np.ndarray, time: np.ndarray, latitude: np.ndarray, longitude: np.ndarray, speed: np.ndarray,
    direction: np.ndarray, status: np.ndarray, alarm: np.ndarray, scalars: tuple, classes: np.ndarray,
    numbers: np.ndarray, last: np.ndarray,
) -> int:  # fmt: skip
    """Take the fixes that are newer than what is known of their vehicle; returns how many were taken."""
    taken = 0
    for i in range(len(terminal)):
        at = np.searchsorted(known, terminal[i])
        good = at < len(known) and known[at] == terminal[i] and status[i] & 2 and speed[i] <= bounds[4]
        good = good and bounds[0] <= latitude[i] <= bounds[1] and bounds[2] <= longitude[i] <= bounds[3]
        if not good or time[i] > until + bounds[5]:
            continue
        v = place_of[at]
        before, lapse = numbers[v], time[i] - numbers[v, 0]
        if lapse <= 0:
            continue
        now, c, load = speed[i] / 36.0, classes[kind[v]], (status[i] >> 8) & 3
        m, rate = mass[v, load], 0.0
        if status[i] & 1:
            rate = steady_kw(now, m, scalars, c)
            if lapse <= scalars[5] and 0.5 * (before[1] + now) >= scalars[4]:
                rise = min(scalars[6], max(-scalars[7], (now - before[1]) / lapse))
                wheel = kernel.wheel_power(before[1], now, rise, 0.0, m, c[0], c[1], c[2], scalars[2])
                rate = kernel.fuel_power(
                    wheel, 0.5 * (before[1] + now), m, 0.0, c[3], c[4], c[5], scalars[0], scalars[1], scalars[3]
                )
        before[2], before[3] = rate, steady_kw(now, mass[v, 0], scalars, c)
        before[4] = steady_kw(now, mass[v, 3], scalars, c)
        before[0], before[1] = time[i], now
        last[v, 0], last[v, 1], last[v, 2], last[v, 3], last[v, 4] = (
            latitude[i], longitude[i], direction[i], (status[i] & 1) | (load << 1), alarm[i],
        )  # fmt: skip
        taken += 1
    return taken


def take(live: Live, path: str) -> int:
    """Bring the state up to one received file; returns fixes taken. Raises UnreadableFile."""
    register, use = live.register, fused.physics(s.STOP.value)
    place_of = np.searchsorted(register.keys, register.key)
    until, bounds, taken = fields.received_until(path), limits(), 0
    bounds[4] = min(bounds[4], INVALID_SPEED - 1)
    for table in fields.batches(path, int(s.CHUNK.value)):
        c = {name: table[name].to_numpy() for name in table.column_names}
        taken += update(
            register.terminal, place_of, register.kind, register.mass_t, bounds, until, c["terminal_id"], c["time"],
            c["latitude"], c["longitude"], c["speed"], c["direction"], c["status"], c["alarm"], use.scalars,
            use.classes, live.numbers, live.fields,
        )  # fmt: skip
    return taken


def tables(live: Live, grid: fused.Grid, since: float) -> dict[str, pa.Table]:
    """``live_vehicle`` (restricted) and ``live_cell`` (no cell with too few vehicles) of fixes from ``since`` on."""
    seen = np.flatnonzero(live.numbers[:, TIME] >= max(since, 1.0))
    n, f = live.numbers[seen], live.fields[seen]
    kg_h = [fuel_kg(n[:, column] * HOUR_S) for column in (RATE_KW, LOW_KW, HIGH_KW)]
    at = pa.array(((n[:, TIME] - OFFSET_S) * MICRO).astype(np.int64)).cast(pa.timestamp("us", "UTC"))
    vehicle = pa.table(
        {
            "vehicle_key": live.register.keys[seen], "fixed_at": at, "latitude_deg": f[:, 0] * DEGREE,
            "longitude_deg": f[:, 1] * DEGREE, "speed_kmh": n[:, SPEED] * 3.6, "direction_deg": f[:, 2],
            "engine_on": (f[:, 3] & 1).astype(bool), "load_code": f[:, 3] >> 1, "alarm": f[:, 4],
            "fuel_kg_per_h": kg_h[0], "usual_low_kg_per_h": kg_h[1], "usual_high_kg_per_h": kg_h[2],
        }
    )  # fmt: skip
    return {"live_vehicle": vehicle, "live_cell": _cells(f, n, kg_h[0], grid)}


def _cells(f: np.ndarray, n: np.ndarray, kg_h: np.ndarray, grid: fused.Grid) -> pa.Table:
    north, east = (f[:, 0] - grid.south) // grid.step, (f[:, 1] - grid.west) // grid.step
    inside = (north >= 0) & (east >= 0) & (north < grid.cell.shape[0]) & (east < grid.cell.shape[1])
    cell = np.zeros(len(f), np.int64)
    cell[inside] = grid.cell[north[inside], east[inside]]
    size = len(grid.ids)
    vehicles = np.bincount(cell, minlength=size)
    shown = np.flatnonzero((vehicles >= s.FEWEST.value) & (np.arange(size) > 0))
    rate, speed = (np.bincount(cell, weights=values, minlength=size) for values in (kg_h, n[:, SPEED] * 3.6))
    return pa.table(
        {
            "cell": [format(int(i), "x") for i in grid.ids[shown]], "vehicles": vehicles[shown],
            "fuel_kg_per_h": rate[shown], "mean_speed_kmh": speed[shown] / vehicles[shown],
        }
    )  # fmt: skip


def publish(made: dict[str, pa.Table], path: Path) -> None:
    """Write the live database anew and put it in place of the old one; readers never see half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with duckdb.connect(str(draft)) as database:
        for name, table in made.items():
            database.register("given", table)
            database.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
            database.unregister("given")
    os.replace(draft, path)


def refresh(live: Live, paths: list[str], grid_path: str, path: Path) -> int:
    """Take new files in order and publish; vehicles silent for an hour before the newest file leave the map."""
    taken = sum(take(live, p) for p in sorted(paths, key=fields.received_until))
    newest = max((fields.received_until(p) for p in paths), default=0)
    publish(tables(live, grids.load(grid_path), newest - HOUR_S), path)
    return taken
