"""Positions as tracks: order within an object, steps between fixes, distances on the sphere."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from spark_jobs.models.frame import BoolArray, FloatArray

EARTH_RADIUS_KM = 6371.0088  # mean radius R1, IUGG 1980 (Moritz 2000)
KM_PER_NM = 1.852  # international nautical mile, by definition


def track_order(track: npt.NDArray[np.integer], seconds: FloatArray) -> tuple[npt.NDArray[np.intp], BoolArray]:
    """Stable order by (track, time) and, in that order, which row is the first of its track.

    Args:
        track: integer id of the object, shape (rows,).
        seconds: Unix seconds, shape (rows,).
    """
    sorted_already = bool(
        np.all((track[1:] > track[:-1]) | ((track[1:] == track[:-1]) & (seconds[1:] >= seconds[:-1])))
    )
    order = np.arange(len(track)) if sorted_already else np.lexsort((seconds, track))
    first = np.ones(len(track), dtype=np.bool_)
    first[1:] = track[order][1:] != track[order][:-1]
    return order, first


def steps(values: FloatArray, first: BoolArray) -> FloatArray:
    """Difference to the row before, zero on the first row of a track."""
    out = np.zeros_like(values)
    out[1:] = values[1:] - values[:-1]
    out[first] = 0.0
    return out


def great_circle_km(lat1: FloatArray, lon1: FloatArray, lat2: FloatArray, lon2: FloatArray) -> FloatArray:
    """Haversine distance in km between points in degrees."""
    p1, p2 = np.radians(lat1), np.radians(lat2)
    h = np.sin((p2 - p1) / 2) ** 2 + np.cos(p1) * np.cos(p2) * np.sin(np.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(h, 0.0, 1.0)))
