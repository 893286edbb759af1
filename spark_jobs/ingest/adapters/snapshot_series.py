"""Open JSON snapshots, one for every slot of a day, with ETag: what has not changed is not sent again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from spark_jobs.ingest.adapters import Acquisition, Miss, Request, attempt, in_parallel
from spark_jobs.ingest.landing import Delivery
from spark_jobs.ingest.transport import Platform
from spark_jobs.ingest.windows import slots


class Parameters(Acquisition):
    """``{slot}`` in ``path`` is the slot as ``slot_format``; due so many minutes after its time."""

    url_setting: str
    path: str
    slot_minutes: int
    slot_format: str = "%Y%m%d%H%M"
    due_minutes: int = 0


def fetch(request: Request) -> Iterator[Delivery | Miss]:
    """One delivery per new or changed snapshot; one not published is a Miss, ``absent``, or ``pending`` if not due."""
    given = request.parameters(Parameters)
    with Platform(getattr(request.settings, given.url_setting), given.politeness()) as platform:
        starts = slots(request.window, given.slot_minutes, request.until)
        due = request.until - timedelta(minutes=given.due_minutes)
        asks = [_ask(platform, given, start, request.answered, start <= due) for start in starts]
        yield from in_parallel(given.workers, asks)


def _ask(
    platform: Platform, given: Parameters, slot: datetime, answered: dict[str, str], due: bool
) -> Callable[[], Delivery | Miss | None]:
    path = given.path.format(slot=slot.strftime(given.slot_format))

    def ask() -> Delivery | Miss | None:
        found = attempt(f"GET {path}", lambda: platform.get(path, etag=answered.get(f"GET {path}", "")))
        waiting = isinstance(found, Miss) and found.kind == "absent" and not due
        return replace(found, kind="pending") if waiting else found  # type: ignore[type-var]

    return ask
