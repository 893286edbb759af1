"""What ships say of themselves (message types 5, 19, 24), decoded by pyais, each distinct payload once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from pyais.exceptions import AISBaseException
from pyais.messages import NMEAMessage

from spark_jobs.engine.ais import sentences as nmea
from spark_jobs.engine.ais import settings as s
from spark_jobs.engine.fleet.fields import OFFSET_S

CONTENT = pa.schema([
    ("mmsi", pa.int64()), ("imo", pa.int64()), ("call_sign", pa.string()),
    ("ship_name", pa.string()), ("ship_type", pa.int64()), ("length_m", pa.int64()), ("beam_m", pa.int64()),
    ("draught_m", pa.float64()),
])  # fmt: skip
TOLD = pa.schema([
    ("day", pa.int64()), *CONTENT, ("first_second", pa.int64()), ("last_second", pa.int64())
])  # fmt: skip
PART_WAIT_S = 60  # parts of one message come within seconds; an older part is of another message


@dataclass
class Statics:
    """Collector of one received file: rows of ``TOLD``, and sentences refused by reason.

    ``span``: first and last second (local, since 1970) that a message of the file can have.

    A value that a ship does not state (0, or empty, by ITU-R M.1371-5) is null.
    """

    span: tuple[int, int]
    told: dict[tuple, list[int]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    sentences: int = 0
    _pending: dict[tuple[int, int, int], tuple[int, dict[int, tuple[bytes, int]]]] = field(default_factory=dict)
    _known: dict[bytes, tuple | None] = field(default_factory=dict)

    def add(self, block: nmea.Sentences) -> None:
        """Take the sentences of a block that are not positions alone, in order."""
        rows = block.rows
        wanted = (rows[:, nmea.KIND] == nmea.STATIC) | (rows[:, nmea.KIND] == nmea.PART)
        wanted |= (rows[:, nmea.KIND] == nmea.POSITION) & (rows[:, nmea.TYPE] == 19)
        for row in rows[wanted].tolist():
            payload = block.data[row[nmea.BEGIN] : row[nmea.END]].tobytes()
            if row[nmea.KIND] == nmea.PART:
                self._part(row, payload)
            else:
                self._whole(payload, row[nmea.FILL], row[nmea.CLOCK], 0 if row[nmea.KIND] == nmea.POSITION else 1)

    def close(self) -> None:
        """Count the parts whose others never came."""
        self.refused["incomplete"] += sum(len(parts) for _, parts in self._pending.values())
        self._pending.clear()

    def table(self) -> pa.Table:
        """Rows by day, identity and content, with the first and last local second at which it was said."""
        keys = sorted(self.told, key=repr)
        columns = [pa.array([key[n] for key in keys], TOLD.field(n).type) for n in range(len(CONTENT) + 1)]
        first = pa.array([self.told[key][0] for key in keys], pa.int64())
        last = pa.array([self.told[key][1] for key in keys], pa.int64())
        return pa.table([*columns, first, last], schema=TOLD)

    def say(self, content: tuple, clock: int, sentences: int) -> None:
        """Note one statement: values of ``CONTENT``, local second; it is refused where identity or clock is wrong."""
        if not is_ship(content[0]):
            self.refused["not_a_ship"] += sentences
            return
        if not self.span[0] <= clock <= self.span[1]:
            self.refused["wrong_clock"] += sentences
            return
        self.sentences += sentences
        day = clock // 86400
        seen = self.told.setdefault((day, *content), [clock, clock])
        seen[0], seen[1] = min(seen[0], clock), max(seen[1], clock)

    def _part(self, row: list[int], payload: bytes) -> None:
        key = row[nmea.STATION], row[nmea.SEQUENCE], row[nmea.TOTAL]
        since, parts = self._pending.get(key, (row[nmea.CLOCK], {}))
        if row[nmea.NUMBER] in parts or row[nmea.CLOCK] - since > PART_WAIT_S:
            self.refused["incomplete"] += len(parts)
            since, parts = row[nmea.CLOCK], {}
        parts[row[nmea.NUMBER]] = payload, row[nmea.FILL]
        self._pending[key] = since, parts
        if len(parts) == row[nmea.TOTAL]:
            del self._pending[key]
            whole = b"".join(parts[n][0] for n in sorted(parts))
            if whole[:1] not in (b"5", b"H", b"C"):
                self.refused["other_type"] += len(parts)
                return
            self._whole(whole, parts[max(parts)][1], row[nmea.CLOCK], len(parts))

    def _whole(self, payload: bytes, fill: int, clock: int, sentences: int) -> None:
        if payload not in self._known:
            self._known[payload] = decoded(payload, fill)
        content = self._known[payload]
        if content is None:
            self.refused["unreadable"] += sentences
            return
        self.say(content, clock + OFFSET_S, sentences)


def is_ship(mmsi: int) -> bool:
    """Whether an identity is one of a ship (nine digits, MID 201 to 775)."""
    return s.LEAST_MMSI.value <= mmsi <= s.MOST_MMSI.value


def decoded(payload: bytes, fill: int) -> tuple | None:
    """Values of ``CONTENT`` of a whole payload; None where it cannot be read."""
    body = b"AIVDM,1,1,,A," + payload + b"," + str(fill).encode()
    total = int(np.bitwise_xor.reduce(np.frombuffer(body, np.uint8)))
    try:
        said = NMEAMessage(b"!" + body + b"*%02X" % total).decode().asdict()
    except (AISBaseException, ValueError, IndexError, TypeError):
        return None
    return _content(said)


def _content(said: dict) -> tuple:
    def length(one: str, other: str) -> int | None:
        return (int(said.get(one) or 0) + int(said.get(other) or 0)) or None

    kind = said.get("ship_type")
    return (
        int(said["mmsi"]), int(said.get("imo") or 0) or None, (said.get("callsign") or "").strip() or None,
        (said.get("shipname") or "").strip() or None, int(kind) if kind else None, length("to_bow", "to_stern"),
        length("to_port", "to_starboard"), float(said.get("draught") or 0) or None,
    )  # fmt: skip
