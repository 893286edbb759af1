"""Noise of fixes, one track at a time: duplicates, spikes, frozen speeds, speed and altitude noise (numba)."""

from __future__ import annotations

import math

import numba
import numpy as np

from spark_jobs.models.frame import BoolArray, FloatArray

NO_RUN_M = 0.05  # metres of path too short for a slope of their own
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

    Arrays of one order: track, time; no two fixes of a track at one instant.
    """
    n = len(v)
    out = v.copy()
    for i in range(1, n - 1):
        if first[i] or first[i + 1]:
            continue
        back, ahead = t[i] - t[i - 1], t[i + 1] - t[i]
        rise, fall = out[i] - out[i - 1], out[i] - out[i + 1]
        up = rise > most_up * back and fall > most_up * ahead
        down = -rise > most_down * back and -fall > most_up * ahead
        if up or down:
            out[i] = (out[i - 1] * ahead + out[i + 1] * back) / (back + ahead)
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
def thinned(t: FloatArray, v: FloatArray, first: BoolArray, half: float) -> FloatArray:
    """Speeds averaged over ``half`` seconds to each side within the track; a stop stays a stop. For close steps."""
    n = len(v)
    out = v.copy()
    lo, hi, total = 0, 0, 0.0
    for i in range(n):
        if first[i]:
            lo, hi, total = i, i, 0.0
        while hi < n and (hi == i or not first[hi]) and t[hi] <= t[i] + half:
            total += v[hi]
            hi += 1
        while t[lo] < t[i] - half:
            total -= v[lo]
            lo += 1
        if v[i] > 0.0:
            out[i] = max(total / (hi - lo), 0.0)
    return out


@numba.njit(cache=True, nogil=True)
def path_m(t: FloatArray, v: FloatArray, first: BoolArray, max_gap: float) -> tuple[FloatArray, BoolArray]:
    """Metres since the start of each stretch, and where stretches start: tracks, and after long silences."""
    n = len(v)
    path, starts = np.zeros(n), np.ones(n, dtype=np.bool_)
    for i in range(1, n):
        lapse = t[i] - t[i - 1]
        if not first[i] and lapse <= max_gap:
            path[i] = path[i - 1] + 0.5 * (v[i] + v[i - 1]) * lapse
            starts[i] = False
    return path, starts


@numba.njit(cache=True, nogil=True)
def averaged(
    path: FloatArray, starts: BoolArray, altitude: FloatArray, along: FloatArray, window: float
) -> tuple[FloatArray, FloatArray]:
    """Means of ``altitude`` and ``along`` over the fixes within ``window`` metres of path; NaN where none is known."""
    n = len(path)
    heights, places = np.empty(n), np.empty(n)
    begin = 0
    while begin < n:
        end = begin + 1
        while end < n and not starts[end]:
            end += 1
        lo, hi, count, height, place = begin, begin, 0, 0.0, 0.0
        for i in range(begin, end):
            if i > begin and path[i] == path[i - 1]:  # at rest: the window is the one of the fix before
                heights[i], places[i] = heights[i - 1], places[i - 1]
                continue
            alone = (i == begin or path[i] - path[i - 1] > window) and (i + 1 == end or path[i + 1] - path[i] > window)
            if alone:
                known = altitude[i] == altitude[i]
                heights[i], places[i] = altitude[i], along[i] if known else np.nan
                lo, hi, count = i, i + 1, 1 if known else 0
                height, place = (altitude[i], along[i]) if known else (0.0, 0.0)
                continue
            while hi < end and path[hi] <= path[i] + window:
                if altitude[hi] == altitude[hi]:
                    height, place, count = height + altitude[hi], place + along[hi], count + 1
                hi += 1
            while path[lo] < path[i] - window:
                if altitude[lo] == altitude[lo]:
                    height, place, count = height - altitude[lo], place - along[lo], count - 1
                lo += 1
            heights[i] = height / count if count else np.nan
            places[i] = place / count if count else np.nan
        begin = end
    return heights, places


@numba.njit(cache=True, nogil=True)
def slopes(path: FloatArray, starts: BoolArray, altitude: FloatArray, window: float, steepest: float) -> FloatArray:
    """Slope (rise over run) of the interval that ends at each fix, zero where altitude or motion is missing.

    Altitude and path are averaged alike, twice, over half of ``window`` metres to each side: a steady grade comes out
    exact and noise is averaged; at intervals longer than the window nothing is averaged.
    """
    n = len(path)
    out = np.zeros(n)
    height, place = averaged(path, starts, altitude, path, 0.5 * window)
    height, place = averaged(path, starts, height, place, 0.5 * window)
    for i in range(1, n):
        run = place[i] - place[i - 1]
        if not starts[i] and path[i] > path[i - 1]:
            if run > NO_RUN_M:
                out[i] = min(steepest, max(-steepest, (height[i] - height[i - 1]) / run))
            elif run == run:
                out[i] = out[i - 1]
    return out
