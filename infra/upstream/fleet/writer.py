"""Received fixes as files of an hour or a minute, Parquet or gzipped CSV, cut by the time of receipt."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from infra.upstream.fleet.driving import block
from infra.upstream.fleet.fixes import COUNTS, NAMES
from infra.upstream.fleet.road_file import edge_ids, network_file
from infra.upstream.fleet.vehicles import Fleet, Listed, fleet, register

LOCAL = timezone(timedelta(hours=8))
BLOCK = 2048  # trucks simulated at once
GZIP_LEVEL = 1
FORMATS = ("parquet", "csv")
SCHEMA = pa.schema([
    ("terminal_id", pa.int64()), ("time", pa.timestamp("ms", "UTC")), ("latitude", pa.int32()),
    ("longitude", pa.int32()), ("altitude", pa.int16()), ("speed", pa.uint16()), ("direction", pa.uint16()),
    ("status", pa.uint32()), ("alarm", pa.uint32()),
])  # fmt: skip


@dataclass(frozen=True)
class Order:
    """What to write. ``hours``: only fixes received in these hours since the first midnight; empty: all.

    ``trucks``: the register of which the vehicles are the first; none: trucks of the simulator's own.
    """

    folder: Path
    day: str
    days: int
    vehicles: int
    seed: int
    formats: tuple[str, ...] = ("parquet",)
    cut_s: int = 3600
    hours: tuple[int, int] | None = None
    trucks: Listed | None = None

    @property
    def midnight(self) -> int:
        """Unix second of the first local midnight."""
        return int(datetime.fromisoformat(self.day).replace(tzinfo=LOCAL).timestamp())

    def name(self, part: int) -> str:
        """Name of the file that holds receipts of ``part``: 2026-11-20T07 or 2026-11-20T07-05."""
        begin = datetime.fromtimestamp(self.midnight + part * self.cut_s, LOCAL)
        return begin.strftime("%Y-%m-%dT%H" if self.cut_s == 3600 else "%Y-%m-%dT%H-%M")


class _Files:
    """Open files of one gateway, one a cut and format; rows are appended piece by piece."""

    def __init__(self, order: Order, gateway: int) -> None:
        self.order, self.gateway = order, gateway
        self.parquet: dict[int, pq.ParquetWriter] = {}
        self.csv: dict[int, gzip.GzipFile] = {}

    def path(self, part: int, suffix: str) -> Path:
        return self.order.folder / f"positions-{self.order.name(part)}-g{self.gateway}.{suffix}"

    def add(self, part: int, piece: pa.Table) -> None:
        if "parquet" in self.order.formats:
            if part not in self.parquet:
                self.parquet[part] = pq.ParquetWriter(self.path(part, "parquet"), SCHEMA, compression="zstd")
            self.parquet[part].write_table(piece, row_group_size=len(piece))
        if "csv" in self.order.formats:
            new = part not in self.csv
            if new:
                self.csv[part] = gzip.GzipFile(self.path(part, "csv.gz"), "wb", GZIP_LEVEL)
            pc.write_csv(_bcd(piece), self.csv[part], pc.WriteOptions(include_header=new, quoting_style="none"))

    def close(self) -> None:
        for opened in (*self.parquet.values(), *self.csv.values()):
            opened.close()


def _bcd(piece: pa.Table) -> pa.Table:
    """Time as JT/T 808 writes it: local digits yymmddhhmmss."""
    local = piece["time"].to_numpy() + np.timedelta64(8, "h")
    day = local.astype("datetime64[D]")
    month, year = day.astype("datetime64[M]"), day.astype("datetime64[Y]")
    date = (year.astype(int) + 1970) % 100 * 10000 + (month.astype(int) % 12 + 1) * 100 + (day - month).astype(int) + 1
    second = (local - day).astype("timedelta64[s]").astype(int)
    clock = second // 3600 * 10000 + second // 60 % 60 * 100 + second % 60
    return piece.set_column(1, "time", pa.array(date * 1_000_000 + clock))


def _table(fixes: np.ndarray, terminals: np.ndarray, midnight: int) -> pa.Table:
    columns = [
        terminals[fixes[:, 0]], (fixes[:, 1].astype(np.int64) + midnight) * 1000, fixes[:, 2], fixes[:, 3],
        fixes[:, 4].astype(np.int16), fixes[:, 5].astype(np.uint16), fixes[:, 6].astype(np.uint16),
        fixes[:, 7].astype(np.uint32), fixes[:, 8].astype(np.uint32),
    ]  # fmt: skip
    return pa.table([pa.array(c).cast(field.type) for c, field in zip(columns, SCHEMA, strict=True)], schema=SCHEMA)


def pieces(
    order: Order, trucks: Fleet, first: int, counts: np.ndarray, truths: list[pa.Table], roads: list[pa.Table]
) -> Iterator[tuple[int, pa.Table]]:
    """Cuts of one block of trucks in order of receipt; adds to ``counts``, ``truths`` and ``roads``."""
    last = min(first + BLOCK, order.vehicles)
    fixes, truth, driven, planted = block(trucks, first, last, order.seed, order.days)
    counts += planted
    truths.append(_truth(truth, trucks.terminal_id[first:last], order.midnight))
    roads.append(_driven(driven, trucks.terminal_id[first:last], order.midnight))
    received = np.maximum(fixes[:, 9], 0)
    rows = np.argsort(received, kind="stable")
    parts = received[rows] // order.cut_s
    edges = np.flatnonzero(np.diff(parts, prepend=-1, append=parts[-1] + 1 if len(parts) else 0))
    for begin, end in pairwise(edges.tolist()):
        part = int(parts[begin])
        hour = part * order.cut_s // 3600
        if order.hours is None or order.hours[0] <= hour < order.hours[1]:
            yield part, _table(fixes[rows[begin:end]], trucks.terminal_id, order.midnight)


def _truth(truth: np.ndarray, terminals: np.ndarray, midnight: int) -> pa.Table:
    vehicle, hour = np.nonzero(truth[:, :, 2] > 0)
    own = truth[vehicle, hour]
    return pa.table(
        {
            "terminal_id": terminals[vehicle],
            "hour_start": pa.array((midnight + hour * 3600) * 1_000_000, pa.timestamp("us", "UTC")),
            "fuel_kg": own[:, 0] / 1000.0, "distance_km": own[:, 1] / 1000.0, "engine_hours": own[:, 2] / 3600.0,
        }
    )  # fmt: skip


def _driven(driven: np.ndarray, terminals: np.ndarray, midnight: int) -> pa.Table:
    """True distance of a vehicle-hour on each directed road, named as in the network file."""
    vehicle, hour, road = np.nonzero(driven)
    return pa.table(
        {
            "terminal_id": terminals[vehicle],
            "hour_start": pa.array((midnight + hour * 3600) * 1_000_000, pa.timestamp("us", "UTC")),
            "edge_id": np.array(edge_ids(), object)[road], "distance_km": driven[vehicle, hour, road] / 1000.0,
        }
    )  # fmt: skip


def write(order: Order, gateway: int = 0, gateways: int = 1) -> dict[str, int]:
    """Simulate every ``gateways``-th block and write its files and truth; returns rows and planted faults."""
    trucks, counts, rows = fleet(order.vehicles, order.seed, order.trucks), np.zeros(COUNTS, np.int64), 0
    order.folder.mkdir(parents=True, exist_ok=True)
    (order.folder / "truth").mkdir(exist_ok=True)
    files, truths, roads = _Files(order, gateway), list[pa.Table](), list[pa.Table]()
    for first in range(gateway * BLOCK, order.vehicles, gateways * BLOCK):
        for part, piece in pieces(order, trucks, first, counts, truths, roads):
            files.add(part, piece)
            rows += len(piece)
    files.close()
    if truths:
        pq.write_table(pa.concat_tables(truths), order.folder / "truth" / f"fuel-g{gateway}.parquet")
        pq.write_table(pa.concat_tables(roads), order.folder / "truth" / f"roads-g{gateway}.parquet")
    if gateway == 0:
        pq.write_table(register(trucks, order.trucks), order.folder / "register.parquet")
        pq.write_table(network_file(), order.folder / "network.parquet")
        wrong = {"terminal_id": trucks.terminal_id[trucks.gcj & trucks.listed]}
        pq.write_table(pa.table(wrong), order.folder / "truth" / "wrong-datum.parquet")
    told = {"rows": rows, **{name: int(n) for name, n in zip(NAMES, counts, strict=False)}}
    written = {**told, "day": order.day, "days": order.days, "vehicles": order.vehicles, "seed": order.seed}
    stamp = datetime.fromtimestamp(order.midnight, UTC).isoformat()
    text = json.dumps({**written, "first_midnight": stamp}, indent=1)
    (order.folder / "truth" / f"planted-g{gateway}.json").write_text(text, encoding="utf-8")
    return told
