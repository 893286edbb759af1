"""Live state of a fleet: the newest fix of each vehicle and its rate of fuel, by files as they come; no Spark.

Not a release: figures of a vehicle's last minute, on a level road, without what later files may correct.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from spark_jobs.engine.fleet import fields
from spark_jobs.engine.fleet import settings as s
from spark_jobs.engine.fleet.register import Register
from spark_jobs.engine.fleet.split import INVALID_SPEED, limits
from spark_jobs.models.diesel_regional import fused, kernel

TIME, SPEED, RATE_KW, LOW_KW, HIGH_KW, STATE_COLUMNS = range(6)
LATITUDE, LONGITUDE, DIRECTION, STATUS, ALARM, FILE, FIELD_COLUMNS = range(7)
ENGINE_ON = 1


@dataclass
class Live:
    """Last fix of each of the register's vehicles, in the order of its keys.

    ``numbers``: columns TIME (local s since 1970; 0 never heard) … HIGH_KW. ``fields``: LATITUDE … FILE, the last of
    which is the number that the caller of ``take`` gave the file that the fix came from.
    """

    register: Register
    numbers: np.ndarray
    fields: np.ndarray

    @classmethod
    def empty(cls, register: Register) -> Live:
        size = len(register.keys)
        return cls(register, np.zeros((size, STATE_COLUMNS)), np.zeros((size, FIELD_COLUMNS), np.int64))


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
    numbers: np.ndarray, last: np.ndarray, file: int,
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
        m, rate, low, high = mass[v, load], 0.0, 0.0, 0.0
        if status[i] & 1:
            rate = steady_kw(now, m, scalars, c)
            low, high = steady_kw(now, mass[v, 0], scalars, c), steady_kw(now, mass[v, 3], scalars, c)
            if lapse <= scalars[5] and 0.5 * (before[1] + now) >= scalars[4]:
                rise = min(scalars[6], max(-scalars[7], (now - before[1]) / lapse))
                wheel = kernel.wheel_power(before[1], now, rise, 0.0, m, c[0], c[1], c[2], scalars[2])
                rate = kernel.fuel_power(
                    wheel, 0.5 * (before[1] + now), m, 0.0, c[3], c[4], c[5], scalars[0], scalars[1], scalars[3]
                )
        before[0], before[1], before[2], before[3], before[4] = time[i], now, rate, low, high
        last[v, 0], last[v, 1], last[v, 2], last[v, 3], last[v, 4], last[v, 5] = (
            latitude[i], longitude[i], direction[i], (status[i] & 1) | (load << 1), alarm[i], file,
        )  # fmt: skip
        taken += 1
    return taken


def take(live: Live, path: str, file: int = 0) -> tuple[int, int]:
    """Bring the state up to one received file; returns its rows and the fixes taken. Raises UnreadableFile."""
    register, use = live.register, fused.physics(s.STOP.value)
    place_of = np.searchsorted(register.keys, register.key)
    until, bounds, rows, taken = fields.received_until(path), limits(), 0, 0
    bounds[4] = min(bounds[4], INVALID_SPEED - 1)
    for table in fields.batches(path, int(s.CHUNK.value)):
        rows += len(table)
        c = {name: table[name].to_numpy() for name in table.column_names}
        taken += update(
            register.terminal, place_of, register.kind, register.mass_t, bounds, until, c["terminal_id"], c["time"],
            c["latitude"], c["longitude"], c["speed"], c["direction"], c["status"], c["alarm"], use.scalars,
            use.classes, live.numbers, live.fields, file,
        )  # fmt: skip
    return rows, taken
