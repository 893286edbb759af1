"""Files behind a key, one for each feed and month; the address follows from source, entity and window."""

from __future__ import annotations

from collections.abc import Iterator

from spark_jobs.ingest.adapters import Acquisition, Miss, Request, attempt
from spark_jobs.ingest.landing import Delivery
from spark_jobs.ingest.transport import Platform
from spark_jobs.ingest.windows import bounds


class Parameters(Acquisition):
    """Where to ask; name of the secret; folder of the files."""

    url_setting: str
    key_secret: str
    root: str = "/exchange/v1"


def fetch(request: Request) -> Iterator[Delivery | Miss]:
    """One delivery: the window's file; none where the window holds nothing (204). An open window may be pending."""
    given = request.parameters(Parameters)
    key = request.settings.secret(given.key_secret)
    path = f"{given.root}/{request.contract.source}/{request.contract.entity}/{request.window}"
    url = getattr(request.settings, given.url_setting)
    with Platform(url, given.politeness(), lambda _: {"x-exchange-key": key}) as platform:
        found = attempt(f"GET {path}", lambda: platform.get(path))
    if isinstance(found, Miss) and found.kind == "absent" and request.until < bounds(request.window)[1]:
        found = Miss("pending", found.request, "the month is not over")
    if found is not None:
        yield found
