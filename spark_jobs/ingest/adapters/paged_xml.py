"""XML lists behind an API key: numbered pages, a window by the records' update time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from spark_jobs.ingest.adapters import Acquisition, Miss, Request, attempt
from spark_jobs.ingest.landing import Delivery
from spark_jobs.ingest.parsers.charset import declared_in_xml, decode
from spark_jobs.ingest.parsers.rows import Unparsable
from spark_jobs.ingest.parsers.xml_rows import safe_root
from spark_jobs.ingest.transport import Platform
from spark_jobs.ingest.windows import bounds


class Parameters(Acquisition):
    """Where to ask; name of the secret; records a page."""

    url_setting: str
    api_key_secret: str
    path: str
    page_size: int


def fetch(request: Request) -> Iterator[Delivery | Miss]:
    """One delivery per page, until the total that the page states is covered; stops with a Miss at a failed page."""
    given = request.parameters(Parameters)
    key = request.settings.secret(given.api_key_secret)
    start, end = bounds(request.window)
    params: dict[str, Any] = {"from": start.isoformat(), "to": end.isoformat(), "pageSize": given.page_size}
    with Platform(
        getattr(request.settings, given.url_setting), given.politeness(), lambda _: {"x-api-key": key}
    ) as platform:
        number, total = 1, 1
        while (number - 1) * given.page_size < total:
            page = {**params, "page": number}
            found = attempt(f"GET {given.path} {page}", lambda page=page: platform.get(given.path, page))  # type: ignore[misc]
            if found is None:
                return
            yield found
            if isinstance(found, Miss):
                return
            total, number = _total(found), number + 1


def _total(page: Delivery) -> int:
    """Records in all pages, as the page states it; 0 where the page cannot be read (bronze will say so)."""
    try:
        text, _ = decode(page.data, page.charset or declared_in_xml(page.data))
        stated = safe_root(text).get("total", "0")
    except Unparsable:
        return 0
    return int(stated) if stated.isdigit() else 0
