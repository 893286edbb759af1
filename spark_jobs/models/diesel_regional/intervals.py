"""Columns of fixes → clean, ordered intervals with power and fuel: what a Spark task, a test and a file share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spark_jobs.models.diesel_regional import cleaning, kernel
from spark_jobs.models.diesel_regional import parameters as p
from spark_jobs.models.diesel_regional import settings as s
from spark_jobs.models.frame import BoolArray, FloatArray

KMH_PER_M_S = 3.6
M_S_PER_MPH = 0.44704


@dataclass(frozen=True)
class Fixes:
    """Fixes ordered by track and time, no two of a track at one instant, all of shape (fixes,).

    ``first``: first of its track. ``mass_t``: never NaN. ``kind``: class index. ``latitude_deg``, ``longitude_deg``:
    empty arrays where no fix has a position. ``altitude_m``: empty, or NaN where unknown. ``stage``: index of the
    emission stage, −1 unknown; empty where no fix has one. ``engine_on``: true where unknown.
    """

    seconds: FloatArray
    speed_m_s: FloatArray
    first: BoolArray
    mass_t: FloatArray
    kind: npt.NDArray[np.int64]
    latitude_deg: FloatArray
    longitude_deg: FloatArray
    altitude_m: FloatArray
    stage: npt.NDArray[np.int64]
    engine_on: BoolArray


@dataclass(frozen=True)
class Intervals:
    """What happened in the interval that ends at each fix, shape (fixes,).

    ``acceleration`` (m/s²) is NaN where there is no interval: first of a track, after a long silence, at one instant.
    ``speed_m_s``: cleaned speed at the fix. ``slope``: rise over run. ``fuel_kw``: fuel power. ``wheel_kw``: power.
    """

    seconds: FloatArray
    speed_m_s: FloatArray
    acceleration: FloatArray
    slope: FloatArray
    fuel_kw: FloatArray
    wheel_kw: FloatArray

    @property
    def lapse(self) -> FloatArray:
        """Length in seconds, zero where there is no interval."""
        out = np.zeros(len(self.seconds))
        out[1:] = np.diff(self.seconds)
        return np.where(np.isfinite(self.acceleration), out, 0.0)

    @property
    def mean_m_s(self) -> FloatArray:
        """Mean speed, zero where there is no interval."""
        out = np.zeros(len(self.seconds))
        out[1:] = (self.speed_m_s[1:] + self.speed_m_s[:-1]) / 2
        return np.where(np.isfinite(self.acceleration), out, 0.0)


def cleaned(fixes: Fixes) -> FloatArray:
    """Speeds (m/s) without spikes, frozen values and the noise of close fixes."""
    t, first = fixes.seconds, fixes.first
    speed = cleaning.without_spikes(t, fixes.speed_m_s, first, s.MAX_ACCELERATION.value, s.MAX_DECELERATION.value)
    if len(fixes.latitude_deg):
        speed = cleaning.without_frozen(
            t, speed, fixes.latitude_deg, fixes.longitude_deg, first, int(s.FROZEN_FIXES.value), s.FROZEN_WINDOW.value,
            s.FROZEN_SLACK_M.value, s.FROZEN_SLACK.value, s.MAX_SPEED.value / KMH_PER_M_S,
        )  # fmt: skip
    close = np.zeros(len(t), dtype=np.bool_)
    close[1:] = (np.diff(t) < s.CLOSE_STEP.value) & ~first[1:]
    close[:-1] |= close[1:]
    some = bool(close.any())
    for _ in range(2):
        apart = cleaning.smoothed(t, speed, first, s.SMOOTH_STEP.value)
        speed = np.where(close, cleaning.thinned(t, speed, first, s.SMOOTH_STEP.value / 2), apart) if some else apart
    return speed


def intervals(fixes: Fixes, unresolved: tuple[FloatArray, FloatArray] | None = None) -> Intervals:
    """Power and fuel of every interval.

    Args:
        unresolved: (interval s, share) in place of the library's table, for its own derivation and tests.
    """
    t, first = fixes.seconds, fixes.first
    speed = cleaned(fixes)
    acceleration = kernel.accelerations(
        t, speed, first, s.MAX_GAP.value, s.MAX_ACCELERATION.value, s.MAX_DECELERATION.value
    )
    slope = np.zeros(len(t))
    if len(fixes.altitude_m):
        path, starts = cleaning.path_m(t, speed, first, s.MAX_GAP.value)
        slope = cleaning.slopes(path, starts, fixes.altitude_m, s.SLOPE_WINDOW.value, s.MAX_SLOPE.value)
    c, line = p.class_parameters(), p.willans()
    fuel_kw, wheel_kw = np.empty(len(t)), np.empty(len(t))
    kernel.run(
        t, speed, acceleration, slope, fixes.mass_t, fixes.kind, fixes.engine_on,
        c.rolling, c.linear, c.drag, c.idle_kw, c.auxiliary_kw, c.most_kw,
        line.slope, p.driveline_efficiency(), s.GRAVITY.value, s.CUT_ABOVE.value / KMH_PER_M_S,
        s.STOPPED.value * M_S_PER_MPH, *(unresolved or p.unresolved()), fuel_kw, wheel_kw,
    )  # fmt: skip
    return Intervals(t, speed, acceleration, slope, fuel_kw, wheel_kw)


def pollutants(fixes: Fixes, at: Intervals, stages: tuple[str, ...]) -> FloatArray:
    """Grams of NOx and PM10 of each interval, shape (fixes, 2); NaN for idling and where no factor is known."""
    out = np.broadcast_to(np.nan, (len(at.seconds), len(p.POLLUTANTS)))
    if len(fixes.stage):
        out = np.empty(out.shape)
        kernel.pollutants(
            at.seconds, at.speed_m_s, at.acceleration, fixes.first, fixes.kind, fixes.stage, p.guide_g_per_km(stages),
            np.array(p.SPEED_LIMITS_KMH) / KMH_PER_M_S, s.SECTION.value, s.STOPPED.value * M_S_PER_MPH, out,
        )  # fmt: skip
    return out
