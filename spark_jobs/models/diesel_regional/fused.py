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
TIE_M_S = 1e-9  # a mean speed of exactly the limit is not above it, whatever its rounding
TIE_M = 2e-6  # a fix exactly on the edge of the slope's window is within, whatever the rounding of the path
# Bits of ``state`` and columns of the results.
ENGINE_ON, LOAD_SHIFT, LOAD_MASK, REFUSED = 1, 1, 3, 8
POSITIONS, ENERGY_KJ, METRES, MOVING_S, IDLE_S, SILENT_S, STOPS, TRIPS, SUMS = range(9)
# A cell-hour is half a cache line: two doubles, then four whole numbers in the same memory.
CELL_ENERGY_KJ, CELL_METRES, CELL_REALS = 0, 1, 4
CELL_POSITIONS, CELL_TRUCKS, CELL_MOVING_S, CELL_LAST, CELL_COUNTS = 4, 5, 6, 7, 8
EDGE = 4  # second since local midnight, speed m/s, altitude m, whether there is such a fix
# Rows of the buffer of one truck. Two places before its own fixes and one after them: edges of
# the neighbouring days, or instants (+inf, -inf) from which no interval leads.
T, V, H, A, PATH, SLOPE, ENERGY, DISTANCE, MOVING, MASS, ENGINE, BUFFER = range(12)


@dataclass(frozen=True)
class Physics:
    """Numbers of the loop: ``scalars`` in the order of ``physics``, per-class arrays, share of roughness by second."""

    scalars: tuple[float, ...]
    classes: FloatArray
    share: FloatArray


def physics(stop_s: float) -> Physics:
    """From the factor library and the model's settings; ``stop_s``: standing still so long is a stop."""
    c, line = p.class_parameters(), p.willans()
    seconds = np.arange(int(s.MAX_GAP.value) + 1, dtype=np.float64)
    at, share = p.unresolved()
    return Physics(
        (
            line.slope, p.driveline_efficiency(), s.GRAVITY.value, s.CUT_ABOVE.value / KMH_PER_M_S + TIE_M_S,
            s.STOPPED.value * M_S_PER_MPH, s.MAX_GAP.value, s.MAX_ACCELERATION.value, s.MAX_DECELERATION.value,
            s.SLOPE_WINDOW.value + TIE_M, s.MAX_SLOPE.value, stop_s,
        ),
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


def cell_sums(cells: int) -> tuple[FloatArray, np.ndarray]:
    """Empty sums by (hour, cell) over any number of files: the same memory as doubles and as 32-bit whole numbers.

    Shapes (24 × cells, CELL_REALS) and (24 × cells, CELL_COUNTS). ``CELL_TRUCKS`` counts trucks seen there;
    ``CELL_LAST`` is the number (from 1) of the last one.
    """
    size = HOURS * cells * CELL_REALS
    room = np.zeros(size + CELL_REALS)
    skip = (-room.ctypes.data // room.itemsize) % CELL_REALS
    reals = room[skip : skip + size].reshape(-1, CELL_REALS)
    return reals, reals.view(np.int32)


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "arcp"})
def gathered(
    first: int, last: int, before: np.ndarray, after: np.ndarray, second: np.ndarray, latitude: np.ndarray,
    longitude: np.ndarray, speed: np.ndarray, altitude: np.ndarray, state: np.ndarray, mass: np.ndarray, south: int,
    west: int, step: int, square: np.ndarray, cells: int, w: np.ndarray, row: np.ndarray, place: np.ndarray,
) -> tuple[int, int, int]:  # fmt: skip
    """Good fixes of one truck into the buffer, neighbouring days' around them; where its own begin and end, and n."""
    per_step, per_hour, t, v, h, m, on = 1.0 / step, 1.0 / 3600.0, w[0], w[1], w[2], w[9], w[10]
    for k in range(2):
        t[k], v[k], h[k], row[k] = np.inf, 0.0, 0.0, -1
        if before[k, 3] > 0.0:
            t[k], v[k], h[k] = before[k, 0], before[k, 1], before[k, 2]
    own = n = 2
    for i in range(first, last):
        if state[i] & 8:
            continue
        t[n], v[n], h[n], row[n] = second[i], speed[i] * (1.0 / 360.0), altitude[i], i
        m[n], on[n] = mass[(state[i] >> 1) & 3], state[i] & 1
        # Whole numbers plus a half: the product never comes near the next square or hour.
        north, east, cell = (latitude[i] - south + 0.5) * per_step, (longitude[i] - west + 0.5) * per_step, 0
        if 0.0 < north < square.shape[0] and 0.0 < east < square.shape[1]:
            cell = square[int(north), int(east)]
        place[n] = int((second[i] + 0.5) * per_hour) * cells + cell
        n += 1
    t[n], v[n], h[n], row[n] = -np.inf, 0.0, 0.0, -1
    if after[3] > 0.0:
        t[n], v[n], h[n] = after[0], after[1], after[2]
    return own, n, n + 1


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "arcp"})
def rated(own: int, end: int, n: int, scalars: tuple, w: np.ndarray, starts: np.ndarray) -> None:
    """Acceleration, path and slope of the buffered fixes; the slope's averages stay within the local day."""
    max_gap, most_up, most_down, window, steepest = scalars[5], scalars[6], scalars[7], scalars[8], scalars[9]
    t, v, a, path = w[0], w[1], w[3], w[4]
    a[0], path[0], starts[0] = np.nan, 0.0, True
    for i in range(1, n):
        lapse = t[i] - t[i - 1]
        a[i], path[i], starts[i] = np.nan, 0.0, True
        if 0.0 < lapse <= max_gap:
            a[i] = min(most_up, max(-most_down, (v[i] - v[i - 1]) / lapse))
            if i != own:
                path[i] = path[i - 1] + 0.5 * (v[i] + v[i - 1]) * lapse
                starts[i] = False
    w[5, own:end] = cleaning.slopes(path[own:end], starts[own:end], w[2, own:end], window, steepest)
    if a[own] == a[own]:
        metres = 0.5 * (v[own] + v[own - 1]) * (t[own] - t[own - 1])
        if metres > window:
            w[5, own] = min(steepest, max(-steepest, (w[2, own] - w[2, own - 1]) / metres))


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "arcp"})
def burnt(own: int, end: int, scalars: tuple, c: tuple, shares: np.ndarray, w: np.ndarray) -> None:
    """Energy (kJ), metres and moving seconds of each interval into the buffer.

    Every choice is one of two numbers and no sum is carried on, so intervals overlap in the processor's pipeline.

    Args:
        c: the class's parameters. ``shares``: share of roughness by the interval's seconds.
    """
    slope_kw, efficiency, gravity, cut, stopped = scalars[0], scalars[1], scalars[2], scalars[3], scalars[4]
    rolling, linear, drag, idle, auxiliary, most = c[0], c[1], c[2], c[3], c[4], c[5]
    idling, n = idle + slope_kw * auxiliary, end - own
    t2, t1, t, t3 = w[0, own - 2 :], w[0, own - 1 :], w[0, own:], w[0, own + 1 :]
    v1, v, a1, a, a3 = w[1, own - 1 :], w[1, own:], w[3, own - 1 :], w[3, own:], w[3, own + 1 :]
    slope, m, on, energy, distance, moving = w[5, own:], w[9, own:], w[10, own:], w[6, own:], w[7, own:], w[8, own:]
    for i in range(n):
        whole, lapse = a[i] == a[i], t[i] - t1[i]
        lapse = lapse if whole else 0.0
        mean = 0.5 * (v1[i] + v[i])
        wheel = kernel.wheel_power(v1[i], v[i], a[i], slope[i], m[i], rolling, linear, drag, gravity)
        rough = kernel.roughness(v1[i], v[i], a1[i], a[i], a3[i], t1[i] - t2[i], lapse, t3[i] - t[i])
        unseen = shares[np.uint32(lapse)] * rough
        fuel = kernel.fuel_power(wheel, mean, m[i], unseen, idle, auxiliary, most, slope_kw, efficiency, cut)
        rests = mean < stopped
        kw = (idling if on[i] > 0.0 else 0.0) if rests else fuel
        energy[i] = kw * lapse if whole else 0.0
        distance[i] = mean * lapse if whole else 0.0
        moving[i] = 0.0 if rests else lapse


@numba.njit(cache=True, nogil=True, error_model="numpy")
def driven(own: int, end: int, scalars: tuple, w: np.ndarray, sums: np.ndarray) -> None:
    """Add up one truck's intervals, in order of time, by the hour in which they end (24 × SUMS)."""
    stop_s, per_hour = scalars[10], 1.0 / 3600.0
    t, a, on, energy, distance, moving = w[0], w[3], w[10], w[6], w[7], w[8]
    still, counted, i = 0.0, False, own
    while i < end:
        clock = int((t[i] + 0.5) * per_hour)
        until, begin = (clock + 1) * 3600.0, i
        kj = metres = driving = idle = silent = stops = trips = 0.0
        while i < end and t[i] < until:
            if a[i] != a[i]:
                silent += max(t[i] - t[i - 1], 0.0)
                still, counted = 0.0, False
            else:
                if moving[i] > 0.0:
                    trips += 1.0 if counted else 0.0
                    still, counted = 0.0, False
                else:
                    lapse = t[i] - t[i - 1]
                    idle += lapse if on[i] > 0.0 else 0.0
                    still += lapse
                    if still >= stop_s and not counted:
                        stops += 1.0
                        counted = True
                kj, metres, driving = kj + energy[i], metres + distance[i], driving + moving[i]
            i += 1
        hour = sums[clock]
        hour[0], hour[1], hour[2], hour[3], hour[4] = i - begin, kj, metres, driving, idle
        hour[5], hour[6], hour[7] = silent, stops, trips


@numba.njit(cache=True, nogil=True, error_model="numpy")
def add_cells(
    own: int, end: int, w: np.ndarray, place: np.ndarray, number: int, reals: np.ndarray, counts: np.ndarray
) -> None:
    """Add the intervals to the cell-hours in which they end; a loop of its own, so that many are fetched at once."""
    energy, distance, moving = w[6], w[7], w[8]
    for i in range(own, end):
        at, of = reals[place[i]], counts[place[i]]
        at[0] += energy[i]
        at[1] += distance[i]
        of[4] += 1
        of[6] += int(moving[i])
        if of[7] != number:
            of[7] = number
            of[5] += 1


@numba.njit(cache=True, nogil=True, error_model="numpy")
def run(
    begin: np.ndarray, kind: np.ndarray, mass: np.ndarray, before: np.ndarray, after: np.ndarray, second: np.ndarray,
    latitude: np.ndarray, longitude: np.ndarray, speed: np.ndarray, altitude: np.ndarray, state: np.ndarray,
    scalars: tuple, classes: np.ndarray, shares: np.ndarray, south: int, west: int, step: int, square: np.ndarray,
    cell_reals: np.ndarray, cell_counts: np.ndarray, first_number: int, out: np.ndarray, truck: np.ndarray,
    hour: np.ndarray,
) -> int:  # fmt: skip
    """Fill ``out`` (rows × SUMS), ``truck`` (place in ``begin``) and ``hour``, a row per truck-hour; returns the rows.

    An hour in which the engine never ran has no row.

    Args:
        before: (trucks, 2, EDGE) last two fixes of the day before. ``after``: (trucks, EDGE) first of the day after.
        speed: 0.01 km/h. ``latitude``, ``longitude``: 1e-6 degree. ``state``: ENGINE_ON, load, REFUSED.
        first_number: number (from 1) of the first truck, for counting trucks in cells over several files.
    """
    longest = 0
    for k in range(len(begin) - 1):
        longest = max(longest, begin[k + 1] - begin[k])
    w, starts = np.empty((11, longest + 3)), np.empty(longest + 3, np.bool_)
    row, place = np.empty(longest + 3, np.int64), np.empty(longest + 3, np.int64)
    sums, rows, cells = np.zeros((24, out.shape[1])), 0, len(cell_reals) // 24
    for k in range(len(begin) - 1):
        own, end, n = gathered(
            begin[k], begin[k + 1], before[k], after[k], second, latitude, longitude, speed, altitude, state, mass[k],
            south, west, step, square, cells, w, row, place,
        )  # fmt: skip
        if end == own:
            continue
        rated(own, end, n, scalars, w, starts)
        sums[:], c = 0.0, classes[kind[k]]
        burnt(own, end, scalars, (c[0], c[1], c[2], c[3], c[4], c[5]), shares, w)
        driven(own, end, scalars, w, sums)
        add_cells(own, end, w, place, first_number + k, cell_reals, cell_counts)
        for clock in range(24):
            if sums[clock, 1] > 0.0 or sums[clock, 2] > 0.0:
                out[rows] = sums[clock]
                truck[rows], hour[rows] = k, clock
                rows += 1
    return rows
