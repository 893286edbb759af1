"""Power and fuel of every interval between two fixes, in one fused loop (numba)."""

from __future__ import annotations

import numba
import numpy as np

from spark_jobs.models.frame import BoolArray, FloatArray, IntArray


@numba.njit(cache=True, nogil=True)
def unresolved_share(interval: float, at: FloatArray, share: FloatArray) -> float:
    """Linear interpolation in the derived table; constant beyond its ends."""
    if interval <= at[0]:
        return share[0]
    for k in range(1, len(at)):
        if interval <= at[k]:
            return share[k - 1] + (share[k] - share[k - 1]) * (interval - at[k - 1]) / (at[k] - at[k - 1])
    return share[-1]


@numba.njit(cache=True, nogil=True)
def accelerations(
    t: FloatArray, v: FloatArray, first: BoolArray, max_gap: float, most_up: float, most_down: float
) -> FloatArray:
    """m/s² of the interval that ends at each fix; NaN on the first of a track, across a gap, and at one instant."""
    n = len(v)
    out = np.full(n, np.nan)
    for i in range(1, n):
        lapse = t[i] - t[i - 1]
        if not first[i] and 0.0 < lapse <= max_gap:
            out[i] = min(most_up, max(-most_down, (v[i] - v[i - 1]) / lapse))
    return out


@numba.njit(cache=True, nogil=True, inline="always")
def roughness(
    before: float,
    after: float,
    last: float,
    a: float,
    coming: float,
    lapse_last: float,
    lapse: float,
    lapse_coming: float,
) -> float:
    """Speed × |change of acceleration| at both ends of an interval, m²/s³; NaN accelerations have no change.

    A neighbour shorter than half the interval shows too little and counts nothing.
    """
    rough = 0.0
    if last == last and lapse_last > 0.5 * lapse:
        rough += before * abs(a - last)
    if coming == coming and lapse_coming > 0.5 * lapse:
        rough += after * abs(coming - a)
    return rough


@numba.njit(cache=True, nogil=True, inline="always")
def wheel_power(
    before: float, after: float, a: float, slope: float, m: float, rolling: float, linear: float, drag: float,
    gravity: float,
) -> float:  # fmt: skip
    """kW at the wheels: A v + B v² + C v³ + M v (a + g sinθ), its cubic term averaged over linear acceleration."""
    mean = 0.5 * (before + after)
    squares = before * before + after * after
    wheel = rolling * m * mean + linear * (squares + before * after) / 3.0 + drag * 0.5 * mean * squares
    sine = slope / np.sqrt(1.0 + slope * slope)
    return wheel + m * mean * (a + gravity * sine)


@numba.njit(cache=True, nogil=True, inline="always")
def fuel_power(
    wheel: float, mean: float, m: float, unseen: float, idle_kw: float, auxiliary_kw: float, most_kw: float,
    willans_slope: float, efficiency: float, cut_above: float,
) -> float:  # fmt: skip
    """kW of fuel for a wheel power and the roughness share ``unseen`` (share × roughness) of a moving truck."""
    engine = (wheel / efficiency if wheel > 0.0 else wheel * efficiency) + auxiliary_kw
    fuel = max(idle_kw + willans_slope * engine, 0.0 if mean > cut_above else idle_kw)
    fuel += willans_slope / efficiency * m * 0.5 * unseen
    return min(fuel, idle_kw + willans_slope * most_kw)


@numba.njit(cache=True, nogil=True)
def run(
    t: FloatArray,
    v: FloatArray,
    acceleration: FloatArray,
    slope: FloatArray,
    mass: FloatArray,
    kind: IntArray,
    engine_on: BoolArray,
    rolling: FloatArray,
    linear: FloatArray,
    drag: FloatArray,
    idle_kw: FloatArray,
    auxiliary_kw: FloatArray,
    most_kw: FloatArray,
    willans_slope: float,
    efficiency: float,
    gravity: float,
    cut_above: float,
    stopped: float,
    at: FloatArray,
    share: FloatArray,
    fuel_kw: FloatArray,
    wheel_kw: FloatArray,
) -> None:
    """Fill ``fuel_kw`` (fuel power) and ``wheel_kw`` (wheel power) of the interval that ends at each fix.

    Wheel power = A v + B v² + C v³ + M v (a + g sinθ), its cubic term averaged over linear acceleration. Engine output
    = wheel power ÷ driveline efficiency (× where negative) + auxiliaries. Fuel power = idle + slope × output, no less
    than none above ``cut_above`` and than idle below it, no more than at the most output. Work that the fixes do not
    show: share(interval) × mass × speed × |change of acceleration|, half of it at each end of the interval.

    Args:
        t, v: seconds, m/s. ``acceleration``: NaN where there is no interval. ``slope``: rise over run.
        mass: t. ``kind``: class index into the parameter arrays. ``engine_on``: false burns nothing at rest.
    """
    n = len(t)
    for i in range(n):
        a = acceleration[i]
        if a != a:
            fuel_kw[i], wheel_kw[i] = 0.0, 0.0
            continue
        k, m, lapse = kind[i], mass[i], t[i] - t[i - 1]
        before, after = v[i - 1], v[i]
        mean = 0.5 * (before + after)
        if mean < stopped:
            fuel_kw[i] = idle_kw[k] + willans_slope * auxiliary_kw[k] if engine_on[i] else 0.0
            wheel_kw[i] = 0.0
            continue
        wheel = wheel_power(before, after, a, slope[i], m, rolling[k], linear[k], drag[k], gravity)
        part, unseen = unresolved_share(lapse, at, share), 0.0
        if part > 0.0:
            there = i + 1 < n
            coming = acceleration[i + 1] if there else np.nan
            unseen = part * roughness(
                before,
                after,
                acceleration[i - 1],
                a,
                coming,
                t[i - 1] - t[i - 2],
                lapse,
                t[i + 1] - t[i] if there else 0.0,
            )
        fuel_kw[i] = fuel_power(
            wheel, mean, m, unseen, idle_kw[k], auxiliary_kw[k], most_kw[k], willans_slope, efficiency, cut_above
        )
        wheel_kw[i] = wheel


@numba.njit(cache=True, nogil=True)
def pollutants(
    t: FloatArray,
    v: FloatArray,
    acceleration: FloatArray,
    first: BoolArray,
    kind: IntArray,
    stage: IntArray,
    table: FloatArray,
    limits: FloatArray,
    section: float,
    stopped: float,
    out: FloatArray,
) -> None:
    """Grams of each pollutant in the interval that ends at each fix, by the guide's g/km.

    The speed bin is that of the mean speed, stops included, over sections of ``section`` seconds of a track. Idling,
    unknown stages (−1) and stages the guide does not have are NaN.

    Args:
        table: g/km of shape (class, stage, speed bin, pollutant). ``limits``: upper limits of the bins, m/s.
    """
    n, begin = len(t), 0
    while begin < n:
        end, metres, lapse = begin, 0.0, 0.0
        while end < n and (end == begin or not first[end]) and lapse < section:
            if acceleration[end] == acceleration[end]:
                metres += 0.5 * (v[end] + v[end - 1]) * (t[end] - t[end - 1])
                lapse += t[end] - t[end - 1]
            end += 1
        mean = metres / lapse if lapse > 0.0 else 0.0
        level = 0
        while level < len(limits) and mean >= limits[level]:
            level += 1
        for i in range(begin, end):
            speed = 0.5 * (v[i] + v[i - 1]) if acceleration[i] == acceleration[i] else 0.0
            for p in range(out.shape[1]):
                out[i, p] = np.nan
                if stage[i] >= 0 and speed >= stopped:
                    out[i, p] = table[kind[i], stage[i], level, p] * speed * (t[i] - t[i - 1]) * 1e-3
        begin = end


@numba.njit(cache=True, nogil=True)
def totals(
    vehicle: IntArray,
    acceleration: FloatArray,
    t: FloatArray,
    v: FloatArray,
    fuel_kw: FloatArray,
    stopped: float,
    out: FloatArray,
) -> None:
    """Add to ``out[vehicle]``: hours, km, idle hours, fuel energy (kJ)."""
    for i in range(len(t)):
        if acceleration[i] != acceleration[i]:
            continue
        lapse = t[i] - t[i - 1]
        mean = 0.5 * (v[i] + v[i - 1])
        row = out[vehicle[i]]
        row[0] += lapse / 3600.0
        row[1] += mean * lapse * 1e-3
        if mean < stopped:
            row[2] += lapse / 3600.0
        row[3] += fuel_kw[i] * lapse
