"""Gateways that send files of a minute: those of the last hour at once and, if asked to follow, each as it ends.

    python -m infra.upstream.fleet.minutes --drop FOLDER --staged FOLDER --vehicles 1400 --world full --follow

The trucks are those of ``demonstration``: what they send meets the register that came with the hourly files.
"""

from __future__ import annotations

import argparse
import time
from datetime import datetime, timedelta
from pathlib import Path

from infra.upstream.fleet.demonstration import HOURS_A_DAY, candidates, drawn
from infra.upstream.fleet.vehicles import Listed
from infra.upstream.fleet.writer import LOCAL, Order, write
from infra.upstream.world.model import World

MINUTE_S, LAST_HOUR = 60, timedelta(hours=1)
STAMP = "%Y-%m-%dT%H-%M"


def stage(folder: Path, hour: datetime, listed: Listed, seed: int) -> None:
    """Simulate the day of ``hour`` and write the minute files of that hour into ``folder``."""
    count, hours = len(listed.plate), (hour.hour, hour.hour + 1)
    write(Order(folder, hour.date().isoformat(), 1, count, seed, cut_s=MINUTE_S, hours=hours, trucks=listed))


def send(staged: Path, drop: Path, after: datetime, until: datetime) -> int:
    """Move the staged files of minutes that begin at ``after`` or later and end by ``until``; returns how many."""
    drop.mkdir(parents=True, exist_ok=True)
    first, last = after.strftime(STAMP), (until - timedelta(minutes=1)).strftime(STAMP)
    found = [path for path in sorted(staged.glob("positions-*")) if first <= path.name[10:26] <= last]
    for path in found:
        path.replace(drop / path.name)
    return len(found)


def hours_between(first: datetime, last: datetime) -> list[datetime]:
    """Hours of the local day of ``last`` that have a part between the two; a day begins without a past."""
    begin = max(first, last.replace(hour=0, minute=0, second=0, microsecond=0))
    end = last - timedelta(microseconds=1)
    return [last.replace(hour=hour, minute=0, second=0, microsecond=0) for hour in range(HOURS_A_DAY)
            if begin.hour <= hour <= end.hour and end.date() == begin.date()]  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Send the hour up to ``--now``, print how many files; with ``--follow`` go on for ever."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--drop", type=Path, required=True)
    parser.add_argument("--staged", type=Path, required=True, help="folder for files whose minute has not ended")
    parser.add_argument("--vehicles", type=int, required=True)
    parser.add_argument("--world", choices=("full", "small"), default="full")
    parser.add_argument("--seed", type=int, default=20241101)
    parser.add_argument("--now", type=datetime.fromisoformat, help="instant with offset; without: the clock's")
    parser.add_argument("--follow", action="store_true")
    given = parser.parse_args(arguments)
    now = (given.now or datetime.now(LOCAL)).astimezone(LOCAL)
    all_of = candidates(World(given.seed, given.world), (now.year, now.month))
    listed, staged, sent = drawn(all_of, given.vehicles, given.seed), set[datetime](), 0
    begin = now - LAST_HOUR
    while True:
        for hour in hours_between(begin, now):
            if hour not in staged:
                stage(given.staged, hour, listed, given.seed)
                staged.add(hour)
        sent += send(given.staged, given.drop, begin, now)
        if not given.follow:
            print(f"{sent} files of a minute", flush=True)
            return 0
        begin = now.replace(second=0, microsecond=0)
        time.sleep(MINUTE_S - datetime.now(LOCAL).second)
        now = datetime.now(LOCAL)


if __name__ == "__main__":
    raise SystemExit(main())
