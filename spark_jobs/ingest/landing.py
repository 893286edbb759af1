"""Landing: payload bytes exactly as received, written once, and the chained manifest of each receipt window.

``<root>/<source>/<entity>/<window>/<payload_sm3>`` and ``manifest.jsonl`` beside it. A file appears whole or not at
all (written aside, synced, renamed); a manifest line follows its payload, so every line's payload is there. Writers of
one window take turns by a lock file; a torn last line, as kill -9 leaves it, is cut off by the next writer.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from infra.crypto import sm3_hex
from infra.settings import now, settings
from spark_jobs.ingest.manifest import Entry, genesis, last_entry, read_entries, repair_tail

MANIFEST = "manifest.jsonl"
FAILURES = "failures.jsonl"
LOCK = ".lock"


@dataclass(frozen=True)
class Delivery:
    """One payload as an adapter hands it over."""

    data: bytes
    media_type: str
    charset: str
    request: str
    etag: str = ""


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Landing:
    """The landing area under one root folder."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or settings().landing
        self._turn = threading.Lock()

    def folder(self, feed: str, window: str) -> Path:
        """Folder of a feed's window; it need not exist."""
        source, entity = feed.split(".")
        return self.root / source / entity / window

    @contextmanager
    def _locked(self, folder: Path) -> Iterator[None]:
        folder.mkdir(parents=True, exist_ok=True)
        with self._turn, (folder / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def land(self, feed: str, window: str, delivery: Delivery, run_id: str) -> Entry:
        """Store a payload once and record its delivery; returns the manifest line as written."""
        folder, digest = self.folder(feed, window), sm3_hex(delivery.data)
        folder.mkdir(parents=True, exist_ok=True)
        self._store(folder, digest, delivery.data)
        with self._locked(folder):
            return self._append(folder / MANIFEST, feed, window, digest, delivery, run_id)

    def _store(self, folder: Path, digest: str, data: bytes) -> None:
        target = folder / digest
        if target.exists():
            return
        aside = folder / f".{digest}.{uuid4().hex}"
        with aside.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        aside.chmod(0o444)
        aside.replace(target)
        _sync_folder(folder)

    def _append(self, path: Path, feed: str, window: str, digest: str, delivery: Delivery, run_id: str) -> Entry:
        with path.open("a+b") as handle:
            repair_tail(handle)
            last = last_entry(path, handle)
            entry = Entry(
                seq=last.seq + 1 if last else 1,
                payload_sm3=digest,
                bytes=len(delivery.data),
                media_type=delivery.media_type,
                charset=delivery.charset,
                request=delivery.request,
                window=window,
                received_at=now().isoformat(timespec="microseconds"),
                run_id=run_id,
                etag=delivery.etag,
                prev=last.hash if last else genesis(feed, window),
            )
            entry = Entry(**{**entry.__dict__, "hash": entry.sealed()})
            handle.seek(0, os.SEEK_END)
            handle.write(entry.line())
            handle.flush()
            os.fsync(handle.fileno())
        return entry

    def note_failure(self, feed: str, window: str, failure: dict[str, Any]) -> None:
        """Add a line to the window's ``failures.jsonl``: what could not be had, for ``ops.failure``."""
        folder = self.folder(feed, window)
        with self._locked(folder), (folder / FAILURES).open("a+b") as handle:
            repair_tail(handle)
            handle.seek(0, os.SEEK_END)
            handle.write((json.dumps(failure, ensure_ascii=False, sort_keys=True) + "\n").encode())

    def entries(self, feed: str, window: str) -> list[Entry]:
        """Manifest lines of a window, in order of receipt; empty where nothing was received."""
        return read_entries(self.folder(feed, window) / MANIFEST)

    def windows(self, feed: str) -> list[str]:
        """Windows of a feed that hold a manifest, sorted."""
        source, entity = feed.split(".")
        return sorted(p.parent.name for p in (self.root / source / entity).glob(f"*/{MANIFEST}"))

    def read(self, feed: str, window: str, payload_sm3: str) -> bytes:
        """A payload's bytes; FileNotFoundError if it is not in that window."""
        return (self.folder(feed, window) / payload_sm3).read_bytes()

    def find(self, payload_sm3: str) -> Path | None:
        """Where the payload of that hash lies, in whatever feed and window."""
        return next(iter(sorted(self.root.glob(f"*/*/*/{payload_sm3}"))), None)
