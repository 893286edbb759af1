"""MOVES operating modes by scaled tractive power, speed and braking, from the library's table."""

from __future__ import annotations

from functools import cache

import numba
import numpy as np
import numpy.typing as npt

from factor_library.library import library
from spark_jobs.models.frame import FloatArray, IntArray

MPH_PER_M_S = 3600.0 / 1609.344  # international mile, by definition
BRAKING, IDLING = 0, 1
BRAKING_RUN = 3  # seconds of slight braking in a row, as the table's column brakeRate3Sec says
COARSE = {26, 36}  # sums of 27–30 and of 37–40 in MOVES' own list


@cache
def bins() -> list[tuple[float, ...]]:
    """Running modes: id, power from (inclusive) and to (kW/t), speed from (inclusive) and to (mph)."""
    out: list[tuple[float, ...]] = []
    for row in library().table("road_moves_opmodes").to_pylist():
        mode = int(row["opModeID"])
        if row["speedLower"] is None or mode in {*COARSE, IDLING}:
            continue
        edges = [
            np.nan_to_num(np.float64(row[name] if row[name] is not None else limit), posinf=np.inf)
            for name, limit in (("VSPLower", -1e9), ("VSPUpper", 1e9), ("speedLower", 0.0), ("speedUpper", 1e9))
        ]
        out.append((mode, *(float(edge) for edge in edges)))
    return out


@cache
def limits() -> tuple[float, float, float]:
    """Idling below (mph); braking at or below (mph/s) in one second; and in three seconds each."""
    rows = {int(r["opModeID"]): r for r in library().table("road_moves_opmodes").to_pylist()}
    return rows[IDLING]["speedUpper"], rows[BRAKING]["brakeRate1Sec"], rows[BRAKING]["brakeRate3Sec"]


def operating_modes(
    power: FloatArray, speed_mph: FloatArray, acceleration_mph_s: FloatArray, seconds: FloatArray
) -> npt.NDArray[np.int64]:
    """Operating mode of each interval, −1 where there is no interval.

    Args:
        power: scaled tractive power (wheel kW ÷ MOVES' f). ``speed_mph``: mean of the interval.
        acceleration_mph_s: NaN where there is no interval. ``seconds``: length; three intervals of a second each of
            slight braking count as braking, a longer interval alone where it is as long as three seconds.
    """
    out = np.empty(len(power), dtype=np.int64)
    _modes(power, speed_mph, acceleration_mph_s, seconds, np.array(bins(), dtype=np.float64), *limits(), out)
    return out


@numba.njit(cache=True, nogil=True)
def _modes(
    power: FloatArray, mph: FloatArray, rate: FloatArray, seconds: FloatArray, table: FloatArray, idle_below: float,
    hard: float, slight: float, out: IntArray,
) -> None:  # fmt: skip
    slight_run = 0
    for i in range(len(power)):
        slight_run = slight_run + 1 if rate[i] <= slight else 0
        if rate[i] != rate[i]:
            out[i] = -1
        elif abs(mph[i]) < idle_below:
            out[i] = IDLING
        elif rate[i] <= hard or slight_run >= BRAKING_RUN or (slight_run > 0 and seconds[i] >= BRAKING_RUN):
            out[i] = BRAKING
        else:
            out[i] = -1
            for k in range(len(table)):
                inside = table[k, 1] <= power[i] < table[k, 2]
                if inside and table[k, 3] <= mph[i] < table[k, 4]:
                    out[i] = int(table[k, 0])
                    break
