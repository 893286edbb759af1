"""Messages as sent: bits of ITU-R M.1371 by array arithmetic for positions, by pyais for what ships say."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyais import encode_dict

from infra.upstream.ais.vessels import Vessel

CHARS = np.array([48 + v if v < 40 else 56 + v for v in range(64)], np.uint8)
UNITS = 600_000
# (bits, name) of types 1 and 18, in order; names of what is set, numbers of what is constant
CLASS_A = ((6, 1), (2, 0), (30, "mmsi"), (4, "status"), (8, 128), (10, "speed"), (1, 1), (28, "longitude"),
           (27, "latitude"), (12, "course"), (9, "heading"), (6, "second"), (25, 0))  # fmt: skip
CLASS_B = ((6, 18), (2, 0), (30, "mmsi"), (8, 0), (10, "speed"), (1, 1), (28, "longitude"), (27, "latitude"),
           (12, "course"), (9, "heading"), (6, "second"), (2, 0), (7, 0), (20, 0))  # fmt: skip


def payloads(fields: dict[str, np.ndarray], class_b: bool) -> list[str]:
    """28 characters of each position."""
    n = len(fields["mmsi"])
    bits = np.zeros((n, 168), np.uint8)
    at = 0
    for width, name in CLASS_B if class_b else CLASS_A:
        value = np.asarray(fields[name] if isinstance(name, str) else np.full(n, name)).astype(np.int64)
        for k in range(width):
            bits[:, at + k] = (value >> (width - 1 - k)) & 1
        at += width
    sextets = bits.reshape(n, 28, 6) @ np.array([32, 16, 8, 4, 2, 1], np.uint8)
    text = CHARS[sextets].tobytes().decode()
    return [text[28 * i : 28 * i + 28] for i in range(n)]


def sentences(payload: str, channel: str) -> str:
    """A whole AIVDM sentence of a single-part payload."""
    return summed(f"!AIVDM,1,1,,{channel},{payload},0")


def static(ship: Vessel, sequence: int) -> list[str]:
    """Type 5 in two sentences, or the two parts of type 24 of class B."""
    common: dict[str, Any] = {
        "mmsi": ship.mmsi,
        "shipname": ship.name,
        "ship_type": ship.ais_type if ship.stated else 0,
    }
    bow, port = ship.length // 2, ship.beam // 2
    size = {"to_bow": bow, "to_stern": ship.length - bow, "to_port": port, "to_starboard": ship.beam - port}
    if not ship.stated:
        size = dict.fromkeys(size, 0)
    if ship.class_b:
        first = encode_dict({"msg_type": 24, "partno": 0, **common}, sentence_type="VDM", radio_channel="B")
        return first + encode_dict(
            {"msg_type": 24, "partno": 1, **common, **size}, sentence_type="VDM", radio_channel="B"
        )
    common |= {"msg_type": 5, "imo": ship.imo, "callsign": f"S{ship.number:05d}", "draught": ship.draught}
    return encode_dict(common | size, sentence_type="VDM", radio_channel="A", seq_id=sequence % 10)


def summed(body: str) -> str:
    """With ``*hh``: exclusive or of the characters after the first."""
    total = 0
    for byte in body[1:].encode():
        total ^= byte
    return f"{body}*{total:02X}"


def tagged(station: str, clock: int, sentence: str) -> str:
    """With the tag block of a station that received it at a Unix second."""
    block, total = f"s:{station},c:{clock}", 0
    for byte in block.encode():
        total ^= byte
    return f"\\{block}*{total:02X}\\{sentence}"
