"""The model ``shipping-positions`` as one compiled loop: sums of ships by hour, and by map cell and hour.

Equations and settings are those of ``positions.py`` and ``power.py`` (a test holds one against the other); in addition
an interval is cut at full hours, in proportion to time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np

from spark_jobs.models.emission import emissions
from spark_jobs.models.frame import FloatArray
from spark_jobs.models.shipping import settings as s
from spark_jobs.models.shipping.fuels import FUEL_SET
from spark_jobs.models.shipping.mix import by_fuel
from spark_jobs.models.shipping.particulars import PHASES, Particulars
from spark_jobs.models.shipping.positions import AIS_NO_SPEED
from spark_jobs.models.shipping.power import demand_fuel_rate
from spark_jobs.models.tracks import EARTH_RADIUS_KM, KM_PER_NM

HOURS, DAY_S, TENTHS = 24, 86400, 10.0
UNITS_PER_DEGREE = 600_000.0  # AIS counts 1/10,000 of a minute
(POSITIONS, DISTANCE_NM, MOVING_S, ANCHOR_S, BERTH_S, SILENT_S, MAIN_T, AUXILIARY_T, BOILER_T, SHORE_KWH, CO2_KG,
 UNKNOWN_S) = range(12)  # fmt: skip
SUMS = 12
CELL_SHIPS, CELL_LAST = 12, 13  # beside the sums, of a cell: ships seen there, number (from 1) of the last one
CELL_COLUMNS = 14
POWER = len(PHASES)
(CUBIC, MAIN_KW, MAIN_SFC, DEPENDENT, CO2_MAIN, CO2_OTHER, KNOWN, DESIGN_M) = range(8)
SHIP_COLUMNS = 8


@dataclass(frozen=True)
class Ships:
    """What the kernel needs of ships, in one order: ``one`` (ships, SHIP_COLUMNS); the others (ships, POWER)."""

    one: FloatArray
    auxiliary_kw: FloatArray
    auxiliary_t_h: FloatArray
    boiler_t_h: FloatArray


def ships(own: Particulars, design_m: FloatArray, known: np.ndarray) -> Ships:
    """Rates of ships; ``known`` is false where the model refuses a ship's particulars: no fuel is reckoned for it."""
    one = np.zeros((len(known), SHIP_COLUMNS))
    with np.errstate(invalid="ignore", divide="ignore"):
        one[:, CUBIC] = own.reference_power_kw / (own.reference_speed_kn**3 * own.margin * own.main_power_kw)
    one[:, MAIN_KW], one[:, MAIN_SFC], one[:, DEPENDENT] = own.main_power_kw, own.sfc_main, own.load_dependent
    one[:, CO2_MAIN], one[:, CO2_OTHER] = _co2_kg_per_t(own.fuel), _co2_kg_per_t(own.auxiliary_fuel)
    one[:, KNOWN], one[:, DESIGN_M] = known, design_m
    auxiliary = demand_fuel_rate(own.auxiliary_kw, own.sfc_auxiliary[:, None])
    return Ships(one, own.auxiliary_kw, auxiliary, demand_fuel_rate(own.boiler_kw, own.sfc_boiler[:, None]))


def _co2_kg_per_t(codes: np.ndarray) -> FloatArray:
    """CO2 of one tonne of each ship's fuel, by the one carbon path."""
    if not len(codes):
        return np.zeros(0)
    return emissions(by_fuel((np.ones(len(codes)), codes)), FUEL_SET, "t").co2_kg


def scalars() -> tuple[float, ...]:
    """The model's settings in the order in which ``run`` takes them; the first is the longest silence, s."""
    return (
        s.MAX_GAP.value * 3600.0, s.MAX_SPEED.value, AIS_NO_SPEED, s.CRUISE_LOAD.value, s.PHASE_DRIFT.value,
        s.PHASE_STOP.value, s.LOAD_OFF.value, s.SFC_A.value, s.SFC_B.value, s.SFC_C.value, EARTH_RADIUS_KM / KM_PER_NM,
    )  # fmt: skip


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _miles(south: float, west: float, north: float, east: float, radius: float) -> float:
    """Great circle (haversine), coordinates in AIS units."""
    scale = math.pi / 180.0 / 600_000.0
    a, b = south * scale, north * scale
    half = math.sin((b - a) * 0.5) ** 2 + math.cos(a) * math.cos(b) * math.sin((east - west) * scale * 0.5) ** 2
    return 2.0 * radius * math.asin(math.sqrt(min(half, 1.0)))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _segment(before: np.ndarray, now: np.ndarray, port: bool, one: np.ndarray, ratio: float, use: tuple) -> tuple:
    """Phase (−1 silence), distance (nm), main fuel (t/h) between two fixes (s, latitude, longitude, kn, status)."""
    lapse = now[0] - before[0]
    if lapse > use[0]:
        return -1, 0.0, 0.0
    arc = _miles(before[1], before[2], now[1], now[2], use[10])
    implied = arc / lapse * 3600.0
    jump = implied > use[1]
    speed = 0.0 if jump else implied
    if before[3] < use[2] and now[3] < use[2]:
        speed = 0.5 * (before[3] + now[3])
    distance = speed * lapse / 3600.0 if jump else arc
    load = min(one[0] * speed * speed * speed * ratio, 1.0) if one[6] > 0.0 else 0.0
    phase = 0 if load > use[3] else 1
    if port and speed > use[4]:
        phase = 2
    if speed <= use[4]:
        phase = 3
    if port and speed <= use[5]:
        phase = 4
    if phase >= 3 or load < use[6] or one[6] == 0.0:
        return phase, distance, 0.0
    curve = use[7] * load * load + use[8] * load + use[9] if one[3] > 0.0 else 1.0
    return phase, distance, load * one[1] * one[2] * curve * 1e-6


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _added(
    since: float, until: float, whole: float, phase: int, distance: float, main: float, connected: bool,
    one: np.ndarray, kw: np.ndarray, auxiliary: np.ndarray, boiler: np.ndarray, own: np.ndarray, cell: np.ndarray,
) -> None:  # fmt: skip
    """Add the part since … until (s) of an interval of ``whole`` seconds to both sums."""
    span = until - since
    hours, parts = span / 3600.0, np.zeros(12)
    if phase < 0:
        parts[5] = span
    else:
        parts[1] = distance * span / whole
        parts[2 if phase < 3 else phase] = span
        if one[6] > 0.0:
            shore = connected and phase == 4
            parts[6] = main * hours
            parts[7] = 0.0 if shore else auxiliary[phase] * hours
            parts[8] = boiler[phase] * hours
            parts[9] = kw[phase] * hours if shore else 0.0
            parts[10] = parts[6] * one[4] + (parts[7] + parts[8]) * one[5]
        else:
            parts[11] = span
    for k in range(1, 12):
        own[k] += parts[k]
        cell[k] += parts[k]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def run(
    begin: np.ndarray, ship: np.ndarray, tails: np.ndarray, heads: np.ndarray, second: np.ndarray, latitude: np.ndarray,
    longitude: np.ndarray, speed: np.ndarray, status: np.ndarray, state: np.ndarray, one: np.ndarray, kw: np.ndarray,
    auxiliary: np.ndarray, boiler: np.ndarray, said: np.ndarray, said_begin: np.ndarray, shore: np.ndarray,
    shore_begin: np.ndarray, use: tuple, south: int, west: int, step: int, square: np.ndarray, harbour: np.ndarray,
    cells: int, number: int, sums: np.ndarray, cell_sums: np.ndarray,
) -> None:  # fmt: skip
    """Add up a day of ships, whose rows lie in order of time.

    Args:
        begin: first row of each ship, and the end; ship: its place in ``one`` … ``boiler``.
        tails, heads: (ships, 6) last fix of the day before and first of the day after: second of this day, latitude,
            longitude (AIS units), kn, status, 1 where there is one.
        said: (n, 2) second from which a draught (m) holds, of each ship from ``said_begin``; shore: (n, 2) seconds
            between which a ship took shore power, of each ship from ``shore_begin``.
        square, harbour: cell number and whether in a port, of squares of ``step`` from south, west (1e-6 degree).
        number: of the first ship among those of all calls; no two share one.
        sums: (ships × 24, SUMS); cell_sums: (24 × cells, CELL_COLUMNS) over any number of calls.
    """
    a, b = np.zeros(5), np.zeros(5)
    for k in range(len(ship)):
        n = ship[k]
        at_said, has = said_begin[n], False
        if tails[k, 5] > 0.0:
            a[:], has = tails[k, :5], True
        for i in range(begin[k], begin[k + 1] + 1):
            outside = i == begin[k + 1]
            if outside:
                if heads[k, 5] == 0.0:
                    continue
                b[:] = heads[k, :5]
            else:
                if state[i] & 3:
                    continue
                b[0], b[1], b[2], b[3], b[4] = second[i], latitude[i], longitude[i], speed[i] / 10.0, status[i]
            row = math.floor((b[1] / 0.6 - south) / step)
            column = math.floor((b[2] / 0.6 - west) / step)
            place, port = 0, b[4] == 5.0 and b[3] <= use[4]  # a status is often left standing
            if 0 <= row < square.shape[0] and 0 <= column < square.shape[1]:
                place = square[row, column]
                port = port or (harbour[row, column] and b[4] != 1.0)
            while at_said + 1 < said_begin[n + 1] and said[at_said + 1, 0] <= b[0]:
                at_said += 1
            ratio = 1.0
            if at_said < said_begin[n + 1] and one[n, 7] > 0.0:
                ratio = np.cbrt((said[at_said, 1] / one[n, 7]) ** 2)
            if not outside:
                hour = int(b[0]) // 3600
                sums[k * 24 + hour, 0] += 1.0
                cell_sums[hour * cells + place, 0] += 1.0
                _seen(cell_sums[hour * cells + place], number + k)
            if has and b[0] > a[0]:
                phase, distance, main = _segment(a, b, port, one[n], ratio, use)
                since = max(a[0], 0.0)
                while since < min(b[0], 86400.0):
                    hour = int(since) // 3600
                    until = min(min(b[0], 86400.0), (hour + 1) * 3600.0)
                    connected = False
                    for j in range(shore_begin[n], shore_begin[n + 1]):
                        connected = connected or shore[j, 0] <= 0.5 * (since + until) < shore[j, 1]
                    cell = cell_sums[hour * cells + place]
                    _seen(cell, number + k)
                    _added(since, until, b[0] - a[0], phase, distance, main, connected, one[n], kw[n], auxiliary[n],
                           boiler[n], sums[k * 24 + hour], cell)  # fmt: skip
                    since = until
            a[:], has = b, True


@numba.njit(cache=True, nogil=True)
def _seen(cell: np.ndarray, number: int) -> None:
    """Count a ship once: its rows come one after the other."""
    if cell[13] != number + 1.0:
        cell[12] += 1.0
        cell[13] = number + 1.0
