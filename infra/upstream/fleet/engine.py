"""One second of driving: road load with rotating mass and speed-dependent rolling; friction apart from work."""

from __future__ import annotations

import math
from functools import lru_cache

import numba
import numpy as np

from infra.upstream.fleet.network import parameters

SPEEDS = 200  # steps of 0.25 m/s of the gear table


@lru_cache(maxsize=1)
def constants() -> np.ndarray:
    """Numbers of every truck: see the order in ``second``."""
    e, p = parameters()["engine"], parameters()
    return np.array([
        p["air_density"], p["gravity"], p["rotating_mass"], p["rolling_per_speed"], e["driveline"],
        e["load_loss"], e["idle_rev_s"], 1.0 / e["heating_value_kj_per_g"],
    ])  # fmt: skip


@lru_cache(maxsize=1)
def revolutions() -> np.ndarray:
    """rev/s by speed: falling back to ``low_rev_s`` at each gear."""
    e = parameters()["engine"]
    out = np.full(SPEEDS, e["idle_rev_s"])
    for i in range(1, SPEEDS):
        speed = i * 0.25
        if speed > 1.5:
            part = math.log(speed / 1.5) / math.log(e["gear_step"]) % 1.0
            top = e["low_rev_s"] + 3.0 if speed > 19.0 else e["low_rev_s"] * (1.0 + (e["gear_step"] - 1.0) * part)
            out[i] = min(top, e["high_rev_s"])
    return out


@numba.njit(cache=True, fastmath=True, error_model="numpy")
def second(
    speed: float, target: float, grade: float, mass_kg: float, own: np.ndarray, c: np.ndarray, revs: np.ndarray
) -> tuple[float, float]:
    """Speed (m/s) after one second towards ``target`` and fuel (g) burnt in it.

    Args:
        own: drag area, rolling, litres, rated kW, friction, efficiency, accessories kW, driver (as in ``Fleet.true``).
    """
    resist = own[1] * mass_kg * c[1] * (1.0 + c[3] * speed) if speed > 0.05 or target > 0.05 else 0.0
    force = resist + 0.5 * c[0] * own[0] * speed * speed + mass_kg * c[1] * grade
    gain = 0.28 if target < 0.7 * speed or speed < 8.0 else 0.12  # drivers brake for signals and coast in traffic
    wanted = gain * (target - speed)
    most = min(0.95, (own[3] * 1000.0 * c[4] / max(speed, 2.5) - force) / (mass_kg * c[2]))
    rise = max(min(wanted, most), -1.6)
    after = max(0.0, speed + rise)
    mean = 0.5 * (speed + after)
    power = (force + mass_kg * c[2] * (after - speed)) * mean * 1e-3
    rev = revs[min(int(mean * 4.0), len(revs) - 1)]
    output = (power / c[4] if power > 0.0 else power * c[4]) + own[6]
    if output > own[3]:
        output = own[3]
    if output <= 0.0 and mean > 4.0:
        return after, 0.0
    load = max(output, 0.0) / own[3]
    fuel = own[4] * rev * own[2] + max(output, 0.0) / (own[5] * (1.0 - c[5] * load * load))
    return after, fuel * c[7]
