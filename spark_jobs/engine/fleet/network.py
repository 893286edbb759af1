"""The road network an operator supplies: a file of edges → arrays for matching, kept beside silver.

The file is CSV or Parquet, an edge a row, in the direction of travel, WGS-84: ``edge_id``, ``road_name``,
``corridor_id`` (empty: none), ``direction``, ``direction_back`` (empty: one way), ``road_class``, ``district_code``
(empty: unknown), ``tolerance_m`` (how far a vehicle on it may be from its line; empty: the setting), ``geometry`` as
WKT ``LINESTRING (lon lat, …)``. ``spark_jobs/networks/README.md`` describes it to operators.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numba
import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from spark_jobs.engine.fleet import settings as s
from spark_jobs.engine.fleet.ordering import METRES_PER_MICRODEGREE

COLUMNS = (
    "edge_id", "road_name", "corridor_id", "direction", "direction_back", "road_class", "district_code", "tolerance_m",
    "geometry",
)  # fmt: skip
SHIPPED = Path(__file__).parents[2] / "networks" / "shanghai_schematic.csv"
SUPPLIED = "position_network.parquet"
SCHEMATIC = "示意路网"
UNMATCHED, OTHER = "unmatched", "other"
BACK = "~"  # put behind an edge's id for its way back
MICRO = 1_000_000
_NUMBER = re.compile(r"^\s*[1-9]\d*(\.\d+)?\s*$")
_LINE = re.compile(r"^\s*LINESTRING\s*\(([^()]+)\)\s*$", re.IGNORECASE)


class WrongNetwork(ValueError):
    """A network file that cannot be used; says where and what to do."""


class Roads(NamedTuple):
    """Arrays the kernel reads. Edge 0 and corridor 0 are none; corridor 1 is a road of no corridor.

    ``segment``: a row of LATITUDE … each, straight pieces of the edges; ``way``: edge along and against it (0: no way).
    ``begin``, ``near``: pieces near each square, squares row by row. ``first``, ``last``: nodes of an edge.
    """

    south: int
    west: int
    step: int
    rows: int
    columns: int
    begin: np.ndarray
    near: np.ndarray
    segment: np.ndarray
    way: np.ndarray
    first: np.ndarray
    last: np.ndarray
    corridor: np.ndarray


LATITUDE, LONGITUDE, EAST_M, DX, DY, INVERSE, TOLERANCE, LENGTH, FIELDS = range(9)


@dataclass(frozen=True)
class Edges:
    """What edges and corridors are called, by number; ``name``: the network's. Edge 0 is none."""

    name: str
    table: pa.Table
    corridors: pa.Table


def build(folder: str, source: str = "") -> str:
    """Make the arrays of a network file (empty: the shipped schematic one) unless they are there; returns their path.

    Raises:
        WrongNetwork: with file, row and reason.
    """
    path = Path(source or SHIPPED)
    shape = (path.read_bytes(), s.NETWORK_SQUARE.value, s.NETWORK_SQUARES.value, s.ROAD_TOLERANCE.value)
    name = hashlib.blake2b(repr(shape).encode(), digest_size=6).hexdigest()
    target = Path(folder) / f"network-{name}.npz"
    if not target.exists():
        roads = _arrays(read(str(path)))
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_suffix(".draft.npz")
        np.savez(draft, **roads._asdict())
        draft.replace(target)
    return str(target)


def supplied(folder: str) -> str:
    """The network file an operator supplied (``seal_file``); empty where there is none."""
    path = Path(folder) / SUPPLIED
    return str(path) if path.exists() else ""


def seal_file(file: Path, folder: str) -> int:
    """Check an operator's network file and put it into force in one step; returns its edges.

    Raises:
        WrongNetwork: with file, row and reason; the former network stays in force.
    """
    table = read(str(file))
    target = Path(folder) / SUPPLIED
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".draft")
    pq.write_table(table, draft)
    draft.replace(target)
    return int(table.num_rows)


@lru_cache(maxsize=2)
def load(path: str) -> Roads:
    """Read the arrays of ``build``."""
    with np.load(path) as kept:
        fields: dict[str, Any] = {n: kept[n] if kept[n].ndim else int(kept[n]) for n in Roads._fields}
        return Roads(**fields)


def read(path: str) -> pa.Table:
    """The network file as text columns, checked.

    Raises:
        WrongNetwork: with file, row and reason.
    """
    try:
        if path.endswith(".parquet"):
            table = pq.read_table(path)
        else:
            table = pc.read_csv(
                path, convert_options=pc.ConvertOptions(column_types=dict.fromkeys(COLUMNS, pa.string()))
            )
    except (pa.ArrowInvalid, OSError) as error:
        raise WrongNetwork(f"{path}: {error}; give a CSV or Parquet file of edges") from error
    missing = [name for name in COLUMNS if name not in table.column_names]
    if missing:
        raise WrongNetwork(f"{path}: lacks {', '.join(missing)}; see spark_jobs/networks/README.md")
    table = pa.table({n: ["" if v is None else str(v) for v in table[n].to_pylist()] for n in COLUMNS})
    ids = table["edge_id"].to_pylist()
    if not ids or len(set(ids)) != len(ids) or not all(ids) or any(i.endswith(BACK) or i == UNMATCHED for i in ids):
        raise WrongNetwork(f"{path}: edge_id must be there, once each, not {UNMATCHED!r} and not ending in {BACK!r}")
    taken = {UNMATCHED, OTHER} & set(table["corridor_id"].to_pylist())
    if taken:
        raise WrongNetwork(f"{path}: {', '.join(sorted(taken))} is no corridor's id; it marks what is on none")
    for row, text in enumerate(table["geometry"].to_pylist(), 2):
        points(text, f"{path}, row {row}")
    for row, text in enumerate(table["tolerance_m"].to_pylist(), 2):
        if text and not _NUMBER.match(text):
            raise WrongNetwork(f"{path}, row {row}: tolerance_m must be empty or metres like 50, not {text!r}")
    return table


def points(text: str, where: str) -> np.ndarray:
    """WKT LINESTRING → (points, 2) of latitude, longitude in 1e-6 degree; raises WrongNetwork."""
    found = _LINE.match(text)
    try:
        pairs = [[float(v) for v in pair.split()] for pair in found[1].split(",")] if found else []
        line = np.array([(pair[1], pair[0]) for pair in pairs if len(pair) in (2, 3)])
    except ValueError:
        line = np.zeros((0, 2))
    if len(line) < 2 or len(line) != len(pairs):
        raise WrongNetwork(f"{where}: geometry must read LINESTRING (lon lat, lon lat, …), not {text[:60]!r}")
    south, north, west, east = (v.value for v in (s.SOUTH, s.NORTH, s.WEST, s.EAST))
    inside = (line[:, 0] >= south) & (line[:, 0] <= north) & (line[:, 1] >= west) & (line[:, 1] <= east)
    if not inside.all():
        raise WrongNetwork(f"{where}: {line[~inside][0]} lies outside; longitude comes first, in degrees WGS-84")
    return np.round(line * MICRO)


def names(source: str = "") -> Edges:
    """Names of edges and corridors by the numbers of ``Roads``."""
    path = source or str(SHIPPED)
    edges = _named(read(path))
    none = dict.fromkeys(("road_name", "corridor_id", "road_class", "district_code", "direction"), "")
    numbered = [{"number": n, **edge} for n, edge in enumerate([{"edge_id": UNMATCHED, **none}, *edges])]
    pairs = [(UNMATCHED, ""), (OTHER, ""), *_corridors(edges)]
    corridors = [{"number": n, "corridor_id": c, "direction": d} for n, (c, d) in enumerate(pairs)]
    title = f"运营单位路网 {_digest(Path(path))}" if source else SCHEMATIC
    return Edges(title, pa.Table.from_pylist(numbered), pa.Table.from_pylist(corridors))


def _digest(path: Path) -> str:
    return hashlib.blake2b(path.read_bytes(), digest_size=4).hexdigest()


def _named(table: pa.Table) -> list[dict[str, str]]:
    """Directed edges: each row's way out, then its way back where it has one."""
    out = []
    for row in table.to_pylist():
        kept = {name: row[name] for name in ("road_name", "corridor_id", "road_class", "district_code")}
        out.append({"edge_id": row["edge_id"], **kept, "direction": row["direction"]})
        if row["direction_back"]:
            out.append({"edge_id": row["edge_id"] + BACK, **kept, "direction": row["direction_back"]})
    return out


def _corridors(edges: list[dict[str, str]]) -> list[tuple[str, str]]:
    return sorted({(e["corridor_id"], e["direction"]) for e in edges if e["corridor_id"]})


def _arrays(table: pa.Table) -> Roads:
    edges = _named(table)
    number = {pair: n for n, pair in enumerate(_corridors(edges), 2)}
    corridor = [0, *(number.get((e["corridor_id"], e["direction"]), 1) for e in edges)]
    segments, way, first, last = [], [], [0], [0]
    nodes: dict[tuple[float, float], int] = {}
    for row in table.to_pylist():
        line = points(row["geometry"], row["edge_id"])
        a, b = (nodes.setdefault((float(line[k, 0]), float(line[k, 1])), len(nodes) + 1) for k in (0, -1))
        out, back = len(first), len(first) + 1 if row["direction_back"] else 0
        first += [a, b] if back else [a]
        last += [b, a] if back else [b]
        segments.append(_pieces(line, float(row["tolerance_m"] or s.ROAD_TOLERANCE.value)))
        way += [(out, back)] * len(segments[-1])
    small = (np.array(values, np.int32) for values in (way, first, last, corridor))
    return _gridded(np.concatenate(segments), *small)


def _pieces(line: np.ndarray, tolerance: float) -> np.ndarray:
    a, b = line[:-1], line[1:]
    keep = np.any(a != b, axis=1)
    a, b = a[keep], b[keep]
    out = np.zeros((len(a), FIELDS))
    east = METRES_PER_MICRODEGREE * np.cos(np.radians(0.5 * (a[:, 0] + b[:, 0]) / MICRO))
    dx, dy = (b[:, 1] - a[:, 1]) * east, (b[:, 0] - a[:, 0]) * METRES_PER_MICRODEGREE
    out[:, LATITUDE], out[:, LONGITUDE], out[:, EAST_M], out[:, DX], out[:, DY] = a[:, 0], a[:, 1], east, dx, dy
    out[:, INVERSE], out[:, TOLERANCE], out[:, LENGTH] = 1.0 / (dx * dx + dy * dy), tolerance, np.hypot(dx, dy)
    return out


def _gridded(segment: np.ndarray, way: np.ndarray, first: np.ndarray, last: np.ndarray, corridor: np.ndarray) -> Roads:
    reach = segment[:, TOLERANCE].max()
    rim = reach / segment[:, EAST_M].min()
    ends_lat = segment[:, LATITUDE] + segment[:, DY] / METRES_PER_MICRODEGREE
    ends_lon = segment[:, LONGITUDE] + segment[:, DX] / segment[:, EAST_M]
    south, north = (
        min(segment[:, LATITUDE].min(), ends_lat.min()) - rim,
        max(segment[:, LATITUDE].max(), ends_lat.max()),
    )
    west, east = (
        min(segment[:, LONGITUDE].min(), ends_lon.min()) - rim,
        max(segment[:, LONGITUDE].max(), ends_lon.max()),
    )
    step = int(s.NETWORK_SQUARE.value)
    while (north + rim - south) / step * (east + rim - west) / step > s.NETWORK_SQUARES.value:
        step *= 2
    rows, columns = int((north + rim - south) / step) + 1, int((east + rim - west) / step) + 1
    count = np.zeros(rows * columns + 1, np.int64)
    _spread(segment, int(south), int(west), step, rows, columns, count, np.zeros(0, np.int32))
    begin = np.cumsum(count)
    near = np.empty(int(begin[-1]), np.int32)
    _spread(segment, int(south), int(west), step, rows, columns, begin[:-1].copy(), near)
    return Roads(int(south), int(west), step, rows, columns, begin.astype(np.int32), near, segment, way, first, last,
                 corridor)  # fmt: skip


@numba.njit(cache=True, nogil=True)
def _spread(
    segment: np.ndarray, south: int, west: int, step: int, rows: int, columns: int, at: np.ndarray, near: np.ndarray
) -> None:
    """Count in ``at`` (one place on) the pieces near each square, or put them into ``near`` from ``at`` on."""
    for k in range(len(segment)):
        p = segment[k]
        lat, lon = p[0] + p[4] / METRES_PER_MICRODEGREE, p[1] + p[3] / p[2]
        reach = p[6] + 0.75 * step * METRES_PER_MICRODEGREE
        dy, dx = reach / METRES_PER_MICRODEGREE, reach / p[2]
        low, high = int((min(p[0], lat) - dy - south) / step), int((max(p[0], lat) + dy - south) / step)
        left, right = int((min(p[1], lon) - dx - west) / step), int((max(p[1], lon) + dx - west) / step)
        for i in range(max(low, 0), min(high, rows - 1) + 1):
            for j in range(max(left, 0), min(right, columns - 1) + 1):
                y = (south + (i + 0.5) * step - p[0]) * METRES_PER_MICRODEGREE
                x = (west + (j + 0.5) * step - p[1]) * p[2]
                along = min(1.0, max(0.0, (x * p[3] + y * p[4]) * p[5]))
                if (x - along * p[3]) ** 2 + (y - along * p[4]) ** 2 <= reach * reach:
                    if len(near):
                        near[at[i * columns + j]] = k
                        at[i * columns + j] += 1
                    else:
                        at[i * columns + j + 1] += 1
