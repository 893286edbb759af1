"""JSON lists behind OAuth2 client credentials: pages by cursor, a window by the records' update time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx

from spark_jobs.ingest.adapters import Acquisition, Miss, Request, attempt
from spark_jobs.ingest.landing import Delivery
from spark_jobs.ingest.parsers.charset import decode
from spark_jobs.ingest.parsers.rows import Unparsable
from spark_jobs.ingest.transport import Exhausted, Platform, Refused
from spark_jobs.ingest.windows import bounds


class Parameters(Acquisition):
    """Where to ask; names of the secrets; ``next_key`` holds the next page's cursor in an answer."""

    url_setting: str
    token_path: str
    client_id_secret: str
    client_secret_secret: str
    path: str
    page_size: int
    next_key: str = "next_cursor"


class Bearer:
    """A token that is asked for when first needed and again when the platform no longer takes it."""

    def __init__(self, platform: Platform, path: str, client_id: str, client_secret: str) -> None:
        self._platform, self._path = platform, path
        self._form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        self._token = ""

    def forget(self) -> None:
        self._token = ""

    def headers(self, _: httpx.Request) -> dict[str, str]:
        """The authorization header; raises Refused where the credentials are not taken."""
        if not self._token:
            answer = self._platform.ask("POST", self._path, data=self._form)
            try:
                self._token = json.loads(answer.body)["access_token"]
            except (ValueError, KeyError, TypeError) as error:
                raise Refused(answer.request, answer.status, answer.body) from error
        return {"authorization": f"Bearer {self._token}"}


def fetch(request: Request) -> Iterator[Delivery | Miss]:
    """One delivery per page, in order; stops with a Miss at the first page that cannot be had."""
    given = request.parameters(Parameters)
    start, end = bounds(request.window)
    params: dict[str, Any] = {
        "updated_since": start.isoformat(),
        "updated_before": end.isoformat(),
        "limit": given.page_size,
    }
    url, secret = getattr(request.settings, given.url_setting), request.settings.secret
    with Platform(url, given.politeness()) as login:
        bearer = Bearer(login, given.token_path, secret(given.client_id_secret), secret(given.client_secret_secret))
        with Platform(url, given.politeness(), bearer.headers) as platform:
            cursor: str | None = ""
            while cursor is not None:
                page = {**params, "cursor": cursor} if cursor else params
                found = _page(platform, bearer, given.path, page)
                if found is None:
                    return
                yield found
                if isinstance(found, Miss):
                    return
                cursor = _next(found, given.next_key)


def _page(platform: Platform, bearer: Bearer, path: str, params: dict[str, Any]) -> Delivery | Miss | None:
    def ask() -> Any:
        try:
            return platform.get(path, params)
        except Refused as error:
            if error.status != 401:
                raise
            bearer.forget()
            return platform.get(path, params)

    try:
        return attempt(f"GET {path} {params}", ask)
    except Exhausted as error:
        return Miss("exhausted", f"GET {path}", str(error))


def _next(page: Delivery, key: str) -> str | None:
    """The next page's cursor; None at the end, and where the page cannot be read (bronze will say so)."""
    try:
        document = json.loads(decode(page.data, page.charset)[0])
    except (Unparsable, ValueError):
        return None
    return document.get(key) if isinstance(document, dict) else None
