"""Fuel of whole flights by type, distance and payload, flown with the performance model on a usual profile.

From 3,000 ft to 3,000 ft: what lies below is the landing and take-off cycle, taken from the engine databank.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spark_jobs.models.aviation import performance as perf
from spark_jobs.models.aviation import settings as s
from spark_jobs.models.frame import FloatArray

Flow = Callable[[perf.Airframes, FloatArray, FloatArray, FloatArray, FloatArray], FloatArray]
_POINTS, _CRUISE_POINTS, _ROUNDS = 12, 6, 4
_SECONDS_PER_MINUTE, _SECONDS_PER_HOUR, _METRES_PER_KM = 60.0, 3600.0, 1000.0


@dataclass(frozen=True)
class Mission:
    """One flight a row, shape (rows,): fuel (kg) and time (h) of climb, cruise and descent above 3,000 ft.

    ``take_off_kg`` is the mass at the start of the climb, ``altitude_ft`` the cruising level.
    """

    climb_kg: FloatArray
    cruise_kg: FloatArray
    descent_kg: FloatArray
    climb_h: FloatArray
    cruise_h: FloatArray
    descent_h: FloatArray
    take_off_kg: FloatArray
    altitude_ft: FloatArray

    @property
    def fuel_kg(self) -> FloatArray:
        """Sum of the phases."""
        return self.climb_kg + self.cruise_kg + self.descent_kg


def cruise_mach(a: perf.Airframes) -> FloatArray:
    """Usual cruise Mach number: a fixed margin below the largest."""
    return a.mach_max - s.CRUISE_MACH_MARGIN.value


def cruise_altitude_ft(a: perf.Airframes, mass_kg: FloatArray, distance_km: FloatArray) -> FloatArray:
    """Usual level: where the wing lifts at its design coefficient, below the ceiling and what the distance allows."""
    lift_pressure = (
        mass_kg
        * perf.GRAVITY
        / (
            0.5
            * perf.GAMMA
            * cruise_mach(a) ** 2
            * a.wing_area_m2
            * a.lift_coefficient_design
            * s.CRUISE_LIFT_SHARE.value
        )
    )
    grid = np.arange(10_000.0, 45_001.0, 500.0)
    best = np.interp(-lift_pressure, -perf.pressure_pa(grid), grid)
    ceiling = a.max_flight_level * 100.0 - s.CEILING_MARGIN.value
    reachable = s.LEVEL_BASE.value + s.LEVEL_PER_KM.value * distance_km
    return np.clip(np.minimum(best, np.minimum(ceiling, reachable)), s.LEVEL_LEAST.value, None)


def fly(
    a: perf.Airframes,
    distance_km: FloatArray,
    payload_kg: FloatArray,
    flow: Flow = perf.fuel_flow_kg_s,
    altitude_ft: npt.NDArray[np.float64] | None = None,
) -> Mission:
    """Fly rows of (type, still-air distance, payload); the take-off mass is found by iteration.

    Args:
        altitude_ft: cruising level where it is given (NaN: the usual one).
    """
    burnt = np.zeros_like(distance_km)
    mission: Mission | None = None
    for _ in range(_ROUNDS):
        empty = a.operating_empty_kg * (1 + s.OPERATING_ITEMS.value)
        landing = empty + payload_kg + _reserve_kg(a, burnt)
        take_off = landing + burnt
        mission = _profile(a, distance_km, take_off, burnt, flow, altitude_ft)
        burnt = mission.fuel_kg
    assert mission is not None
    return mission


def _reserve_kg(a: perf.Airframes, burnt: FloatArray) -> FloatArray:
    """Fuel on board at landing: a share of the trip and minutes of flight at about half the climb flow."""
    holding = a.take_off_flow_kg_s * s.HOLD_FLOW_SHARE.value * s.RESERVE_MINUTES.value * _SECONDS_PER_MINUTE
    return holding + s.CONTINGENCY.value * burnt


def usual_speed_ms(a: perf.Airframes, altitude_ft: FloatArray) -> FloatArray:
    """TAS of climb and descent: 250 kt below 10,000 ft, then a fixed CAS, at most the cruise Mach number."""
    cas = np.where(altitude_ft < s.SPEED_LIMIT_ALTITUDE.value, s.LOW_CAS.value, s.HIGH_CAS.value) * perf.MS_PER_KNOT
    return np.minimum(perf.tas_of_cas_ms(cas, altitude_ft), cruise_mach(a) * perf.sound_ms(altitude_ft))


def _profile(
    a: perf.Airframes, distance_km: FloatArray, take_off: FloatArray, burnt: FloatArray, flow: Flow,
    altitude_ft: npt.NDArray[np.float64] | None,
) -> Mission:  # fmt: skip
    level = cruise_altitude_ft(a, take_off - 0.5 * burnt, distance_km)
    if altitude_ft is not None:
        level = np.where(np.isfinite(altitude_ft), altitude_ft, level)
    column = a.broadcast()
    share = (np.arange(_POINTS) + 0.5) / _POINTS
    heights = s.LTO_TOP.value + share * (level - s.LTO_TOP.value)[:, None]
    rise_m = ((level - s.LTO_TOP.value) * perf.METRES_PER_FOOT / _POINTS)[:, None]
    speed = usual_speed_ms(column, heights)
    rate = (s.CLIMB_LOW.value + share * (s.CLIMB_HIGH.value - s.CLIMB_LOW.value)) * perf.METRES_PER_FOOT / 60.0
    climb_s = rise_m / rate
    kinetic = _kinetic(speed, rise_m)
    climb = flow(column, (take_off - 0.03 * burnt)[:, None], speed, heights, rate * (1 + kinetic))
    sink = speed * np.tan(np.radians(s.DESCENT_ANGLE.value))
    descent_s = rise_m / sink
    descent = flow(column, (take_off - burnt)[:, None], speed, heights, -sink * (1 + kinetic))
    climb_kg, descent_kg = (climb * climb_s).sum(1), (descent * descent_s).sum(1)
    used_km = ((speed * climb_s).sum(1) + (speed * descent_s).sum(1)) / _METRES_PER_KM
    cruise_ms = cruise_mach(a) * perf.sound_ms(level)
    cruise_s = np.maximum(distance_km - used_km, 0.0) * _METRES_PER_KM / cruise_ms
    shorter = np.minimum(distance_km / np.maximum(used_km, 1e-9), 1.0)  # flights too short for the profile
    passed = (np.arange(_CRUISE_POINTS) + 0.5) / _CRUISE_POINTS
    cruise_total = np.maximum(burnt - climb_kg - descent_kg, 0.0)
    masses = (take_off - climb_kg)[:, None] - passed * cruise_total[:, None]
    flows = flow(column, masses, cruise_ms[:, None], level[:, None], np.zeros(1))
    return Mission(
        climb_kg=climb_kg * shorter, cruise_kg=flows.mean(1) * cruise_s, descent_kg=descent_kg * shorter,
        climb_h=climb_s.sum(1) / _SECONDS_PER_HOUR * shorter, cruise_h=cruise_s / _SECONDS_PER_HOUR,
        descent_h=descent_s.sum(1) / _SECONDS_PER_HOUR * shorter, take_off_kg=take_off, altitude_ft=level,
    )  # fmt: skip


def _kinetic(speed: FloatArray, rise_m: FloatArray) -> FloatArray:
    """Gain of kinetic energy over gain of height energy from point to point, d(V²/2g)/dh."""
    return np.clip(np.gradient(speed**2, axis=1) / (2 * perf.GRAVITY) / rise_m, -0.5, 0.5)
