"""Positions of airports by IATA or ICAO code (package airportsdata, MIT) and distances between them."""

from __future__ import annotations

from functools import cache

import numpy as np

from factor_library.library import library
from spark_jobs.models.aviation import settings as s
from spark_jobs.models.codes import CodeList
from spark_jobs.models.frame import FloatArray, Frame
from spark_jobs.models.tracks import great_circle_km


@cache
def _positions() -> dict[str, tuple[float, float]]:
    """Code → latitude, longitude (WGS-84); an IATA code and an ICAO code never coincide: three and four letters."""
    import airportsdata

    out = {}
    for key in ("ICAO", "IATA"):
        out.update({code: (a["lat"], a["lon"]) for code, a in airportsdata.load(key).items()})
    return out


def airport_position(code: str) -> tuple[float, float] | None:
    """Latitude and longitude (deg) of an IATA or ICAO code in any case, None where it is unknown."""
    return _positions().get(code.strip().upper())


@cache
def _codes() -> CodeList:
    return CodeList("airport", dict.fromkeys(_positions(), ""))


def airport_distance_km(frame: Frame, refuse: bool = True) -> FloatArray:
    """Great-circle distance of rows with two known airports, NaN elsewhere; unknown codes become reasons."""
    ends = []
    for column in ("origin", "destination"):
        index, names = frame.index(column)
        found = [airport_position(name) if name else None for name in names]
        place = np.array([(np.nan, np.nan) if f is None else f for f in found] + [(np.nan, np.nan)])
        reasons = [None if f else _codes().unknown_reason(column, name) for f, name in zip(found, names, strict=True)]
        unknown = np.array([f is None for f in found] + [False], dtype=np.bool_)
        if refuse and unknown.any():
            frame.refuse(unknown[index], np.array([*reasons, None], dtype=object)[index])
        ends.append(place[index])
    return great_circle_km(ends[0][:, 0], ends[0][:, 1], ends[1][:, 0], ends[1][:, 1])


@cache
def _detours() -> tuple[FloatArray, FloatArray]:
    lib = library()
    return np.array([550.0, 5500.0]), np.array([lib.value(f"AV_GCD_{band}", "km") for band in "SML"])


def icao_detour_km(great_circle: FloatArray) -> FloatArray:
    """What ICAO's calculator adds to a great circle: 50 km below 550 km, 100 km below 5,500 km, 125 km beyond."""
    edges, added = _detours()
    return added[np.searchsorted(edges, great_circle, side="right")]


def usual_extra_km(great_circle: FloatArray) -> FloatArray:
    """What an ordinary flight flies beyond its great circle in still air: routing, vectoring, holding, slow parts."""
    fitted = s.AIR_EXTRA.value + s.AIR_EXTRA_SHARE.value * np.minimum(great_circle, s.AIR_EXTRA_REACH.value)
    weight = s.AIR_EXTRA_WEIGHT.value
    return weight * fitted + (1 - weight) * icao_detour_km(great_circle)
