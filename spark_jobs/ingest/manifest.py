"""The manifest of a receipt window: one JSON line per delivery, chained by SM3.

A line's ``hash`` is the SM3 of its other fields as canonical JSON; its ``prev`` is the hash of the line before, for
the first line the SM3 of ``<feed> <window>``. Changing, dropping or reordering a line breaks the chain from there on.
"""

from __future__ import annotations

import builtins
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from infra.crypto import sm3_hex

TAIL_BYTES = 1 << 16


class ManifestError(ValueError):
    """A manifest is not what was written; the message names file, line and what is wrong."""


@dataclass(frozen=True)
class Entry:
    """One delivery. ``received_at`` is ISO 8601 with offset; ``etag`` is empty where the upstream sends none."""

    seq: int
    payload_sm3: str
    bytes: int
    media_type: str
    charset: str
    request: str
    window: str
    received_at: str
    run_id: str
    etag: str
    prev: str
    hash: str = ""

    def sealed(self) -> str:
        """Hash over every field but the hash itself."""
        fields = {k: v for k, v in asdict(self).items() if k != "hash"}
        return sm3_hex(json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())

    def line(self) -> builtins.bytes:
        """The manifest line, newline included."""
        return (json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def genesis(feed: str, window: str) -> str:
    """``prev`` of the first line of a window."""
    return sm3_hex(f"{feed} {window}".encode())


def _entry(path: Path, number: int, line: bytes) -> Entry:
    try:
        return Entry(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise ManifestError(f"{path} line {number}: not a manifest line: {error}") from error


def read_entries(path: Path) -> list[Entry]:
    """All complete lines in order; a last line without newline is what a kill left and is not there yet."""
    if not path.exists():
        return []
    lines = path.read_bytes().split(b"\n")[:-1]
    return [_entry(path, number, line) for number, line in enumerate(lines, 1)]


def broken_link(path: Path, feed: str, window: str) -> str:
    """What is wrong with the first bad line of a manifest, or an empty string."""
    if path.exists() and not path.read_bytes().endswith(b"\n"):
        return f"{path}: last line is torn"
    try:
        entries = read_entries(path)
    except ManifestError as error:
        return str(error)
    prev = genesis(feed, window)
    for number, entry in enumerate(entries, 1):
        if entry.seq != number:
            return f"{path} line {number}: seq is {entry.seq}"
        if entry.prev != prev:
            return f"{path} line {number}: prev does not match the line before"
        if entry.hash != entry.sealed():
            return f"{path} line {number}: hash does not match the line's content"
        if entry.window != window:
            return f"{path} line {number}: window is {entry.window}"
        prev = entry.hash
    return ""


def repair_tail(handle: IO[bytes]) -> None:
    """Cut off a torn last line; to be called under the window's lock."""
    size = handle.seek(0, os.SEEK_END)
    if size == 0:
        return
    start = max(0, size - TAIL_BYTES)
    handle.seek(start)
    tail = handle.read()
    if not tail.endswith(b"\n"):
        handle.truncate(start + tail.rfind(b"\n") + 1)


def last_entry(path: Path, handle: IO[bytes]) -> Entry | None:
    """The last line of a repaired manifest, None where there is none yet."""
    size = handle.seek(0, os.SEEK_END)
    handle.seek(max(0, size - TAIL_BYTES))
    lines = handle.read().split(b"\n")[:-1]
    return _entry(path, -1, lines[-1]) if lines else None
