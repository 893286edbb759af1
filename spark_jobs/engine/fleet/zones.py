"""Districts of places: each square of the map belongs to the nearest known town's district; beyond the map: outside.

No boundaries are held. ``spark_jobs/networks/towns.csv`` has towns and their districts, approximate and unverified:
near a boundary the district may be the neighbour's.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from spark_jobs.engine.fleet import settings as s

TOWNS = Path(__file__).parents[2] / "networks" / "towns.csv"
OUTSIDE = "outside"
MICRO = 1e6
STEP = 5_000  # 1e-6 degree: about 500 m, finer than the towns' districts are known


class Zones(NamedTuple):
    """``code``: district codes, the first one outside; ``square``: index into them, from ``south``, ``west`` on."""

    south: int
    west: int
    square: np.ndarray
    code: np.ndarray


@lru_cache(maxsize=1)
def load() -> Zones:
    """Squares of the map of ``grid`` by the nearest town; the same on every machine."""
    text = pc.ConvertOptions(column_types={"district_code": pa.string()})
    towns = pc.read_csv(TOWNS, convert_options=text)
    lat, lon = towns["latitude"].to_numpy(), towns["longitude"].to_numpy()
    given = np.array(towns["district_code"].to_pylist())
    code = np.array([OUTSIDE, *sorted(set(given.tolist()) - {OUTSIDE})])
    south, north, west, east = (v.value for v in (s.GRID_SOUTH, s.GRID_NORTH, s.GRID_WEST, s.GRID_EAST))
    y, x = np.arange(south, north, STEP / MICRO) + 0.5 * STEP / MICRO, np.arange(west, east, STEP / MICRO)
    x = x + 0.5 * STEP / MICRO
    wide = np.cos(np.radians(0.5 * (south + north)))
    far = (y[:, None, None] - lat) ** 2 + ((x[None, :, None] - lon) * wide) ** 2
    of_town = np.array([np.flatnonzero(code == g)[0] for g in given])
    return Zones(round(south * MICRO), round(west * MICRO), of_town[np.argmin(far, axis=2)], code)


def district(latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
    """District codes (text) of places in 1e-6 degrees."""
    zones = load()
    i = np.floor((latitude - zones.south) / STEP).astype(np.int64)
    j = np.floor((longitude - zones.west) / STEP).astype(np.int64)
    rows, columns = zones.square.shape
    within = (i >= 0) & (i < rows) & (j >= 0) & (j < columns)
    index = np.where(within, zones.square[np.clip(i, 0, rows - 1), np.clip(j, 0, columns - 1)], 0)
    return np.asarray(zones.code[index])
