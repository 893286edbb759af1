"""A truck's report every half minute as JT/T 808 fields, and what goes wrong with it."""

from __future__ import annotations

import math
from functools import lru_cache

import numba
import numpy as np

from infra.upstream.fleet.chance import between, normal, uniform
from infra.upstream.fleet.network import parameters

METRES_PER_DEGREE = 111195.0
ACC, LOCATED = 1, 2
LOAD_SHIFT = 8
OVERSPEED, FATIGUE = 2, 4
INVALID_SPEED = 65535
# Fields of the state of faults, one array a vehicle.
SILENT_UNTIL, SILENT_KEPT, DRIFT_UNTIL, DRIFT_NORTH, DRIFT_EAST = range(5)
FROZEN_UNTIL, FROZEN_SPEED, HEIGHT_OFF, STATE = range(5, 9)
# Counts of what was planted, one array a block.
SILENCES, LOST, STORED, DRIFTS, FROZEN, TELEPORTS, NO_FIX, BAD_CLOCK, BAD_SPEED = range(9)
DUPLICATES, CONTRADICTIONS, OUT_OF_ORDER, DAY_LATE, DATUM, COUNTS = range(9, 15)
NAMES = (
    "silences", "lost", "stored", "drifting", "frozen", "teleports", "no_fix", "bad_clock", "bad_speed", "duplicates",
    "contradictions", "out_of_order", "day_late", "wrong_datum",
)  # fmt: skip


@lru_cache(maxsize=1)
def rates() -> np.ndarray:
    """Rates and ranges in the order in which ``report`` reads them."""
    f, n, every = parameters()["faults"], parameters()["noise"], parameters()["report"]["interval_s"] / 3600.0
    return np.array([
        f["silence_per_hour"] * every, *f["silence_minutes"], f["silence_kept"], f["drift_per_hour"] * every,
        *f["drift_m"], *f["drift_minutes"], f["frozen_per_hour"] * every, *f["frozen_minutes"], f["teleport"],
        math.log(f["teleport_km"][0]), math.log(f["teleport_km"][1]), f["no_fix"], f["bad_clock"], f["bad_speed"],
        f["duplicate"], f["contradiction"], f["out_of_order"], *f["out_of_order_minutes"], n["position_m"],
        n["altitude_m"], n["altitude_memory"], n["speed_kmh"],
    ])  # fmt: skip


@numba.njit(cache=True, fastmath=True, error_model="numpy")
def gcj02(lat: float, lon: float) -> tuple[float, float]:
    """WGS 84 → GCJ-02 (published approximation of the Chinese offset), degrees."""
    x, y = lon - 105.0, lat - 35.0
    wave = (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + wave
    north += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + wave
    east += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    sine = math.sin(math.radians(lat))
    magic = 1.0 - 0.00669342162296594323 * sine * sine
    root = math.sqrt(magic)
    north = north * 180.0 / ((6378245.0 * (1.0 - 0.00669342162296594323)) / (magic * root) * math.pi)
    east = east * 180.0 / (6378245.0 / root * math.cos(math.radians(lat)) * math.pi)
    return lat + north, lon + east


@numba.njit(cache=True, fastmath=True, error_model="numpy")
def report(
    at: int, lat: float, lon: float, height: float, speed: float, heading: float, engine: bool, load: int, alarm: int,
    late_day: bool, gcj: bool, vehicle: int, row: int, out: np.ndarray, faults: np.ndarray, rng: np.ndarray,
    r: np.ndarray, counts: np.ndarray,
) -> int:  # fmt: skip
    """Write the fix of second ``at`` and its faulty companions from ``row`` on; returns the next free row.

    ``out`` columns: vehicle, time, latitude 1e-6, longitude 1e-6, altitude m, speed 0.1 km/h, direction, status, alarm,
    received; all int32, times in seconds since the first local midnight.
    """
    faults[HEIGHT_OFF] = r[26] * faults[HEIGHT_OFF] + r[25] * math.sqrt(1.0 - r[26] * r[26]) * normal(rng)
    received = at + 1 + int(4.0 * uniform(rng))
    if engine and at >= faults[SILENT_UNTIL] and uniform(rng) < r[0]:
        faults[SILENT_UNTIL] = at + 60.0 * between(rng, r[1], r[2])
        faults[SILENT_KEPT] = 1.0 if uniform(rng) < r[3] else 0.0
        counts[SILENCES] += 1
    if at < faults[SILENT_UNTIL]:
        if faults[SILENT_KEPT] == 0.0:
            counts[LOST] += 1
            return row
        counts[STORED] += 1
        received = int(faults[SILENT_UNTIL]) + 2
    kmh = speed * 3.6 + (r[27] * normal(rng) if speed > 0.3 else 0.0)
    kmh = max(kmh, 0.0)
    if engine and uniform(rng) < r[9]:
        faults[FROZEN_UNTIL], faults[FROZEN_SPEED] = at + 60.0 * between(rng, r[10], r[11]), kmh
    if at < faults[FROZEN_UNTIL]:
        kmh = faults[FROZEN_SPEED]
        counts[FROZEN] += 1
    north, east = r[24] * normal(rng), r[24] * normal(rng)
    if engine and uniform(rng) < r[4]:
        far, turn = between(rng, r[5], r[6]), between(rng, 0.0, 2.0 * math.pi)
        faults[DRIFT_UNTIL] = at + 60.0 * between(rng, r[7], r[8])
        faults[DRIFT_NORTH], faults[DRIFT_EAST] = far * math.cos(turn), far * math.sin(turn)
    if at < faults[DRIFT_UNTIL]:
        north, east = north + faults[DRIFT_NORTH], east + faults[DRIFT_EAST]
        counts[DRIFTS] += 1
    if uniform(rng) < r[12]:
        far, turn = 1000.0 * math.exp(between(rng, r[13], r[14])), between(rng, 0.0, 2.0 * math.pi)
        north, east = north + far * math.cos(turn), east + far * math.sin(turn)
        counts[TELEPORTS] += 1
    y = lat + north / METRES_PER_DEGREE
    x = lon + east / (METRES_PER_DEGREE * math.cos(math.radians(lat)))
    if gcj:
        y, x = gcj02(y, x)
        counts[DATUM] += 1
    o = out[row]
    o[0], o[1], o[2], o[3] = vehicle, at, round(y * 1e6), round(x * 1e6)
    o[4], o[5] = round(height + faults[HEIGHT_OFF]), round(kmh * 10.0)
    o[6], o[7] = int(heading), (ACC if engine else 0) | LOCATED | (load << LOAD_SHIFT)
    o[8] = alarm
    if late_day:
        received += 86400
        counts[DAY_LATE] += 1
    if uniform(rng) < r[20]:
        received += int(60.0 * between(rng, r[21], r[22]))
        counts[OUT_OF_ORDER] += 1
    o[9] = received
    chance = uniform(rng)
    if chance < r[15]:
        o[2], o[3], o[7] = 0, 0, o[7] & ~LOCATED
        counts[NO_FIX] += 1
    elif chance < r[15] + r[16]:
        o[1] = -946684800
        counts[BAD_CLOCK] += 1
    elif chance < r[15] + r[16] + r[17]:
        o[5] = INVALID_SPEED
        counts[BAD_SPEED] += 1
    row += 1
    chance = uniform(rng)
    if chance < r[18]:
        out[row] = o
        out[row, 9] += int(30.0 * uniform(rng))
        counts[DUPLICATES] += 1
        row += 1
    elif chance < r[18] + r[19]:
        out[row] = o
        out[row, 2] += 40
        out[row, 5] = min(out[row, 5] + 15, INVALID_SPEED)
        counts[CONTRADICTIONS] += 1
        row += 1
    return row
