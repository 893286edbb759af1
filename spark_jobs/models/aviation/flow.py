"""Fuel flow of intervals: on the ground, near it, and in flight with or without performance data."""

from __future__ import annotations

import numpy as np

from spark_jobs.models.aviation import performance as perf
from spark_jobs.models.aviation import settings as s
from spark_jobs.models.aviation import types
from spark_jobs.models.aviation.anchor import anchor, track_ratio
from spark_jobs.models.aviation.engines import lto_times, type_flows
from spark_jobs.models.aviation.flights import PHASES
from spark_jobs.models.aviation.state import Track
from spark_jobs.models.frame import FloatArray

_MINUTE = 60.0
_APPROACH = PHASES.index("approach")


def interval_flow_kg_s(track: Track, mass_kg: FloatArray) -> FloatArray:
    """Fuel flow (kg/s) of every interval, of an aircraft in service."""
    position = types.performance_index()[track.kind]
    flown = position >= 0
    flow = np.zeros(len(track.seconds))
    rows = np.flatnonzero(flown)
    flow[rows] = track_ratio()[track.kind[rows]] * perf.fuel_flow_kg_s(
        perf.airframes().take(position[rows]), mass_kg[rows], track.tas_ms[rows], track.altitude_ft[rows],
        track.climb_ms[rows], track.acceleration_ms2[rows],
    )  # fmt: skip
    rest = np.flatnonzero(~flown)
    flow[rest] = (1 + s.DETERIORATION.value) * _by_speed_kg_s(track)[rest]
    lto = type_flows()
    approach = lto.approach_kg[track.kind] / (lto_times().approach * _MINUTE)
    share = s.APPROACH_SHARE.value
    flow = np.where(track.phase == _APPROACH, share * approach + (1 - share) * flow, flow)
    idle = lto.taxi_kg_per_min[track.kind] / _MINUTE
    roll = lto.take_off_kg[track.kind] / ((lto_times().take_off + lto_times().climb_out) * _MINUTE)
    return np.where(track.ground, np.where(track.rolling, roll, idle), flow)


def _by_speed_kg_s(track: Track) -> FloatArray:
    """Types without performance data: fuel per kilometre at cruise, more in climb, less in descent, at least idle."""
    slope = np.divide(track.climb_ms, track.tas_ms, out=np.zeros_like(track.tas_ms), where=track.tas_ms > 0)
    level = anchor().slope(track.kind, track.air_km) * track.tas_ms / 1000.0
    idle = type_flows().taxi_kg_per_min[track.kind] / _MINUTE
    return np.maximum(level * (1 + s.GLIDE.value * slope), idle)
