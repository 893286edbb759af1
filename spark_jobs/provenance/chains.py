"""Landing's evidence: are all manifest chains whole, and are all payload bytes still what was received?

Heads of the chains (the last line's hash of each window) are what a day's signature covers: who holds a signed head
can tell that no line before it was changed, dropped or added.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.crypto import sm3_file_hex
from spark_jobs.ingest.landing import MANIFEST, Landing
from spark_jobs.ingest.manifest import Entry, broken_link, read_entries


@dataclass(frozen=True)
class BrokenLink:
    """The first thing that is wrong with one window. ``line`` is 0 where no single line is at fault."""

    feed: str
    window: str
    line: int
    reason_zh: str


@dataclass(frozen=True)
class ChainReport:
    """What was checked; ``broken`` holds at most one entry a window, ordered by feed and window."""

    windows: int
    deliveries: int
    payloads: int
    bytes: int
    broken: tuple[BrokenLink, ...]

    @property
    def is_whole(self) -> bool:
        return not self.broken


def _windows(landing: Landing, feed: str) -> Iterator[tuple[str, str, Path]]:
    for path in sorted(landing.root.glob(f"*/*/*/{MANIFEST}")):
        name = f"{path.parts[-4]}.{path.parts[-3]}"
        if feed in ("", name):
            yield name, path.parts[-2], path


def _payload_fault(folder: Path, entries: list[Entry]) -> tuple[int, str]:
    """(line, what is wrong) for the first payload that is gone or changed; (0, "") if all are as received."""
    checked: set[str] = set()
    for entry in entries:
        if entry.payload_sm3 in checked:
            continue
        checked.add(entry.payload_sm3)
        path = folder / entry.payload_sm3
        if not path.exists():
            return entry.seq, f"报文 {entry.payload_sm3} 缺失"
        if path.stat().st_size != entry.bytes:
            return entry.seq, f"报文 {entry.payload_sm3} 应为 {entry.bytes} 字节，实为 {path.stat().st_size} 字节"
        if sm3_file_hex(path) != entry.payload_sm3:
            return entry.seq, f"报文 {entry.payload_sm3} 的内容与其 SM3 不符"
    return 0, ""


def verify_chains(landing: Landing | None = None, feed: str = "") -> ChainReport:
    """Recompute every chain and every payload's SM3, of one feed or of all; reads all of landing once.

    A payload file without a manifest line is what a kill between the two writes leaves: not received, not an error.
    """
    place = landing or Landing()
    windows, deliveries, payloads, size = 0, 0, 0, 0
    broken: list[BrokenLink] = []
    for name, window, path in _windows(place, feed):
        windows += 1
        reason = broken_link(path, name, window)
        if reason:
            line = reason.partition(" line ")[2].partition(":")[0]
            broken.append(BrokenLink(name, window, int(line) if line.isdigit() else 0, f"清单链断裂：{reason}"))
            continue
        entries = read_entries(path)
        line_number, fault = _payload_fault(path.parent, entries)
        if fault:
            broken.append(BrokenLink(name, window, line_number, fault))
        unique = {e.payload_sm3: e.bytes for e in entries}
        deliveries += len(entries)
        payloads += len(unique)
        size += sum(unique.values())
    return ChainReport(windows, deliveries, payloads, size, tuple(broken))


def broken_chains(landing: Landing | None = None) -> Iterator[tuple[str, str]]:
    """(``<feed> <window>``, what is wrong and where) of each window whose chain or payloads do not hold."""
    for link in verify_chains(landing).broken:
        place = f"{link.feed} {link.window}"
        yield place, f"{place}, line {link.line}: {link.reason_zh}" if link.line else f"{place}: {link.reason_zh}"


def chain_count(landing: Landing | None = None) -> int:
    """Number of windows that have a manifest."""
    return sum(1 for _ in _windows(landing or Landing(), ""))


def chain_heads(landing: Landing | None = None, day: str = "") -> dict[str, str]:
    """``<feed> <window>`` → hash of the last manifest line; with ``day`` (2026-11-22) of lines received by then."""
    heads = {}
    for name, window, path in _windows(landing or Landing(), ""):
        entries = [e for e in read_entries(path) if not day or e.received_at[:10] <= day]
        if entries:
            heads[f"{name} {window}"] = entries[-1].hash
    return heads
