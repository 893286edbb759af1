"""Derives the unresolved work between distant fixes from driving cycles: how `truck_unresolved_work` was made.

Sampled every ``interval`` seconds, a cycle shows less braking than it has, so its fuel comes out too low. What is
missing is in proportion to how much the acceleration changes from one interval to the next; the proportion grows with
the interval and is nearly the same for transient and for long-haul driving.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from factor_library.library import library
from spark_jobs.models.diesel_regional import parameters as p
from spark_jobs.models.diesel_regional.intervals import Fixes, intervals
from spark_jobs.models.frame import FloatArray

INTERVALS_S = (5, 10, 15, 20, 30, 45, 60, 90, 120)
PROBE = 1e-3  # a share so small that no interval meets the engine's limit; the response to it is linear
_NONE = (np.array([1.0]), np.array([0.0]))


def cycles() -> dict[str, FloatArray]:
    """Name → speeds (m/s) second by second of the library's driving cycles."""
    table = library().table("truck_driving_cycles")
    names = np.asarray(table["cycle"].to_pylist())
    second, speed = table["second"].to_numpy(), table["speed_m_per_s"].to_numpy()
    out = {}
    for name in dict.fromkeys(names.tolist()):
        own = names == name
        out[name] = np.interp(np.arange(0, np.floor(second[own][-1]) + 1), second[own], speed[own])
    return out


def track(seconds: FloatArray, speed: FloatArray, mass_t: float | None = None) -> Fixes:
    """One track of a truck of the default class, without place, altitude and stage."""
    n, kind = len(seconds), p.class_names().index(p.data()["default"])
    first = np.zeros(n, dtype=np.bool_)
    first[0] = True
    none, no_stage = np.zeros(0), np.zeros(0, dtype=np.int64)
    mass = p.class_parameters().typical_t[kind] if mass_t is None else mass_t
    return Fixes(
        seconds, speed, first, np.full(n, mass), np.full(n, kind, dtype=np.int64), none, none, none, no_stage,
        np.ones(n, dtype=np.bool_),
    )  # fmt: skip


def sampled_energy(
    speed: FloatArray, interval: int, share: float | tuple[FloatArray, FloatArray] = 0.0, mass_t: float | None = None
) -> tuple[float, float]:
    """Fuel energy (kJ) of a cycle seen every ``interval`` s and of the same seconds seen at 1 Hz, all phases added."""
    table = share if isinstance(share, tuple) else (np.array([1.0]), np.array([share]))
    seconds = np.arange(len(speed), dtype=np.float64)
    fine = intervals(track(seconds, speed, mass_t), _NONE)
    running = np.cumsum(fine.fuel_kw * fine.lapse)
    seen = true = 0.0
    for phase in range(interval):
        picked = np.arange(phase, len(speed), interval)
        if len(picked) < 3:
            continue
        at = intervals(track(seconds[picked], speed[picked], mass_t), table)
        seen += float(np.sum(at.fuel_kw * at.lapse))
        true += float(running[picked[-1]] - running[picked[0]])
    return seen, true


def unresolved_shares(
    of: Mapping[str, FloatArray], every: Iterable[int] = INTERVALS_S, mass_t: float | None = None
) -> dict[int, float]:
    """Interval (s) → share of roughness that makes the fuel of all cycles together the same as at 1 Hz.

    Raises:
        ValueError: the cycles are all steady.
    """
    out = {1: 0.0}
    for interval in every:
        missing = response = 0.0
        for speed in of.values():
            seen, true = sampled_energy(speed, interval, 0.0, mass_t)
            more, _ = sampled_energy(speed, interval, PROBE, mass_t)
            missing += true - seen
            response += (more - seen) / PROBE
        if response <= 0.0:
            raise ValueError(f"no roughness in these cycles at {interval} s: nothing to derive a share from")
        out[interval] = missing / response
    return out
