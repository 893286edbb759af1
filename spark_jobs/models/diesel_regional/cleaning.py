"""Noise of fixes, one track at a time: duplicates, spikes, frozen speeds, speed and altitude noise (numba)."""

from __future__ import annotations

import math

import numba
import numpy as np

from spark_jobs.models.frame import BoolArray, FloatArray

METRES_PER_DEGREE = 6371008.8 * math.pi / 180.0  # IUGG mean radius, as in tracks.py


@numba.njit(cache=True, nogil=True)
def displacement_m(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Distance (m) of two near points in degrees on a local plane; NaN where a coordinate is unknown."""
    north = (lat2 - lat1) * METRES_PER_DEGREE
    east = (lon2 - lon1) * METRES_PER_DEGREE * math.cos(math.radians(0.5 * (lat1 + lat2)))
    return math.sqrt(north * north + east * east)


@numba.njit(cache=True, nogil=True)
def without_spikes(t: FloatArray, v: FloatArray, first: BoolArray, most_up: float, most_down: float) -> FloatArray:
    """Speeds (m/s) in which a fix far off both its neighbours, beyond what a truck can do, takes their mean.

    A second fix at the same instant takes the speed of the first. Arrays of one order: track, time.
    """
    n = len(v)
    out = v.copy()
    for i in range(n):
        if first[i]:
            continue
        back = t[i] - t[i - 1]
        if back <= 0.0:
            out[i] = out[i - 1]
            continue
        if i + 1 == n or first[i + 1]:
            continue
        ahead = t[i + 1] - t[i]
        if ahead <= 0.0:
            continue
        rise, fall = v[i] - out[i - 1], v[i] - v[i + 1]
        up = rise > most_up * back and fall > most_up * ahead
        down = -rise > most_down * back and -fall > most_up * ahead
        if up or down:
            out[i] = (out[i - 1] * ahead + v[i + 1] * back) / (back + ahead)
    return out


@numba.njit(cache=True, nogil=True)
def without_frozen(
    t: FloatArray,
    v: FloatArray,
    lat: FloatArray,
    lon: FloatArray,
    first: BoolArray,
    fixes: int,
    window: float,
    slack_m: float,
    slack: float,
    most: float,
) -> FloatArray:
    """Speeds (m/s) in which a value repeated while the displacement says otherwise is taken from the displacement.

    Args:
        fixes: repeated values that make a suspicion. ``window``: seconds over which displacement is measured.
        slack_m, slack: difference of the two distances, absolute and relative, that is no disagreement.
        most: m/s; a faster displacement is a jump and never believed.
    """
    n = len(v)
    out = v.copy()
    run, begin = 1, 0
    for i in range(n):
        if first[i]:
            run, begin = 1, i
            continue
        if v[i] != v[i - 1]:
            run, begin = 1, i
            continue
        run += 1
        if run < fixes:
            continue
        while begin + 1 < i and t[i] - t[begin + 1] >= window:
            begin += 1
        lapse = t[i] - t[begin]
        if lapse < window:
            continue
        moved = displacement_m(lat[begin], lon[begin], lat[i], lon[i])
        said = v[i] * lapse
        if moved <= most * lapse and abs(moved - said) > slack_m + slack * max(moved, said):
            out[i] = moved / lapse
    return out


@numba.njit(cache=True, nogil=True)
def smoothed(t: FloatArray, v: FloatArray, first: BoolArray, up_to: float) -> FloatArray:
    """Speeds with weights 1-2-1 where both neighbours are within ``up_to`` seconds; a stop stays a stop."""
    n = len(v)
    out = v.copy()
    for i in range(1, n - 1):
        if first[i] or first[i + 1] or v[i] <= 0.0:
            continue
        if t[i] - t[i - 1] <= up_to and t[i + 1] - t[i] <= up_to:
            out[i] = 0.25 * (v[i - 1] + v[i] + v[i] + v[i + 1])
    return out


@numba.njit(cache=True, nogil=True)
def slopes(
    t: FloatArray, v: FloatArray, altitude: FloatArray, first: BoolArray, window: float, steepest: float, max_gap: float
) -> FloatArray:
    """Slope (rise over run) of the interval that ends at each fix, zero where altitude or motion is missing.

    Altitude and path length are averaged over the fixes within ``window`` metres, so a steady grade comes out exact
    and its noise is averaged; at intervals longer than the window nothing is averaged.
    """
    n = len(v)
    out = np.zeros(n)
    path = np.zeros(n)
    begin = 0
    while begin < n:
        end = begin + 1
        while end < n and not first[end] and t[end] - t[end - 1] <= max_gap:
            path[end] = path[end - 1] + 0.5 * (v[end] + v[end - 1]) * (t[end] - t[end - 1])
            end += 1
        lo, hi = begin, begin
        height, along, count = 0.0, 0.0, 0
        last_height, last_along, known = 0.0, 0.0, False
        for i in range(begin, end):
            while hi < end and path[hi] <= path[i] + window:
                if altitude[hi] == altitude[hi]:
                    height, along, count = height + altitude[hi], along + path[hi], count + 1
                hi += 1
            while path[lo] < path[i] - window:
                if altitude[lo] == altitude[lo]:
                    height, along, count = height - altitude[lo], along - path[lo], count - 1
                lo += 1
            if count == 0:
                known = False
                continue
            mean_height, mean_along = height / count, along / count
            if known and mean_along - last_along > 1.0:
                out[i] = min(steepest, max(-steepest, (mean_height - last_height) / (mean_along - last_along)))
            elif known and i > begin and path[i] - path[i - 1] > 0.0:
                out[i] = out[i - 1]
            last_height, last_along, known = mean_height, mean_along, True
        begin = end
    return out
