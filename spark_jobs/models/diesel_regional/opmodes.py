"""MOVES operating modes by scaled tractive power, speed and braking, from the library's table."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from factor_library.library import library
from spark_jobs.models.frame import FloatArray

MPH_PER_M_S = 3600.0 / 1609.344  # international mile, by definition
BRAKING, IDLING = 0, 1
COARSE = {26, 36}  # sums of 27–30 and of 37–40 in MOVES' own list


@cache
def bins() -> list[tuple[int, float, float, float, float]]:
    """Running modes: id, power from (inclusive) and to (kW/t), speed from (inclusive) and to (mph)."""
    out = []
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
    idle_below, hard, slight = limits()
    mode = np.full(len(power), -1, dtype=np.int64)
    for code, low, high, slow, fast in bins():
        mode[(power >= low) & (power < high) & (speed_mph >= slow) & (speed_mph < fast)] = code
    with np.errstate(invalid="ignore"):
        gentle = acceleration_mph_s <= slight
        braking = acceleration_mph_s <= hard
    braking |= gentle & (seconds >= 3.0)
    braking[2:] |= gentle[2:] & gentle[1:-1] & gentle[:-2]
    mode[np.abs(speed_mph) < idle_below] = IDLING
    mode[braking & (np.abs(speed_mph) >= idle_below)] = BRAKING
    mode[~np.isfinite(acceleration_mph_s)] = -1
    return mode
