"""Minute files on their way to the live view: landed as any other file of positions, taken into the state, published.

Gateways write ``positions-2026-11-20T07-05-….parquet`` or ``….csv.gz`` into the live drop folder. A file is landed
first (feed ``position.vehicle``, hashed and chained), so every live figure leads to bytes in landing, and the day's
run of ``positions`` takes it into silver like one of an hour. A process that was killed starts again from the landed
files of the last hour, in order of window: the same last fixes, and the same rates unless a file had come late.
"""

from __future__ import annotations

import fcntl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from infra.settings import now, settings
from spark_jobs.engine.dropped import LandedFile
from spark_jobs.engine.fleet import days, fields, landed, live, live_tables
from spark_jobs.engine.fleet import grid as grids
from spark_jobs.engine.fleet.register import load
from spark_jobs.engine.modelled import version_of
from spark_jobs.ingest.landing import Delivery, Landing

HOUR_S = int(live_tables.HOUR_S)
MINUTE_WINDOW = len("2026-11-20T07-05")
MOST_FILES = 10_000  # held at once; then the state is made again from the last hour


def drop_folder() -> Path:
    """Where gateways put files of a minute."""
    return settings().home / "drop" / "live"


def target() -> Path:
    """The live database."""
    return settings().serving / live_tables.FILE_NAME


def alone() -> IO[str] | None:
    """The lock of the one process that keeps the live view, held while the file is open; None where another has it."""
    path = target().with_suffix(".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


@dataclass(frozen=True)
class Taken:
    """A landed file and what it brought."""

    file: LandedFile
    landed_at: datetime
    rows_in: int
    fixes: int
    trouble: str

    @property
    def window(self) -> str:
        return fields.window(self.file.name)

    @property
    def until(self) -> int:
        """Local second at which its window ends."""
        return fields.received_until(self.file.name)


@dataclass
class Feed:
    """The live state and the files it came from; ``stamp`` of the register it was made with."""

    state: live.Live
    stamp: int
    files: list[Taken] = field(default_factory=list)
    minutes: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def newest(self) -> int:
        """End of the newest window, local second; 0 without a file."""
        return max((one.until for one in self.files), default=0)


def _stamp() -> int:
    path = Path(days.register_path())
    return path.stat().st_mtime_ns if path.exists() else 0


def begin() -> Feed:
    """The state by the files that were landed within the last hour. Raises FileNotFoundError without a register."""
    feed = Feed(live.Live.empty(load(days.register_path())), _stamp())
    take(feed, recent())
    return feed


def recent() -> list[tuple[LandedFile, datetime]]:
    """Landed minute files of the hour before the newest of them, each content once, in order of window."""
    landing, found = Landing(), dict[str, tuple[LandedFile, datetime]]()
    for day in landing.windows(landed.FEED)[-2:]:
        for entry in landing.entries(landed.FEED, day):
            if len(fields.window(entry.request)) == MINUTE_WINDOW and entry.payload_sm3 not in found:
                file = _file(landing, day, entry.request, entry.payload_sm3)
                found[entry.payload_sm3] = (file, datetime.fromisoformat(entry.received_at))
    newest = max((fields.received_until(file.name) for file, _ in found.values()), default=0)
    kept = [one for one in found.values() if fields.received_until(one[0].name) > newest - HOUR_S]
    return sorted(kept, key=lambda one: (fields.window(one[0].name), one[0].name, one[0].payload_sm3))


def _file(landing: Landing, day: str, name: str, payload_sm3: str) -> LandedFile:
    return LandedFile(name, day, payload_sm3, landing.folder(landed.FEED, day) / payload_sm3)


def land(folder: Path, run_id: str) -> list[tuple[LandedFile, datetime]]:
    """Land the files of the live drop folder, oldest window first; one whose name has no window stays where it is."""
    landing, found = Landing(), []
    for path in sorted(one for one in landed.FILES.dropped(folder) if named(one)):
        day = fields.window(path.name)[:10]
        kind = landed.SUFFIXES[landed.FILES.suffix_of(path.name)]
        entry = landing.land(landed.FEED, day, Delivery(path.read_bytes(), kind, "", path.name), run_id)
        path.unlink()
        found.append((_file(landing, day, path.name, entry.payload_sm3), datetime.fromisoformat(entry.received_at)))
    return sorted(found, key=lambda one: fields.window(one[0].name))


def named(path: Path) -> bool:
    """Does the file's name hold its window of receipt?"""
    try:
        return bool(fields.window(path.name))
    except fields.UnreadableFile:
        return False


def take(feed: Feed, files: list[tuple[LandedFile, datetime]]) -> int:
    """Bring the state up to landed files; returns fixes taken. A file that cannot be read is told in ``live_file``."""
    known, before = {one.file.payload_sm3 for one in feed.files}, sum(one.fixes for one in feed.files)
    new = [one for one in files if one[0].payload_sm3 not in known]
    with landed.under_own_names([file for file, _ in new]) as links:
        path_of = {payload: path for path, payload in links.items()}
        for file, landed_at in new:
            rows, fixes, trouble = 0, 0, ""
            try:
                rows, fixes = live.take(feed.state, path_of[file.payload_sm3], len(feed.files))
            except fields.UnreadableFile as error:
                trouble = str(error).replace(path_of[file.payload_sm3], file.name)
            feed.files.append(Taken(file, landed_at, rows, fixes, trouble))
            measured = live_tables.minute(feed.state, feed.files[-1].until)
            if measured:
                feed.minutes[feed.files[-1].until] = measured
    return sum(one.fixes for one in feed.files) - before


def tables(feed: Feed) -> dict[str, pa.Table]:
    """All tables of the live database. Vehicles silent for an hour before the newest window are left out."""
    since = feed.newest - HOUR_S
    seen, grid = live_tables.Seen.of(feed.state, since), grids.load(grids.build(str(settings().warehouse / "silver")))
    shown = [one for one in feed.files if one.until > since]
    as_of = datetime.fromtimestamp(feed.newest, UTC) - timedelta(seconds=live_tables.OFFSET_S)
    told = {
        "as_of": as_of if feed.files else None, "published_at": now(), "vehicles": len(seen.at),
        "engines_on": int((seen.band > 0).sum()), "files": len(shown), "model_name": days.MODEL,
        "model_version": version_of(days.MODEL),
    }  # fmt: skip
    receipts = [
        {
            "payload_sm3": one.file.payload_sm3, "file_name": one.file.name, "received_window": one.window,
            "landed_at": one.landed_at, "rows_in": one.rows_in, "fixes_taken": one.fixes, "trouble": one.trouble,
        }
        for one in shown
    ]  # fmt: skip
    minutes = [row for until, row in sorted(feed.minutes.items()) if until > since]
    made = {
        "live_now": pa.Table.from_pylist([told]),
        "live_class": live_tables.classes(feed.state, seen),
        "live_cell": live_tables.cells(seen, grid),
        "live_vehicle": live_tables.vehicles(feed.state, seen, [one.file.payload_sm3 for one in feed.files]),
    }
    made |= {"live_file": pa.Table.from_pylist(receipts)} if receipts else {}
    return made | ({"live_minute": pa.Table.from_pylist(minutes)} if minutes else {})


def look(feed: Feed, run_id: str) -> int:
    """Land what came, take it, publish; returns files taken. A newer register is taken into use first."""
    new = land(drop_folder(), run_id)
    if feed.stamp != _stamp() or len(feed.files) > MOST_FILES:
        again = begin()
        feed.state, feed.stamp, feed.files, feed.minutes = again.state, again.stamp, again.files, again.minutes
    else:
        take(feed, new)
    if new or not target().exists():
        live_tables.publish(tables(feed), target())
    return len(new)
