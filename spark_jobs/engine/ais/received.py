"""Received files of AIS messages, NMEA (``.nmea``, ``.nmea.gz``) or CSV (``.csv``, ``.csv.gz``), as columns."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv

from spark_jobs.engine.ais import sentences as nmea
from spark_jobs.engine.ais import settings as s
from spark_jobs.engine.ais.statics import Statics
from spark_jobs.engine.fleet.fields import OFFSET_S, UnreadableFile, received_until

NMEA, CSV = (".nmea", ".nmea.gz"), (".csv", ".csv.gz")
SUFFIXES = (*NMEA, *CSV)
COLUMNS = (
    "received_at", "station", "msg_type", "mmsi", "second", "nav_status", "speed_kn", "longitude_deg", "latitude_deg",
    "course_deg", "heading_deg", "imo", "call_sign", "ship_name", "ship_type", "length_m", "beam_m", "draught_m",
)  # fmt: skip
TEXTS = ("station", "call_sign", "ship_name")
DAY_S = 86400
PER_DEGREE = 600_000  # AIS counts 1/10,000 of a minute
POSITIONS = (1, 2, 3, 18, 19)
NO_PLACE = 181 * PER_DEGREE
Positions = dict[str, np.ndarray]


class Reader:
    """One received file. ``lines``: how many it had; ``refused``: lines by reason; ``statics``: what ships said."""

    def __init__(self, path: str) -> None:
        self.path, self.lines = path, 0
        self.until = received_until(path)
        self.refused: Counter[str] = Counter()
        oldest = ((self.until - 1) // DAY_S - int(s.LATE_DAYS.value)) * DAY_S
        self.statics = Statics((oldest, self.until + int(s.AHEAD.value)))

    def positions(self) -> Iterator[Positions]:
        """Columns ``mmsi, time`` (local second since 1970)``, latitude, longitude, speed, course, heading, status``.

        Raises:
            UnreadableFile: names the file and what is wrong with it.
        """
        try:
            yield from (self._nmea() if self.path.endswith(NMEA) else self._csv())
        except (OSError, EOFError, pa.ArrowInvalid, pa.ArrowKeyError) as error:
            raise UnreadableFile(f"{self.path}: {error}; land the file again") from error
        self.statics.close()

    def _nmea(self) -> Iterator[Positions]:
        with _opened(self.path) as stream:
            rest = b""
            while True:
                more = stream.read(int(s.BLOCK.value))
                block = rest + more
                cut = block.rfind(b"\n") + 1 if more else len(block)
                if cut:
                    yield self._scanned(block[:cut])
                rest = block[cut:]
                if not more:
                    return

    def _scanned(self, block: bytes) -> Positions:
        found = nmea.scanned(block)
        kind = found.rows[:, nmea.KIND]
        self.lines += len(kind)
        for n, reason in enumerate(nmea.REFUSALS):
            self.refused[reason] += int(np.count_nonzero(kind == -1 - n))
        self.statics.add(found)
        rows = found.rows[kind == nmea.POSITION]
        return {
            "mmsi": rows[:, nmea.MMSI], "time": instant(rows[:, nmea.CLOCK], rows[:, nmea.SECOND]) + OFFSET_S,
            "latitude": rows[:, nmea.LATITUDE], "longitude": rows[:, nmea.LONGITUDE], "speed": rows[:, nmea.SPEED],
            "course": rows[:, nmea.COURSE], "heading": rows[:, nmea.HEADING], "status": rows[:, nmea.STATUS],
        }  # fmt: skip

    def _csv(self) -> Iterator[Positions]:
        text = csv.ConvertOptions(column_types=dict.fromkeys(COLUMNS, pa.string()), include_columns=list(COLUMNS))
        cut = csv.ParseOptions(invalid_row_handler=self._broken)
        with _opened(self.path) as stream:
            block = csv.ReadOptions(use_threads=False, block_size=int(s.BLOCK.value))
            for batch in csv.open_csv(stream, block, cut, text):
                self.lines += batch.num_rows
                yield self._typed(pa.Table.from_batches([batch]))

    def _broken(self, _: csv.InvalidRow) -> str:
        self.lines += 1
        self.refused["unreadable"] += 1
        return "skip"

    def _typed(self, table: pa.Table) -> Positions:
        columns = {name: _number(table[name]) for name in COLUMNS if name not in TEXTS}
        kind, clock = columns["msg_type"], columns["received_at"]
        readable = np.isfinite(kind) & np.isfinite(columns["mmsi"])
        timed = readable & np.isfinite(clock) & (clock > 0)
        place, static = timed & np.isin(kind, POSITIONS), timed & np.isin(kind, (5, 24))
        self.refused["unreadable"] += int(np.count_nonzero(~readable))
        self.refused["no_clock"] += int(np.count_nonzero(readable & ~timed))
        self.refused["other_type"] += int(np.count_nonzero(timed & ~place & ~static))
        self._said(table, columns, np.flatnonzero(static | (timed & (kind == 19))))
        out = {name: values[place] for name, values in columns.items()}

        def whole(name: str, scale: float, absent: int) -> np.ndarray:
            return np.where(np.isfinite(out[name]), np.round(out[name] * scale), absent).astype(np.int64)

        return {
            "mmsi": whole("mmsi", 1, 0),
            "time": instant(whole("received_at", 1, 0), whole("second", 1, 60)) + OFFSET_S,
            "latitude": whole("latitude_deg", PER_DEGREE, NO_PLACE),
            "longitude": whole("longitude_deg", PER_DEGREE, NO_PLACE),
            "speed": whole("speed_kn", 10, int(s.NO_SPEED.value)), "course": whole("course_deg", 10, 3600),
            "heading": whole("heading_deg", 1, 511), "status": whole("nav_status", 1, nmea.CLASS_B_STATUS),
        }  # fmt: skip

    def _said(self, table: pa.Table, columns: Positions, rows: np.ndarray) -> None:
        texts = {name: table[name].take(rows).to_pylist() for name in ("call_sign", "ship_name")}
        for n, i in enumerate(rows.tolist()):
            own = int(columns["msg_type"][i] != 19)
            kept = [columns[name][i] for name in ("imo", "ship_type", "length_m", "beam_m")]
            imo, kind, length, beam = (int(v) or None if np.isfinite(v) else None for v in kept)
            draught = columns["draught_m"][i]
            self.statics.say(
                (int(columns["mmsi"][i]), imo, texts["call_sign"][n] or None, texts["ship_name"][n] or None, kind,
                 length, beam, float(draught) or None if np.isfinite(draught) else None),
                int(columns["received_at"][i]) + OFFSET_S, own,
            )  # fmt: skip


def instant(clock: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Second of sending: the message's second of the minute nearest to the station's clock; 60 and more: the clock."""
    nearest = clock + (second - clock % 60 + 30) % 60 - 30
    return np.where(second < 60, nearest, clock)


def _number(column: pa.ChunkedArray) -> np.ndarray:
    """Numbers of a text column; what is none is NaN."""
    good = pc.match_substring_regex(column, r"^-?\d+(\.\d+)?$")
    return pc.if_else(good, column, None).cast(pa.float64()).to_numpy()


def _opened(path: str) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, "rb") if path.endswith(".gz") else Path(path).open("rb"))
