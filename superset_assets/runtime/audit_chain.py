"""Append-only audit log whose lines are chained by SM3-HMAC.

A line is JSON with ``prev`` (the former line's ``mac``, 64 zeros for the first) and ``mac`` = hex HMAC-SM3 over the
line without ``mac``, keys sorted. Removing, changing or reordering a line breaks the chain from there on.
Standard library and ``cryptography`` only, so that the auditor's tools can check a log without Superset.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac

GENESIS = "0" * 64
TAIL_BYTES = 64 * 1024


def _mac(key: bytes, record: dict[str, Any]) -> str:
    digest = hmac.HMAC(key, hashes.SM3())
    digest.update(json.dumps(record, ensure_ascii=False, sort_keys=True).encode())
    return digest.finalize().hex()


class AuditChain:
    """Writer for one log file; safe for several processes (flock) and threads."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path, self.key = path, key
        path.parent.mkdir(parents=True, exist_ok=True)

    def append(self, record: dict[str, Any], durable: bool = True) -> str:
        """Write ``record`` as the next line, by default flushed to disk; returns its mac."""
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "r+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            body = {**record, "prev": self._last_mac(file)}
            mac = _mac(self.key, body)
            file.write((json.dumps({**body, "mac": mac}, ensure_ascii=False, sort_keys=True) + "\n").encode())
            if durable:
                os.fdatasync(file.fileno())
            return mac

    @staticmethod
    def _last_mac(file: Any) -> str:
        end = file.seek(0, os.SEEK_END)
        if not end:
            return GENESIS
        file.seek(max(0, end - TAIL_BYTES))
        return str(json.loads(file.read().splitlines()[-1])["mac"])


def broken_links(path: Path, key: bytes) -> Iterator[tuple[int, str]]:
    """(line number from 1, reason) of every line that does not follow from the one before."""
    prev = GENESIS
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                record = json.loads(line)
                mac = record.pop("mac")
            except (ValueError, KeyError):
                yield number, "not a complete audit line"
                continue
            if record.get("prev") != prev:
                yield number, "does not continue the line before"
            if _mac(key, record) != mac:
                yield number, "content does not match its mac"
            prev = mac
