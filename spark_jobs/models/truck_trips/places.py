"""Places of stops, home base, purposes, regular routes and cells: what the stops of a truck say together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import h3
import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml
from sklearn.cluster import DBSCAN

from spark_jobs.models.frame import BoolArray, FloatArray, IntArray
from spark_jobs.models.tracks import EARTH_RADIUS_KM
from spark_jobs.models.truck_trips import settings as s

M_PER_KM, S_PER_HOUR, S_PER_DAY, S_PER_MINUTE = 1000.0, 3600.0, 86400.0, 60.0
HOME = "home_base"


@dataclass(frozen=True)
class Homes:
    """Per vehicle: place number (−1 none), degrees (NaN none), confidence."""

    place: IntArray
    latitude: FloatArray
    longitude: FloatArray
    confidence: FloatArray


@cache
def purposes() -> dict[str, Any]:
    """The whole of ``purposes.yaml``."""
    return dict(yaml.safe_load(Path(__file__).with_name("purposes.yaml").read_text(encoding="utf-8")))


def clustered(vehicle: IntArray, lat: FloatArray, lon: FloatArray) -> IntArray:
    """Number of the place of each stop within its vehicle, from 0, in order of first visit; any number of vehicles."""
    out = np.zeros(len(vehicle), dtype=np.int64)
    order = np.argsort(vehicle, kind="stable")
    bounds = np.flatnonzero(np.diff(vehicle[order], prepend=-1))
    for rows in np.split(order, bounds[1:]) if len(order) else []:
        rows = np.sort(rows)
        points = np.radians(np.column_stack([lat[rows], lon[rows]]))
        radius = s.PLACE.value / M_PER_KM / EARTH_RADIUS_KM
        labels = DBSCAN(eps=radius, min_samples=1, metric="haversine", algorithm="ball_tree").fit_predict(points)
        _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
        out[rows] = np.argsort(np.argsort(first))[inverse]
    return out


def local_seconds(seconds: FloatArray, tz: str) -> FloatArray:
    """Unix seconds → seconds of local wall time since 1970."""
    local = pd.to_datetime(seconds, unit="s", utc=True).tz_convert(tz).tz_localize(None)
    return local.astype("datetime64[us]").astype(np.int64).to_numpy() / 1e6


def night_hours(begin: FloatArray, end: FloatArray) -> FloatArray:
    """Hours of [begin, end] (local seconds) between NIGHT_FROM and NIGHT_TO."""
    early, late = s.NIGHT_TO.value * S_PER_HOUR, s.NIGHT_FROM.value * S_PER_HOUR

    def until(x: FloatArray) -> FloatArray:
        day, rest = np.divmod(x, S_PER_DAY)
        return day * (early + S_PER_DAY - late) + np.minimum(rest, early) + np.maximum(rest - late, 0.0)

    return (until(end) - until(begin)) / S_PER_HOUR


def homes(vehicle: IntArray, place: IntArray, lat: FloatArray, lon: FloatArray, night: FloatArray, size: int) -> Homes:
    """The place where each vehicle spends most night hours.

    Confidence = its share of the vehicle's night hours at rest × nights there ÷ HOME_NIGHTS, at most 1; a vehicle with
    less than HOME_LEAST hours anywhere has none.
    """
    out = Homes(np.full(size, -1, dtype=np.int64), *(np.full(size, np.nan) for _ in range(3)))
    if not len(vehicle):
        return out
    frame = pd.DataFrame({"vehicle": vehicle, "place": place, "lat": lat, "lon": lon, "night": night})
    by_place = frame.groupby(["vehicle", "place"], as_index=False).agg(
        night=("night", "sum"), lat=("lat", "median"), lon=("lon", "median")
    )
    total = by_place.groupby("vehicle")["night"].transform("sum")
    best = by_place.assign(share=by_place["night"] / total.where(total > 0, 1.0))
    best = best.sort_values(["vehicle", "night", "place"], ascending=[True, False, True]).drop_duplicates("vehicle")
    best = best[best["night"] >= s.HOME_LEAST.value]
    at = best["vehicle"].to_numpy()
    nights = best["night"].to_numpy() / (s.NIGHT_TO.value + 24.0 - s.NIGHT_FROM.value)
    out.place[at], out.latitude[at], out.longitude[at] = best["place"], best["lat"], best["lon"]
    out.confidence[at] = best["share"].to_numpy() * np.minimum(nights / s.HOME_NIGHTS.value, 1.0)
    return out


def labelled(
    hours: FloatArray, engine_on: FloatArray, night_share: FloatArray, visits: IntArray, at_home: BoolArray,
    kind: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.object_], FloatArray]:  # fmt: skip
    """Most likely purpose of each stop and its probability; home_base only at the home base.

    Args:
        engine_on: share of fixes, NaN unknown. ``visits``: stops of the truck at the place. ``kind``: of a known place.
    """
    spec = purposes()
    names = list(spec["purposes"])
    minutes = np.log(np.maximum(hours * S_PER_MINUTE, 1.0))
    score = np.zeros((len(hours), len(names)))
    for n, name in enumerate(names):
        p = spec["purposes"][name]
        score[:, n] = np.log(p["prior"]) - np.log(p["spread"])
        score[:, n] -= 0.5 * ((minutes - np.log(p["minutes"])) / p["spread"]) ** 2
        for share, given in ((p["engine_on"], engine_on), (p["night"], night_share)):
            said = given * np.log(share) + (1.0 - given) * np.log(1.0 - share)
            score[:, n] += np.nan_to_num(said)
        score[:, n] += np.where(visits > 1, np.log(p["repeated"]), np.log(1.0 - p["repeated"]))
        usual = np.isin(kind.astype(str), p["kinds"])
        known = np.array([k is not None for k in kind], dtype=np.bool_)
        score[:, n] += np.where(known, np.where(usual, 1.0, -1.0) * np.log(spec["weight"]), 0.0)
    score[~at_home, names.index(HOME)] = -np.inf
    odds = np.exp(score - score.max(axis=1, keepdims=True)) if len(score) else score
    odds /= odds.sum(axis=1, keepdims=True)
    best = odds.argmax(axis=1) if len(odds) else np.zeros(0, dtype=np.int64)
    return np.array(names, dtype=object)[best], odds[np.arange(len(best)), best]


def cells(lat: FloatArray, lon: FloatArray, resolution: int) -> npt.NDArray[np.object_]:
    """H3 cell of each point."""
    out = np.empty(len(lat), dtype=object)
    out[:] = [h3.latlng_to_cell(a, b, resolution) for a, b in zip(lat.tolist(), lon.tolist(), strict=True)]
    return out
