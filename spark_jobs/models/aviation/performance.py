"""Fuel flow of jet aircraft in flight: drag, thrust and engine efficiency after Poll and Schumann.

Equations of Poll and Schumann, The Aeronautical Journal 125 (2021) 257–295 (I) and 296–340 (II), and 129 (2025);
parameters by type from the factor library's table ``aviation_poll_schumann``. International Standard Atmosphere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from factor_library.library import library
from spark_jobs.models.aviation import settings as s
from spark_jobs.models.frame import FloatArray

GRAVITY = 9.80665  # m/s², standard
GAMMA = 1.4  # ratio of specific heats of air
GAS_CONSTANT = 287.05287  # J/(kg·K), ISO 2533
SEA_LEVEL_K, SEA_LEVEL_PA, LAPSE_K_PER_M, TROPOPAUSE_M = 288.15, 101_325.0, 0.0065, 11_000.0  # ISO 2533
METRES_PER_FOOT, MS_PER_KNOT = 0.3048, 1852.0 / 3600.0
_COLUMNS = (
    "engines", "max_take_off_kg", "max_landing_kg", "operating_empty_kg", "max_payload_kg", "wing_area_m2", "delta_2",
    "cos_sweep", "aspect_ratio", "psi_0", "x_0", "wing_constant", "j_1", "j_2", "lift_coefficient_design",
    "take_off_flow_kg_s", "idle_flow_kg_s", "mach_design", "thrust_coefficient_design", "eta_1", "eta_2",
    "max_flight_level", "mach_max", "first_flight_year", "mach_engine", "temperature_ratio_engine",
)  # fmt: skip


@dataclass(frozen=True)
class Airframes:
    """Parameters of rows, each of shape (rows,); see the factor library's table for names and units."""

    values: dict[str, FloatArray]

    def __getattr__(self, name: str) -> FloatArray:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None

    def take(self, index: npt.NDArray[np.integer]) -> Airframes:
        """Parameters of the given rows."""
        return Airframes({name: values[index] for name, values in self.values.items()})

    def broadcast(self) -> Airframes:
        """The same with a trailing axis, to compute with shape (types, points)."""
        return Airframes({name: values[:, None] for name, values in self.values.items()})


@cache
def airframe_types() -> tuple[str, ...]:
    """Type designators with parameters, in the table's order."""
    return tuple(library().table("aviation_poll_schumann").column("type").to_pylist())


@cache
def airframes() -> Airframes:
    """Parameters of all types of ``airframe_types``."""
    table = library().table("aviation_poll_schumann")
    values = {name: np.asarray(table.column(name), dtype=np.float64) for name in _COLUMNS}
    values["tip_factor"] = np.array(
        [s.WINGLET_SPAN_EFFICIENCY.value if text == "yes" else 1.0 for text in table.column("winglets").to_pylist()]
    )
    return Airframes(values)


def temperature_k(altitude_ft: FloatArray) -> FloatArray:
    """ISA temperature (K) at pressure altitude."""
    return SEA_LEVEL_K - LAPSE_K_PER_M * np.minimum(altitude_ft * METRES_PER_FOOT, TROPOPAUSE_M)


def pressure_pa(altitude_ft: FloatArray) -> FloatArray:
    """ISA pressure (Pa) at pressure altitude."""
    height = altitude_ft * METRES_PER_FOOT
    below = SEA_LEVEL_PA * (temperature_k(altitude_ft) / SEA_LEVEL_K) ** (GRAVITY / (LAPSE_K_PER_M * GAS_CONSTANT))
    above = np.maximum(height - TROPOPAUSE_M, 0.0)
    return below * np.exp(-GRAVITY * above / (GAS_CONSTANT * (SEA_LEVEL_K - LAPSE_K_PER_M * TROPOPAUSE_M)))


def sound_ms(altitude_ft: FloatArray) -> FloatArray:
    """Speed of sound (m/s)."""
    return np.sqrt(GAMMA * GAS_CONSTANT * temperature_k(altitude_ft))


def tas_of_cas_ms(cas_ms: npt.ArrayLike, altitude_ft: FloatArray) -> FloatArray:
    """True air speed of a calibrated air speed."""
    q = (1 + 0.2 * (np.asarray(cas_ms) / sound_ms(np.zeros(1))[0]) ** 2) ** 3.5 - 1
    mach = np.sqrt(5 * ((q * SEA_LEVEL_PA / pressure_pa(altitude_ft) + 1) ** (1 / 3.5) - 1))
    return mach * sound_ms(altitude_ft)


def reynolds(area_m2: FloatArray, mach: FloatArray, altitude_ft: FloatArray) -> FloatArray:
    """Reynolds number on the root of the wing area, I eq. (3), with Sutherland's law, eq. (25)."""
    temperature = temperature_k(altitude_ft)
    viscosity = 1.458e-6 * temperature**1.5 / (110.4 + temperature)
    return (
        np.sqrt(area_m2) * mach * pressure_pa(altitude_ft) / viscosity * np.sqrt(GAMMA / (GAS_CONSTANT * temperature))
    )


def drag_coefficient(a: Airframes, lift: FloatArray, mach: FloatArray, altitude_ft: FloatArray) -> FloatArray:
    """Drag coefficient of the clean aircraft: skin friction, lift and wave drag, I eqs (8)–(13), (28), II."""
    friction = a.psi_0 * 0.0269 / reynolds(a.wing_area_m2, mach, altitude_ft) ** 0.14
    viscous_lift = 0.8 * (1 - 0.53 * a.cos_sweep) * friction
    span_efficiency = a.tip_factor / (1.03 + a.delta_2 + viscous_lift * np.pi * a.aspect_ratio)
    critical = a.wing_constant - 0.10 * lift / a.cos_sweep**2
    x = mach * a.cos_sweep / critical
    wave = a.cos_sweep**3 * a.j_1 * np.maximum(x - a.j_2, 0.0) ** 2 + 70.0 * np.maximum(x - a.x_0, 0.0) ** 4
    return friction + lift**2 / (np.pi * a.aspect_ratio * span_efficiency) + wave


def efficiency_ratio(mach: FloatArray, thrust_ratio: FloatArray) -> FloatArray:
    """Overall propulsion efficiency over its best at the Mach number, by thrust coefficient over its best (II)."""
    sigma = 1.3 * np.maximum(0.4 - mach, 0.0)
    k, p = sigma - 0.43, sigma * 0.43
    x = thrust_ratio
    low = x * (
        10 * (1 + 0.8 * k - 0.6027 * p)
        + x * (100 / 3 * (-1 - 0.97 * k + 0.8281 * p) + x * 1000 / 27 * (1 + k - 0.9163 * p))
    )
    high = 1 + k - p + x * (4 * p - 2 * k + x * (k - 6 * p + x * (4 * p - p * x)))
    return np.where(x < 0.3, low, high)


def idle_flow_kg_s(a: Airframes, altitude_ft: FloatArray) -> FloatArray:
    """Least fuel flow in flight, all engines: sea-level idle falling with altitude (Poll and Schumann 2025)."""
    x = altitude_ft / 10_000.0
    return a.idle_flow_kg_s * (1 - 0.178 * x + 0.0085 * x**2)


def fuel_flow_kg_s(
    a: Airframes,
    mass_kg: FloatArray,
    tas_ms: FloatArray,
    altitude_ft: FloatArray,
    climb_ms: npt.ArrayLike = 0.0,
    acceleration_ms2: npt.ArrayLike = 0.0,
) -> FloatArray:
    """Fuel flow (kg/s) of all engines of a new aircraft in clean configuration.

    Args:
        a: parameters; all arguments broadcast together. ``climb_ms``: rate of climb, down negative.
    Returns:
        between idle at altitude and take-off flow brought to altitude (Boeing fuel flow method 2, SAE AIR5715).
    """
    mach = np.clip(tas_ms / sound_ms(altitude_ft), s.MIN_MACH.value, a.mach_max)
    speed = mach * sound_ms(altitude_ft)
    pressure = pressure_pa(altitude_ft)
    dynamic = 0.5 * GAMMA * pressure * mach**2 * a.wing_area_m2
    sine = np.clip(np.asarray(climb_ms) / speed, -0.3, 0.3)
    weight = mass_kg * GRAVITY
    lift = weight * np.sqrt(1 - sine**2) / dynamic
    drag = drag_coefficient(a, lift, mach, altitude_ft) * dynamic
    thrust = np.maximum(drag + weight * sine + mass_kg * np.asarray(acceleration_ms2), 0.0)
    best = (1 + 0.55 * mach) / (1 + 0.55 * a.mach_design) / (mach / a.mach_design) ** 2 * a.thrust_coefficient_design
    x = np.minimum(thrust / dynamic / best, s.MAX_THRUST_RATIO.value)
    efficiency = np.maximum(efficiency_ratio(mach, x), s.MIN_EFFICIENCY_RATIO.value) * a.eta_1 * mach**a.eta_2
    flow = x * best * dynamic * speed / (efficiency * s.HEAT_OF_COMBUSTION.value)
    theta = temperature_k(altitude_ft) / SEA_LEVEL_K
    most = a.take_off_flow_kg_s * pressure / SEA_LEVEL_PA / (theta**3.8 * np.exp(0.2 * mach**2))
    least = idle_flow_kg_s(a, altitude_ft)
    return np.clip(flow, least, np.maximum(most, least))
