"""Squares of the map and the H3 cell of each, made once and kept as a file that tasks map into memory."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import h3.api.basic_int as h3
import numpy as np

from spark_jobs.engine.fleet import settings as s
from spark_jobs.models.diesel_regional.fused import Grid

DEGREE = 1_000_000


def _shape() -> tuple[int, int, int, int, int, int]:
    """South, west, step (1e-6 degree), squares northward and eastward, resolution."""
    south, north, west, east = (round(v.value * DEGREE) for v in (s.GRID_SOUTH, s.GRID_NORTH, s.GRID_WEST, s.GRID_EAST))
    step = int(s.SQUARE.value)
    return south, west, step, (north - south) // step, (east - west) // step, int(s.RESOLUTION.value)


def build(folder: str) -> str:
    """Make the grid's file unless it is there; returns its path, which names the settings it was made from."""
    shape = _shape()
    name = hashlib.blake2b(repr(shape).encode(), digest_size=6).hexdigest()
    path = Path(folder) / f"grid-{name}.npz"
    if path.exists():
        return str(path)
    south, west, step, rows, columns, resolution = shape
    longitudes = [(west + (j + 0.5) * step) / DEGREE for j in range(columns)]
    found = np.empty((rows, columns), np.int64)
    cell_of = h3.latlng_to_cell
    for i in range(rows):
        latitude = (south + (i + 0.5) * step) / DEGREE
        found[i] = [cell_of(latitude, longitude, resolution) for longitude in longitudes]
    ids, cell = np.unique(found, return_inverse=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft.npz")
    np.savez(draft, ids=np.concatenate([[0], ids]), cell=(cell.reshape(found.shape) + 1).astype(np.uint16))
    draft.replace(path)
    return str(path)


@lru_cache(maxsize=2)
def load(path: str) -> Grid:
    """Read the grid of ``build``."""
    south, west, step, *_ = _shape()
    with np.load(path) as kept:
        return Grid(south, west, step, kept["cell"], kept["ids"])
