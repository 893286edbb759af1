"""Sums of sorted fleet files in one compiled loop: same equations as ``kernel.run``, no column of a fix is kept.

What ``lake model diesel-regional`` does in passes over columns, done truck by truck in buffers that fit the cache. The
fixes are a local day of whole trucks in order (truck, second), their speeds cleaned already (``intervals.cleaned``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from spark_jobs.models.diesel_regional import cleaning, kernel
from spark_jobs.models.diesel_regional import parameters as p
from spark_jobs.models.diesel_regional import settings as s
from spark_jobs.models.diesel_regional.intervals import KMH_PER_M_S, M_S_PER_MPH
from spark_jobs.models.frame import FloatArray, IntArray

DAY_S, HOURS = 86400, 24
TIE_M = 2e-6  # a fix exactly on the edge of the slope's window is within, whatever the rounding of the path
# Bits of ``state`` and columns of the results.
ENGINE_ON, LOAD_SHIFT, LOAD_MASK, REFUSED = 1, 1, 3, 8
POSITIONS, ENERGY_KJ, METRES, MOVING_S, IDLE_S, SILENT_S, STOPS, TRIPS, SUMS = range(9)
CELL_POSITIONS, CELL_ENERGY_KJ, CELL_METRES, CELL_MOVING_S, CELL_TRUCKS, CELL_LAST = range(6)
CELL_LINE = 8  # doubles of a cell-hour: one cache line
EDGE = 4  # second since local midnight, speed m/s, altitude m, whether there is such a fix


@dataclass(frozen=True)
class Physics:
    """Numbers of the loop: ``scalars`` in the order of ``run``, per-class arrays, share of roughness by second."""

    scalars: FloatArray
    classes: FloatArray
    share: FloatArray


def physics(stop_s: float) -> Physics:
    """From the factor library and the model's settings; ``stop_s``: standing still so long is a stop."""
    c, line = p.class_parameters(), p.willans()
    seconds = np.arange(int(s.MAX_GAP.value) + 1, dtype=np.float64)
    at, share = p.unresolved()
    return Physics(
        np.array([
            line.slope, p.driveline_efficiency(), s.GRAVITY.value, s.CUT_ABOVE.value / KMH_PER_M_S,
            s.STOPPED.value * M_S_PER_MPH, s.MAX_GAP.value, s.MAX_ACCELERATION.value, s.MAX_DECELERATION.value,
            s.SLOPE_WINDOW.value + TIE_M, s.MAX_SLOPE.value, stop_s,
        ]),
        np.column_stack([c.rolling, c.linear, c.drag, c.idle_kw, c.auxiliary_kw, c.most_kw]),
        np.array([kernel.unresolved_share(second, at, share) for second in seconds]),
    )  # fmt: skip


@dataclass(frozen=True)
class Grid:
    """Squares of ``step`` (1e-6 degree) from ``south``, ``west`` and the number of the cell each belongs to.

    Cell 0 is everywhere else. ``ids``: the H3 index of each cell, 0 for cell 0.
    """

    south: int
    west: int
    step: int
    cell: np.ndarray
    ids: np.ndarray


@dataclass(frozen=True)
class Trucks:
    """Trucks of a file in its order: first row of each and the end, class, mass (t) by load code 0…3."""

    begin: IntArray
    kind: IntArray
    mass_t: FloatArray


def cell_sums(cells: int) -> FloatArray:
    """Empty sums by (hour, cell) over any number of files: (24 × cells, CELL_LINE), each row on one cache line.

    ``CELL_TRUCKS`` counts trucks seen there; ``CELL_LAST`` is the number (from 1) of the last one.
    """
    size = HOURS * cells * CELL_LINE
    room = np.zeros(size + CELL_LINE)
    skip = (-room.ctypes.data // room.itemsize) % CELL_LINE
    return room[skip : skip + size].reshape(-1, CELL_LINE)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def slopes(path: FloatArray, starts: np.ndarray, altitude: FloatArray, window: float, steepest: float) -> FloatArray:
    """As ``cleaning.slopes``, kept apart only to compile with it."""
    return cleaning.slopes(path, starts, altitude, window, steepest)


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "arcp"})
def run(
    begin: np.ndarray, kind: np.ndarray, mass: np.ndarray, before: np.ndarray, after: np.ndarray, second: np.ndarray,
    latitude: np.ndarray, longitude: np.ndarray, speed: np.ndarray, altitude: np.ndarray, state: np.ndarray,
    scalars: np.ndarray, classes: np.ndarray, shares: np.ndarray, south: int, west: int, step: int, square: np.ndarray,
    cell_sums: np.ndarray, first_number: int, out: np.ndarray, truck: np.ndarray, hour: np.ndarray,
) -> int:  # fmt: skip
    """Fill ``out`` (rows × SUMS), ``truck`` (place in ``begin``) and ``hour``, a row per truck-hour; returns the rows.

    An hour in which the engine never ran has no row.

    Args:
        before: (trucks, 2, EDGE) last two fixes of the day before. ``after``: (trucks, EDGE) first of the day after.
        speed: 0.01 km/h. ``latitude``, ``longitude``: 1e-6 degree. ``state``: ENGINE_ON, load, REFUSED.
        first_number: number (from 1) of the first truck, for counting trucks in cells over several files.
    """
    slope_of, efficiency, gravity, cut_above, stopped, max_gap = scalars[:6]
    most_up, most_down, window, steepest, stop_s = scalars[6:11]
    south_north, width = square.shape[0], square.shape[1]
    cells = len(cell_sums) // 24
    longest = 0
    for v in range(len(begin) - 1):
        longest = max(longest, begin[v + 1] - begin[v])
    size = longest + 3
    t, v_, h, a = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    path, starts, row = np.empty(size), np.empty(size, np.bool_), np.empty(size, np.int64)
    place, per_step, per_hour = np.empty(size, np.int64), 1.0 / step, 1.0 / 3600.0
    energy, meters, moving = np.empty(size), np.empty(size), np.empty(size)
    sums, rows = np.zeros((24, out.shape[1])), 0
    for v in range(len(begin) - 1):
        n = 0
        for k in range(2):
            if before[v, k, 3] > 0.0:
                t[n], v_[n], h[n], row[n] = before[v, k, 0], before[v, k, 1], before[v, k, 2], -1
                n += 1
        own = n
        for i in range(begin[v], begin[v + 1]):
            if state[i] & 8:
                continue
            t[n], v_[n], h[n], row[n] = second[i], speed[i] * (1.0 / 360.0), altitude[i], i
            # Whole numbers plus a half: the product never comes near the next square or hour.
            north, east, cell = (latitude[i] - south + 0.5) * per_step, (longitude[i] - west + 0.5) * per_step, 0
            if 0.0 < north < south_north and 0.0 < east < width:
                cell = square[int(north), int(east)]
            place[n] = int((second[i] + 0.5) * per_hour) * cells + cell
            n += 1
        end = n
        if after[v, 3] > 0.0:
            t[n], v_[n], h[n], row[n] = after[v, 0], after[v, 1], after[v, 2], -1
            n += 1
        if end == own:
            continue
        a[0], path[0], starts[0] = np.nan, 0.0, True
        for i in range(1, n):
            lapse = t[i] - t[i - 1]
            a[i], path[i], starts[i] = np.nan, 0.0, True
            if 0.0 < lapse <= max_gap:
                a[i] = min(most_up, max(-most_down, (v_[i] - v_[i - 1]) / lapse))
                if i != own:
                    path[i] = path[i - 1] + 0.5 * (v_[i] + v_[i - 1]) * lapse
                    starts[i] = False
        slope = slopes(path[own:end], starts[own:end], h[own:end], window, steepest)
        if own > 0 and a[own] == a[own]:
            metres = 0.5 * (v_[own] + v_[own - 1]) * (t[own] - t[own - 1])
            if metres > window:
                slope[0] = min(steepest, max(-steepest, (h[own] - h[own - 1]) / metres))
        k, still, counted, number = kind[v], 0.0, False, first_number + v
        rolling, linear, drag = classes[k, 0], classes[k, 1], classes[k, 2]
        idle_kw, auxiliary_kw, most_kw = classes[k, 3], classes[k, 4], classes[k, 5]
        sums[:] = 0.0
        for i in range(own, end):
            r, clock = row[i], int((t[i] + 0.5) * per_hour)
            energy[i] = meters[i] = moving[i] = 0.0
            own_hour = sums[clock]
            own_hour[0] += 1.0
            acceleration = a[i]
            if acceleration != acceleration:
                if i > 0:
                    own_hour[5] += max(t[i] - t[i - 1], 0.0)
                still, counted = 0.0, False
                continue
            lapse, slow, fast = t[i] - t[i - 1], v_[i - 1], v_[i]
            mean = 0.5 * (slow + fast)
            metres = mean * lapse
            if mean < stopped:
                fuel = idle_kw + slope_of * auxiliary_kw if state[r] & 1 else 0.0
                own_hour[4] += lapse if state[r] & 1 else 0.0
                still += lapse
                if still >= stop_s and not counted:
                    own_hour[6] += 1.0
                    counted = True
            else:
                m = mass[v, (state[r] >> 1) & 3]
                wheel = kernel.wheel_power(slow, fast, acceleration, slope[i - own], m, rolling, linear, drag, gravity)
                part, unseen = shares[int(lapse)], 0.0
                if part > 0.0:
                    coming, ahead = np.nan, 0.0
                    if i + 1 < n:
                        coming, ahead = a[i + 1], t[i + 1] - t[i]
                    last, back = np.nan, 0.0
                    if i > 1:
                        last, back = a[i - 1], t[i - 1] - t[i - 2]
                    unseen = part * kernel.roughness(slow, fast, last, acceleration, coming, back, lapse, ahead)
                fuel = kernel.fuel_power(
                    wheel, mean, m, unseen, idle_kw, auxiliary_kw, most_kw, slope_of, efficiency, cut_above
                )
                own_hour[3] += lapse
                moving[i] = lapse
                if counted:
                    own_hour[7] += 1.0
                still, counted = 0.0, False
            own_hour[1] += fuel * lapse
            own_hour[2] += metres
            energy[i], meters[i] = fuel * lapse, metres
        for i in range(own, end):  # a loop of its own: many cells are fetched at once
            at = cell_sums[place[i]]
            at[0] += 1.0
            at[1] += energy[i]
            at[2] += meters[i]
            at[3] += moving[i]
            if at[5] != number:
                at[5] = number
                at[4] += 1.0
        for clock in range(24):
            if sums[clock, 1] > 0.0 or sums[clock, 2] > 0.0:
                out[rows] = sums[clock]
                truck[rows], hour[rows] = v, clock
                rows += 1
    return rows
