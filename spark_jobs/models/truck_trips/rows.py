"""Segments → output rows: places, purposes, home base, routes, cells and corridors."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from spark_jobs.models.frame import FloatArray, Frame, IntArray, Options, arrow, choose
from spark_jobs.models.tracks import great_circle_km
from spark_jobs.models.truck_trips import places as p
from spark_jobs.models.truck_trips import settings as s
from spark_jobs.models.truck_trips.coordinates import to_wgs84
from spark_jobs.models.truck_trips.nearby import KnownPoints
from spark_jobs.models.truck_trips.segments import Segments, Track

S_PER_HOUR, S_PER_MINUTE = 3600.0, 60.0
UTC_MICROS = pa.timestamp("us", tz="UTC")


def segment_rows(
    frame: Frame, options: Options, names: list[str], track: Track, found: Segments, system: str,
    known: KnownPoints | None, network: KnownPoints | None,
) -> pa.Table:  # fmt: skip
    """One row per trip and stop, by vehicle and time. Places in WGS-84, whatever the input was."""
    begin, end = track.seconds[found.begin], track.seconds[found.end]
    hours = (end - begin) / S_PER_HOUR
    start, finish, homes, stops = _places(options, track, found, system, len(names), known)
    cells = {at: p.cells(*there, options["resolution"]) for at, there in (("start", start), ("end", finish))}
    has_home = homes.place >= 0
    home_cell = np.full(len(names), None, dtype=object)
    home_cell[has_home] = p.cells(homes.latitude[has_home], homes.longitude[has_home], options["resolution"])
    corridors, network_km = _corridors(track, found, system, network)
    table: dict[str, Any] = {
        "vehicle_id": np.array(names, dtype=object)[found.vehicle], "sequence": _sequence(found.vehicle),
        "kind": choose(found.stop, "stop", "trip"), "start_time": _times(begin), "end_time": _times(end),
        "hours": hours, "distance_km": found.distance_km,
        "straight_km": np.where(found.stop, 0.0, great_circle_km(*start, *finish)),
        "start_latitude_deg": start[0], "start_longitude_deg": start[1],
        "end_latitude_deg": finish[0], "end_longitude_deg": finish[1],
        "start_h3": cells["start"], "end_h3": cells["end"], "positions": found.end - found.begin + 1,
        "max_gap_min": found.max_gap_s / S_PER_MINUTE, "halts": found.halts.astype(np.int64),
        "halt_hours": found.halt_s / S_PER_HOUR, "engine_on_share": found.engine_on, **stops,
        "home_h3": home_cell[found.vehicle], "home_latitude_deg": homes.latitude[found.vehicle],
        "home_longitude_deg": homes.longitude[found.vehicle], "home_confidence": homes.confidence[found.vehicle],
        "corridors": corridors, "network_km": network_km,
        "coordinates": np.full(len(hours), system, dtype=object), "reason": np.full(len(hours), None, dtype=object),
    }  # fmt: skip
    return arrow(table)


def _places(
    options: Options, track: Track, found: Segments, system: str, vehicles: int, known: KnownPoints | None
) -> tuple[tuple[FloatArray, FloatArray], tuple[FloatArray, FloatArray], p.Homes, dict[str, Any]]:
    """Start and end of every segment in WGS-84, homes, and the columns that speak of stops and routes."""
    at = found.stop
    start = to_wgs84(
        np.where(at, found.latitude, track.latitude[found.begin]),
        np.where(at, found.longitude, track.longitude[found.begin]), system,
    )  # fmt: skip
    finish = to_wgs84(
        np.where(at, found.latitude, track.latitude[found.end]),
        np.where(at, found.longitude, track.longitude[found.end]), system,
    )  # fmt: skip
    lat, lon = start[0][at], start[1][at]
    vehicle = found.vehicle[at]
    place = p.clustered(vehicle, lat, lon)
    begin, end = (p.local_seconds(track.seconds[i[at]], options.tz) for i in (found.begin, found.end))
    hours, night = (end - begin) / S_PER_HOUR, p.night_hours(begin, end)
    homes = p.homes(vehicle, place, lat, lon, night, vehicles)
    visits = _counts(vehicle, place)
    near = known.within(lat, lon, s.NEAR_PLACE.value) if known else np.full(len(lat), -1)
    kind = np.array([known.kinds[n] if known and n >= 0 else None for n in near], dtype=object)
    purpose, confidence = p.labelled(
        hours, found.engine_on[at], night / np.maximum(hours, 1e-9), visits, place == homes.place[vehicle], kind
    )
    number = _spread(at, (place + 1).astype(np.float64))
    before, after = _neighbours(found, number)
    route = _routes(found.vehicle, before, after)
    columns = {
        "purpose": _texts(at, purpose), "confidence": np.where(at, _spread(at, confidence), found.certainty),
        "place": _whole(number),
        "known_place": _texts(at, np.array([known.names[n] if known and n >= 0 else None for n in near], dtype=object)),
        "origin_place": _whole(before), "destination_place": _whole(after), "route_trips": _whole(route),
        "regular_route": pa.array(route >= s.ROUTE_TRIPS.value, mask=~np.isfinite(route)),
    }  # fmt: skip
    return start, finish, homes, columns


def _sequence(vehicle: IntArray) -> IntArray:
    return np.arange(len(vehicle)) - np.searchsorted(vehicle, vehicle) + 1


def _times(seconds: FloatArray) -> pa.Array:
    return pa.array(np.round(seconds * 1e6).astype(np.int64)).cast(UTC_MICROS)


def _whole(values: FloatArray) -> pa.Array:
    return pa.array(np.nan_to_num(values).astype(np.int64), mask=~np.isfinite(values))


def _spread(where: npt.NDArray[np.bool_], values: FloatArray) -> FloatArray:
    out = np.full(len(where), np.nan)
    out[where] = values
    return out


def _texts(where: npt.NDArray[np.bool_], values: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    out = np.full(len(where), None, dtype=object)
    out[where] = values
    return out


def _counts(vehicle: IntArray, place: IntArray) -> IntArray:
    """How many rows share vehicle and place."""
    _, inverse, counts = np.unique(np.column_stack([vehicle, place]), axis=0, return_inverse=True, return_counts=True)
    return counts[inverse.ravel()]


def _neighbours(found: Segments, number: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Place of the stop before and after each trip, NaN for stops and where the track begins or ends."""
    before, after = np.full(len(number), np.nan), np.full(len(number), np.nan)
    same = found.vehicle[1:] == found.vehicle[:-1]
    before[1:] = np.where(same, number[:-1], np.nan)
    after[:-1] = np.where(same, number[1:], np.nan)
    before[found.stop] = after[found.stop] = np.nan
    return before, after


def _routes(vehicle: IntArray, before: FloatArray, after: FloatArray) -> FloatArray:
    """Trips of the vehicle between the same two places in the same direction, NaN where an end is unknown."""
    out = np.full(len(vehicle), np.nan)
    whole = np.isfinite(before) & np.isfinite(after)
    if bool(whole.any()):
        keys = np.column_stack([vehicle[whole], before[whole], after[whole]])
        _, inverse, counts = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
        out[whole] = counts[inverse.ravel()]
    return out


def _corridors(
    track: Track, found: Segments, system: str, network: KnownPoints | None
) -> tuple[npt.NDArray[np.object_], FloatArray]:
    """Roads of each trip by km, and km on the network; a step counts where both its fixes are on the same road."""
    texts, km = np.full(len(found.begin), None, dtype=object), np.full(len(found.begin), np.nan)
    if network is None:
        return texts, km
    lat, lon = to_wgs84(track.latitude, track.longitude, system)
    road = _road_of(network, lat, lon)
    step = great_circle_km(lat[:-1], lon[:-1], lat[1:], lon[1:])
    for n in np.flatnonzero(~found.stop).tolist():
        a, b = found.begin[n], found.end[n]
        on = road[a:b]
        shared = (on == road[a + 1 : b + 1]) & (on >= 0)
        sums = np.bincount(on[shared], weights=step[a:b][shared]) if bool(shared.any()) else np.zeros(0)
        best = np.argsort(-sums)[: np.count_nonzero(sums)]
        km[n] = sums.sum()
        texts[n] = "; ".join(f"{network.roads[r]} {sums[r]:.1f} km" for r in best.tolist()) or None
    return texts, km


def _road_of(network: KnownPoints, lat: FloatArray, lon: FloatArray) -> IntArray:
    """Index into ``network.roads`` of the road each fix is on, −1 for none."""
    point = network.within(lat, lon, s.NEAR_ROAD.value)
    return np.where(point >= 0, network.road_of_point[point], -1)
