"""Fuel in the air by type, distance and payload: FEAT and the performance model brought together.

Both are published and independent. The performance model flies every type on the same usual profile, so its types
compare well and its level depends on the profile; FEAT's level was validated on airline reports, some of its types are
odd. So the performance model is brought to FEAT's level by one number, the median over types, and the two are averaged
(geometric mean), FEAT losing weight where it stands apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from factor_library.library import library
from spark_jobs.models.aviation import mission, types
from spark_jobs.models.aviation import performance as perf
from spark_jobs.models.aviation import settings as s
from spark_jobs.models.aviation.engines import lto_times, type_flows
from spark_jobs.models.aviation.feat import feat_fuel_kg
from spark_jobs.models.frame import FloatArray

NODES_KM = np.concatenate([np.arange(0, 1000, 50), np.arange(1000, 4000, 250), np.arange(4000, 20_001, 1000)]).astype(
    float
)
_PAYLOAD_STEP = 0.2  # share of the usual payload, for the sensitivity to payload
_HOURS_PER_NODE = 0.05


@dataclass(frozen=True)
class Anchor:
    """By type (rows) and ``NODES_KM`` (columns): air fuel, time and how they move; a new aircraft in still air.

    Args:
        air_kg: fuel from start of take-off roll to landing. ``air_h``: time of the same.
        payload_share: relative change of ``air_kg`` per relative change of payload.
        climb, cruise, descent: shares of the fuel above 3,000 ft.
        distance_of_time: still-air distance (km) by type and time node of ``_HOURS_PER_NODE``.
    """

    air_kg: FloatArray
    air_h: FloatArray
    payload_share: FloatArray
    climb: FloatArray
    cruise: FloatArray
    descent: FloatArray
    distance_of_time: FloatArray
    altitude_ft: FloatArray
    take_off_kg: FloatArray

    def at(self, table: FloatArray, index: npt.NDArray[np.integer], distance_km: FloatArray) -> FloatArray:
        """Linear interpolation of a table at the distance, by row."""
        node = np.clip(np.searchsorted(NODES_KM, distance_km, side="right") - 1, 0, len(NODES_KM) - 2)
        share = (distance_km - NODES_KM[node]) / (NODES_KM[node + 1] - NODES_KM[node])
        low = table[index, node]
        return low + share * (table[index, node + 1] - low)

    def slope(self, index: npt.NDArray[np.integer], distance_km: FloatArray) -> FloatArray:
        """Fuel (kg) per further kilometre at the distance, by row."""
        node = np.clip(np.searchsorted(NODES_KM, distance_km, side="right") - 1, 1, len(NODES_KM) - 2)
        rise = self.air_kg[index, node + 1] - self.air_kg[index, node]
        return np.asarray(rise / (NODES_KM[node + 1] - NODES_KM[node]), dtype=np.float64)

    def still_air_distance_km(self, index: npt.NDArray[np.integer], hours: FloatArray) -> FloatArray:
        """Distance that takes the given time in still air."""
        position = np.clip(hours / _HOURS_PER_NODE, 0, self.distance_of_time.shape[1] - 1.000001)
        node = position.astype(np.int64)
        low = self.distance_of_time[index, node]
        return low + (position - node) * (self.distance_of_time[index, node + 1] - low)


def _missions(payload_factor: float) -> mission.Mission:
    """Every type with performance data over the nodes, flattened to (types·nodes,)."""
    rows = np.flatnonzero(types.performance_index() >= 0)
    each = np.repeat(types.performance_index()[rows], len(NODES_KM))
    payload = np.repeat(types.usual_payload_kg()[rows] * payload_factor, len(NODES_KM))
    return mission.fly(perf.airframes().take(each), np.tile(NODES_KM, len(rows)), payload)


def _by_type(values: FloatArray, absent: float = np.nan) -> FloatArray:
    """(types with performance · nodes,) → (types, nodes)."""
    rows = np.flatnonzero(types.performance_index() >= 0)
    out = np.full((len(types.rows()), len(NODES_KM)), absent)
    out[rows] = values.reshape(len(rows), len(NODES_KM))
    return out


@cache
def feat_air_kg() -> FloatArray:
    """FEAT without its taxi fuel, (types, nodes): what its own type burns in the reference idle time is taken off."""
    own = types.positions([row["feat_type"] for row in types.rows()])
    idle = type_flows().taxi_kg_per_min[own] * lto_times().idle
    least = (type_flows().take_off_kg + type_flows().approach_kg)[:, None]
    return np.maximum(feat_fuel_kg(types.feat_index()[:, None], NODES_KM[None, :]) - idle[:, None], least)


@cache
def level() -> float:
    """FEAT over the performance model: median over the types both know, at the distance of comparison."""
    both = types.has_own("feat_type") & types.has_own("performance_type")
    node = int(np.searchsorted(NODES_KM, s.LEVEL_DISTANCE.value))
    return float(np.median(feat_air_kg()[both, node] / _performance_air_kg()[both, node]))


@cache
def _performance_air_kg() -> FloatArray:
    below = (type_flows().take_off_kg + type_flows().approach_kg)[:, None]
    return _by_type(_missions(1.0).fuel_kg) + below


def _air_kg() -> FloatArray:
    feat, flown = feat_air_kg(), _performance_air_kg() * level()
    own_feat, own_flown = types.has_own("feat_type")[:, None], types.has_own("performance_type")[:, None]
    alike = types.same_relative()[:, None] | (own_feat & own_flown)
    gap = np.abs(np.log(feat / flown))
    weight = 0.5 * np.minimum(1.0, s.AGREEMENT.value / np.maximum(gap, 1e-9))
    weight = np.where(alike, weight, np.where(own_flown | ~own_feat, 0.0, 1.0))
    weight = np.where(np.isfinite(flown), weight, 1.0)
    mixed = np.exp(weight * np.log(feat) + (1 - weight) * np.log(np.where(np.isfinite(flown), flown, 1.0)))
    mixed *= _family_correction(mixed / feat)
    return np.maximum.accumulate(mixed, axis=1)


def _family_correction(moved: FloatArray) -> FloatArray:
    """For types that FEAT alone knows: a part of what the second method moved FEAT by for the type's relative."""
    alone = np.flatnonzero(
        types.has_own("feat_type") & ~types.has_own("performance_type") & (types.performance_index() >= 0)
    )
    relatives = types.positions([types.rows()[i]["performance_type"] for i in alone])
    out = np.ones_like(moved)
    out[alone] = moved[relatives] ** s.FAMILY_SHARE.value
    return out


@cache
def anchor() -> Anchor:
    """The tables of all types; computed once in about a second."""
    usual, heavy = _missions(1.0), _missions(1.0 + _PAYLOAD_STEP)
    flown = usual.fuel_kg > 0
    sensitivity = _by_type(np.where(flown, heavy.fuel_kg / np.where(flown, usual.fuel_kg, 1) - 1, 0) / _PAYLOAD_STEP)
    hours = _by_type(usual.climb_h + usual.cruise_h + usual.descent_h)
    lto_h = (lto_times().take_off + lto_times().climb_out + lto_times().approach) / 60.0
    tas_kmh = types.numbers("cruise_tas_kt") * 1.852
    slow = NODES_KM / tas_kmh[:, None] + np.minimum(s.TURBOPROP_OVERHEAD.value, NODES_KM / tas_kmh[:, None])
    hours = np.where(np.isfinite(hours), hours, slow) + np.minimum(lto_h, NODES_KM / NODES_KM[2] * lto_h)
    total = np.maximum(usual.fuel_kg, 1e-9)
    parts = [_by_type(part / total) for part in (usual.climb_kg, usual.cruise_kg, usual.descent_kg)]
    climb, cruise, descent = _filled(parts)
    times = np.arange(0.0, 26.0, _HOURS_PER_NODE)
    distance = np.stack([np.interp(times, row, NODES_KM) for row in hours])
    altitude, mass = _by_type(usual.altitude_ft), _by_type(usual.take_off_kg)
    return Anchor(_air_kg(), hours, np.nan_to_num(sensitivity), climb, cruise, descent, distance, altitude, mass)


def _filled(parts: list[FloatArray]) -> list[FloatArray]:
    """Shares by phase; those of the smallest jet (ERJ-135) at half the distance for types without performance data."""
    stand_in = types.positions(["E135"])[0]
    filled = []
    for part in parts:
        usual = np.interp(NODES_KM, NODES_KM / 2, part[stand_in])
        filled.append(np.where(np.isfinite(part), part, usual))
    total = np.maximum(sum(filled), 1e-9)
    return [np.where(total > 1e-6, part / total, 1 / 3) for part in filled]


@cache
def in_service() -> float:
    """Air fuel of aircraft in service over that of ``Anchor.air_kg``: worn, and flown on levels and at speeds as given.

    Two published ways from the performance model to airlines' fuel: FEAT's level with deterioration, and the
    inefficiency besides the route that AIM2015 puts on ideal flights; their geometric mean.
    """
    rows = library().table("aviation_aim2015_parameters").to_pylist()
    aim = next(row["Param_Size4"] for row in rows if row["Variable"] == "Nonlateral_Fuel_Inefficiency")
    return float(np.sqrt(level() * (1 + s.DETERIORATION.value) * aim) / level())


@cache
def flow_ratio() -> FloatArray:
    """By type: what the performance model's flow is multiplied by, from the air fuel at the distance of comparison.

    NaN for types without performance data.
    """
    node = int(np.searchsorted(NODES_KM, s.LEVEL_DISTANCE.value))
    return np.asarray(anchor().air_kg[:, node] / _performance_air_kg()[:, node], dtype=np.float64)


@cache
def track_ratio() -> FloatArray:
    """By type: flow of an aircraft in service over the performance model's of a new one, where the profile is known.

    Geometric mean of what is published: deterioration alone; deterioration on FEAT's level; and OpenAP's cruise flow,
    which was fitted to flight recorders, for types it has a fuel model of its own for. NaN without performance data.
    """
    worn = np.log1p(s.DETERIORATION.value)
    logs = [np.full(len(types.rows()), worn), np.log(flow_ratio()) + worn]
    measured = np.full(len(types.rows()), np.nan)
    for row in library().table("aviation_openap_fuel_by_type").to_pylist():
        if row["fuel_model"] == "own" and row["aircraft"] in types.designators():
            measured[types.positions([row["aircraft"]])[0]] = _over_performance(row)
    return np.exp(np.nanmean(np.stack([*logs, measured]), axis=0))


def _over_performance(row: dict) -> float:
    """Log of OpenAP's cruise flow at 85 % of its largest mass over the performance model's in the same state."""
    type_index = types.performance_index()[types.positions([row["aircraft"]])]
    level = np.array([row["cruise_alt_ft"]])
    flow = perf.fuel_flow_kg_s(
        perf.airframes().take(type_index),
        np.array([0.85 * row["mtow_kg"]]),
        row["cruise_mach"] * perf.sound_ms(level),
        level,
    )
    return float(np.log(row["cruise_fuel_kg_per_h_at_85pct_mtow"] / (flow[0] * 3600.0)))
