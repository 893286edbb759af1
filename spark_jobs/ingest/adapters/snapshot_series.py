"""Open JSON snapshots, one for every slot of a day, with ETag: what has not changed is not sent again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from spark_jobs.ingest.adapters import Acquisition, Miss, Request, attempt, in_parallel
from spark_jobs.ingest.landing import Delivery
from spark_jobs.ingest.transport import Platform
from spark_jobs.ingest.windows import slots


class Parameters(Acquisition):
    """``{slot}`` in ``path`` is the slot as ``slot_format``."""

    url_setting: str
    path: str
    slot_minutes: int
    slot_format: str = "%Y%m%d%H%M"


def fetch(request: Request) -> Iterator[Delivery | Miss]:
    """One delivery per new or changed snapshot; one that is not published is a Miss of kind ``absent``."""
    given = request.parameters(Parameters)
    with Platform(getattr(request.settings, given.url_setting), given.politeness()) as platform:
        starts = slots(request.window, given.slot_minutes, request.until)
        yield from in_parallel(given.workers, [_ask(platform, given, start, request.answered) for start in starts])


def _ask(
    platform: Platform, given: Parameters, slot: datetime, answered: dict[str, str]
) -> Callable[[], Delivery | Miss | None]:
    path = given.path.format(slot=slot.strftime(given.slot_format))
    return lambda: attempt(f"GET {path}", lambda: platform.get(path, etag=answered.get(f"GET {path}", "")))
