"""Squares of the map: H3 cell of each, and whether it lies in a port; made once and kept as a file that tasks read."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa

from spark_jobs.engine.ais import settings as s

DEGREE = 1_000_000
PORT = "port"


@dataclass(frozen=True)
class Area:
    """Squares of ``step`` (1e-6 degree) from ``south``, ``west``: number of the cell (0: elsewhere), and port or not.

    ``ids``: the H3 index of each cell, 0 for cell 0.
    """

    south: int
    west: int
    step: int
    cell: np.ndarray
    port: np.ndarray
    ids: np.ndarray


def build(folder: Path, circles: Path) -> str:
    """Make the file unless it is there; its name is a hash of settings and circles.

    Args:
        circles: CSV of ``kind, latitude_deg, longitude_deg, radius_deg``; kind ``port`` counts.
    """
    south, north, west, east = (round(v.value * DEGREE) for v in (s.GRID_SOUTH, s.GRID_NORTH, s.GRID_WEST, s.GRID_EAST))
    step, resolution = int(s.SQUARE.value), int(s.RESOLUTION.value)
    text = repr((south, north, west, east, step, resolution)) + circles.read_text(encoding="utf-8")
    path = folder / f"area-{hashlib.blake2b(text.encode(), digest_size=6).hexdigest()}.npz"
    if path.exists():
        return str(path)
    latitudes = (south + (np.arange((north - south) // step) + 0.5) * step) / DEGREE
    longitudes = (west + (np.arange((east - west) // step) + 0.5) * step) / DEGREE
    found = np.array([[h3.latlng_to_cell(y, x, resolution) for x in longitudes.tolist()] for y in latitudes.tolist()])
    ids, cell = np.unique(found, return_inverse=True)
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft.npz")
    np.savez(
        draft, frame=np.array([south, west, step]), ids=np.concatenate([[0], ids]),
        cell=(cell.reshape(found.shape) + 1).astype(np.int32), port=_ports(circles, latitudes, longitudes),
    )  # fmt: skip
    draft.replace(path)
    return str(path)


def _ports(circles: Path, latitudes: np.ndarray, longitudes: np.ndarray) -> np.ndarray:
    inside = np.zeros((len(latitudes), len(longitudes)), np.bool_)
    with circles.open(encoding="utf-8", newline="") as lines:
        for row in (row for row in csv.DictReader(lines) if row["kind"] == PORT):
            y, x, radius = (float(row[name]) for name in ("latitude_deg", "longitude_deg", "radius_deg"))
            east = (longitudes[None, :] - x) * np.cos(np.radians(latitudes))[:, None]
            inside |= np.hypot(latitudes[:, None] - y, east) <= radius
    return inside


def places(path: str) -> pa.Table:
    """Cell (hexadecimal) and its middle, of the file of ``build``."""
    ids = [format(one, "x") for one in load(path).ids[1:].tolist()]
    middle = [h3.cell_to_latlng(int(one, 16)) for one in ids]
    latitude, longitude = ([round(at[n], 6) for at in middle] for n in range(2))
    return pa.table({"cell": ids, "latitude_deg": latitude, "longitude_deg": longitude})


@lru_cache(maxsize=2)
def load(path: str) -> Area:
    """Read the file of ``build``."""
    with np.load(path) as kept:
        south, west, step = kept["frame"].tolist()
        return Area(south, west, step, kept["cell"], kept["port"], kept["ids"])
