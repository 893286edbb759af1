"""Hand-made AIS messages as stations deliver them, and the way from files to hours without Spark."""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
from pyais import encode_dict

from spark_jobs.engine.ais import area, hours, identity
from spark_jobs.engine.ais.decode import Decoded, decode
from spark_jobs.engine.ais.merge import Merged, merge
from spark_jobs.engine.fleet.hours import DayFile

MIDNIGHT = 1_795_104_000  # 2026-11-20T00:00 in Shanghai, Unix s
DAY = 20_777  # days from 1970 to 2026-11-20
SECTOR = Path(__file__).resolve().parents[4] / "spark_jobs" / "sectors" / "shipping"
KINDS = pc.read_csv(SECTOR / "ais_ship_types.csv")
PORT = "kind,name_zh,latitude_deg,longitude_deg,radius_deg,note\nport,x,31.36,121.61,0.05,\n"
REGISTER = {"ship_id": "9000001", "ship_type": "container_ship", "deadweight_t": 50_000.0, "main_engine_kw": 30_000.0,
            "reference_speed_kn": 22.0, "design_draught_m": 12.0, "engine_type": "SSD", "fuel": "lfo"}  # fmt: skip


def received(clock: int, sentence: str, station: str = "T1") -> str:
    """The sentence with the tag block of a station."""
    block, total = f"s:{station},c:{clock}", 0
    for byte in block.encode():
        total ^= byte
    return f"\\{block}*{total:02X}\\{sentence}"


def said(clock: int, station: str = "T1", **fields: Any) -> list[str]:
    """A message (fields as pyais names them) received at a Unix second."""
    given = {"second": clock % 60, **fields} if fields["msg_type"] not in (5, 24) else fields
    return [received(clock, line, station) for line in encode_dict(given, sentence_type="VDM")]


def sailing(
    mmsi: int, begin: int, knots: Sequence[float], every: int = 60, status: int = 0, south: float = 31.0
) -> list[str]:
    """Fixes of a ship that goes north from ``south`` on 122.0° E; ``begin`` and ``every`` in seconds since MIDNIGHT."""
    lines, miles = list[str](), 0.0
    for n, speed in enumerate(knots):
        miles += 0.0 if n == 0 else 0.5 * (speed + knots[n - 1]) * every / 3600.0
        lines += said(MIDNIGHT + begin + n * every, msg_type=1, mmsi=mmsi, speed=speed, status=0, lon=122.0,
                      lat=south + miles / 60.0405)  # fmt: skip
    return lines


def file(folder: Path, window: str, lines: Sequence[str], name: str = "a") -> str:
    """Write lines as a received file of a window like 2026-11-20T07; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"ais-{window}-{name}.nmea.gz"
    path.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode()))
    return str(path)


class Waters:
    """Silver files in a folder and a small port; days and buckets as the engine keeps them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.files, self.taken = folder, dict[tuple[int, int], str](), list[Decoded]()
        self.merged = list[Merged]()
        folder.mkdir(parents=True, exist_ok=True)
        circles = folder / "circles.csv"
        circles.write_text(PORT, encoding="utf-8")
        self.area = area.build(folder, circles)

    def take(self, *paths: str) -> None:
        spill = self.folder / f"spill{len(self.taken)}"
        spill.mkdir()
        new = [decode(path, str(spill)) for path in paths]
        pieces = defaultdict(list)
        for piece in (p for d in new for p in d.pieces):
            pieces[piece.day, piece.bucket].append(piece)
        for key, own in sorted(pieces.items()):
            path = str(self.folder / f"day{key[0]}-{key[1]}-{len(self.taken)}-{len(self.merged)}.parquet")
            self.merged.append(merge(own, self.files.get(key, ""), path))
            self.files[key] = path
        self.taken += new

    def hours(
        self, day: int = DAY, register: Mapping[int, Mapping[str, Any]] | None = None,
        calls: Mapping[str, Sequence[tuple[int, int]]] | None = None,
    ) -> pa.Table:  # fmt: skip
        """Rows of the third stage; ``register``: particulars by MMSI."""
        told = pa.concat_tables([pq.read_table(d.statics) for d in self.taken])
        rows = [{"mmsi": mmsi, **own} for mmsi, own in (register or {}).items()]
        ships = identity.known_ships(told, [], pa.Table.from_pylist(rows) if rows else None, KINDS)
        path = identity.write(identity.ship_day(ships, told, calls or {}, day), self.folder)
        files = [
            DayFile(name, self.files.get((day - 1, bucket), ""), self.files.get((day + 1, bucket), ""))
            for (of, bucket), name in sorted(self.files.items())
            if of == day
        ]
        return pa.Table.from_batches(list(hours.rows(files, day, path, self.area)), hours.ROWS)


def total(rows: pa.Table, column: str, kind: str = hours.SHIP) -> float:
    """Sum of a column over rows of a kind."""
    return sum(v or 0.0 for k, v in zip(rows["kind"].to_pylist(), rows[column].to_pylist(), strict=True) if k == kind)
