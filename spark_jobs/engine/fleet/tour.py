"""The fused kernel with roads and trips: as ``fused.run`` does, and each interval's road and trip."""

from __future__ import annotations

import numba
import numpy as np

from spark_jobs.engine.fleet.matching import Roads, Weights, match
from spark_jobs.engine.fleet.trips import add_parts
from spark_jobs.models.diesel_regional.fused import add_cells, burnt, driven, gathered, rated


@numba.njit(cache=True, nogil=True, error_model="numpy")
def placed(
    own: int, end: int, t: np.ndarray, on: np.ndarray, number: np.ndarray, size: int, place: np.ndarray
) -> None:  # fmt: skip
    """Hour and number (of the edge, or of what ``number`` says of it) of each interval as a place in the sums."""
    for i in range(own, end):
        place[i] = int((t[i] + 0.5) / 3600.0) * size + number[on[i]]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def run(
    begin: np.ndarray, kind: np.ndarray, mass: np.ndarray, before: np.ndarray, after: np.ndarray, second: np.ndarray,
    latitude: np.ndarray, longitude: np.ndarray, speed: np.ndarray, altitude: np.ndarray, state: np.ndarray,
    direction: np.ndarray, scalars: tuple, classes: np.ndarray, shares: np.ndarray, grid: tuple, cell_reals: np.ndarray,
    cell_counts: np.ndarray, first_number: int, roads: Roads, weights: Weights, edge_number: np.ndarray,
    edge_reals: np.ndarray, edge_counts: np.ndarray, corridor_reals: np.ndarray, corridor_counts: np.ndarray,
    tails: np.ndarray, rules: tuple, parts: np.ndarray, out: np.ndarray, truck: np.ndarray, hour: np.ndarray,
) -> tuple[int, np.ndarray, int]:  # fmt: skip
    """As ``fused.run``; also edge-hours, corridor-hours and the parts of trips. Returns rows, parts and their number.

    Args:
        grid: south, west, step, squares. ``edge_number``: each edge's own number. ``tails``: (trucks, 2) where each
            truck's last fix of the day before was, 1e-6 degree.
    """
    longest, south, west, step, square = 0, grid[0], grid[1], grid[2], grid[3]
    for k in range(len(begin) - 1):
        longest = max(longest, begin[k + 1] - begin[k])
    w, starts = np.empty((11, longest + 3)), np.empty(longest + 3, np.bool_)
    row, place = np.empty(longest + 3, np.int64), np.empty(longest + 3, np.int64)
    on, sums, rows, count = np.zeros(longest + 3, np.int32), np.zeros((24, out.shape[1])), 0, 0
    cells, edges, corridors = len(cell_reals) // 24, len(edge_reals) // 24, len(corridor_reals) // 24
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
        match(own, end, row, w[0], w[1], latitude, longitude, direction, roads, weights, on)
        placed(own, end, w[0], on, edge_number, edges, place)
        add_cells(own, end, w, place, first_number + k, edge_reals, edge_counts)
        placed(own, end, w[0], on, roads.corridor, corridors, place)
        add_cells(own, end, w, place, first_number + k, corridor_reals, corridor_counts)
        parts, count = add_parts(
            k, own, end, row, w, latitude, longitude, tails[k], rules, parts, count
        )  # fmt: skip
        for clock in range(24):
            if sums[clock, 1] > 0.0 or sums[clock, 2] > 0.0:
                out[rows] = sums[clock]
                truck[rows], hour[rows] = k, clock
                rows += 1
    return rows, parts, count
