"""Jumps out, and a state for every fix: a hidden two-state chain over displacement, speed and engine (numba)."""

from __future__ import annotations

import math

import numba
import numpy as np

from spark_jobs.models.diesel_regional.cleaning import displacement_m
from spark_jobs.models.frame import BoolArray, FloatArray


@numba.njit(cache=True, nogil=True)
def jumps(t: FloatArray, lat: FloatArray, lon: FloatArray, first: BoolArray, most: float, agree: int) -> BoolArray:
    """True for fixes beyond ``most`` m/s from the last good one, unless ``agree`` in a row stay where they are.

    Arrays ordered by vehicle and time, no two of a vehicle at one instant.
    """
    n = len(t)
    out = np.zeros(n, dtype=np.bool_)
    good = 0
    for i in range(n):
        if first[i]:
            good = i
            if not _stays(t, lat, lon, first, i, most, 2) and i + 2 < n and not first[i + 1] and not first[i + 2]:
                out[i] = _reached(t, lat, lon, i + 1, i + 2, most)
                good = i + 1 if out[i] else i
            continue
        if out[i] or i == good:
            continue
        if _reached(t, lat, lon, good, i, most) or _stays(t, lat, lon, first, i, most, agree):
            good = i
        else:
            out[i] = True
    return out


@numba.njit(cache=True, nogil=True)
def _reached(t: FloatArray, lat: FloatArray, lon: FloatArray, a: int, b: int, most: float) -> bool:
    return displacement_m(lat[a], lon[a], lat[b], lon[b]) <= most * (t[b] - t[a])


@numba.njit(cache=True, nogil=True)
def _stays(t: FloatArray, lat: FloatArray, lon: FloatArray, first: BoolArray, i: int, most: float, count: int) -> bool:
    """Whether this fix and the next of the same vehicle, ``count`` in all, can be driven one after the other."""
    for k in range(i, i + count - 1):
        if k + 1 >= len(t) or first[k + 1] or not _reached(t, lat, lon, k, k + 1, most):
            return False
    return True


@numba.njit(cache=True, nogil=True)
def evidence(
    t: FloatArray, lat: FloatArray, lon: FloatArray, speed: FloatArray, engine: FloatArray, first: BoolArray,
    window: float, drift: float, moving: float, resting: float, limit: float, silence: float, same_place: float,
) -> FloatArray:  # fmt: skip
    """Log likelihood ratio of moving against stopped for each fix.

    Displacement over ``window`` s, the smaller of back and ahead: exponential with mean ``drift`` m when stopped, with
    that of ``moving`` m/s when moving. Speed (m/s, NaN unknown): exponential with means ``resting`` and ``moving``.
    Engine (0, 1, NaN): off says stopped. A silence at one place says stopped at both its ends.
    """
    n = len(t)
    out = np.zeros(n)
    back, ahead, begin, end = 0, 0, 0, 0
    for i in range(n):
        if first[i]:
            begin = back = i
            end = i + 1
            while end < n and not first[end]:
                end += 1
            ahead = i
        while back + 1 < i and t[i] - t[back + 1] >= window:
            back += 1
        ahead = max(ahead, i)
        while ahead + 1 < end and t[ahead] - t[i] < window:
            ahead += 1
        score = 0.0
        shortest, lapse = np.inf, 0.0
        for other in (back, ahead):
            gap = abs(t[other] - t[i])
            if other != i and gap > 0.0 and gap <= silence:
                moved = displacement_m(lat[i], lon[i], lat[other], lon[other])
                if moved / gap < shortest:
                    shortest, lapse = moved / gap, gap
        if lapse > 0.0:
            far = moving * lapse
            weight = 1.0
            if i > begin:
                weight = min(1.0, max((t[i] - t[i - 1]) / window, 0.1))
            score += weight * (math.log(drift / far) + shortest * lapse * (1.0 / drift - 1.0 / far))
        if speed[i] == speed[i]:
            said = math.log(resting / moving) + speed[i] * (1.0 / resting - 1.0 / moving)
            score += min(said, limit)
        if engine[i] == 0.0:
            score -= limit
        for a, b in ((i - 1, i), (i, i + 1)):
            silent = a >= begin and b < end and t[b] - t[a] > silence
            if silent and displacement_m(lat[a], lon[a], lat[b], lon[b]) <= same_place:
                score -= limit
        out[i] = min(limit, max(-limit, score))
    return out


@numba.njit(cache=True, nogil=True)
def moving_probability(t: FloatArray, ratio: FloatArray, first: BoolArray, dwell: float) -> FloatArray:
    """Posterior probability of moving at each fix (forward and backward pass); states change once in ``dwell`` s."""
    n = len(t)
    ahead, out = np.empty(n), np.empty(n)
    belief = 0.5
    for i in range(n):
        if first[i]:
            prior = 0.5
        else:
            stay = 0.5 + 0.5 * math.exp(-2.0 * (t[i] - t[i - 1]) / dwell)
            prior = belief * stay + (1.0 - belief) * (1.0 - stay)
        odds = prior / (1.0 - prior) * math.exp(ratio[i])
        belief = odds / (1.0 + odds)
        belief = min(1.0 - 1e-12, max(1e-12, belief))
        ahead[i] = belief
    later = 1.0
    for i in range(n - 1, -1, -1):
        if i == n - 1 or first[i + 1]:
            later = 1.0
        else:
            stay = 0.5 + 0.5 * math.exp(-2.0 * (t[i + 1] - t[i]) / dwell)
            weight = later * math.exp(ratio[i + 1])
            later = (stay * weight + (1.0 - stay)) / ((1.0 - stay) * weight + stay)
        odds = ahead[i] / (1.0 - ahead[i]) * later
        out[i] = odds / (1.0 + odds)
    return out
