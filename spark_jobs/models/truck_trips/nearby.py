"""Known points in WGS-84 (places, roads): the nearest one, and how far."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from spark_jobs.models.frame import FloatArray, IntArray
from spark_jobs.models.tracks import EARTH_RADIUS_KM

M_PER_KM = 1000.0


def _on_sphere(lat: FloatArray, lon: FloatArray) -> FloatArray:
    phi, lam = np.radians(lat), np.radians(lon)
    return np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])


class KnownPoints:
    """Points in degrees WGS-84 with names and kinds; queries give metres and indices of points.

    ``roads``: distinct names. ``road_of_point``: index into them of each point.
    """

    def __init__(
        self, lat: FloatArray, lon: FloatArray, names: npt.NDArray[np.object_], kinds: npt.NDArray[np.object_] | None
    ) -> None:
        self.names = names
        self.kinds = np.full(len(names), None, dtype=object) if kinds is None else kinds
        self.roads, self.road_of_point = np.unique(names.astype(str), return_inverse=True)
        self._tree = cKDTree(_on_sphere(lat, lon))

    def distance_m(self, lat: FloatArray, lon: FloatArray) -> FloatArray:
        """Distance (m, straight through the sphere) to the nearest point."""
        return self._tree.query(_on_sphere(lat, lon))[0] * EARTH_RADIUS_KM * M_PER_KM

    def within(self, lat: FloatArray, lon: FloatArray, metres: float) -> IntArray:
        """Index of the nearest point, −1 beyond ``metres``."""
        chord, index = self._tree.query(_on_sphere(lat, lon))
        return np.where(chord * EARTH_RADIUS_KM * M_PER_KM <= metres, index, -1).astype(np.int64)
