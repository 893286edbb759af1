"""Files behind an HMAC-SM3 signature: one register file, or a series with a file for every slot of a day."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import uuid4

import httpx

from infra.crypto import hmac_sm3_hex, sm3_hex
from spark_jobs.ingest.adapters import Acquisition, Miss, Request, attempt, in_parallel
from spark_jobs.ingest.landing import Delivery
from spark_jobs.ingest.transport import Platform
from spark_jobs.ingest.windows import bounds, slots


class Parameters(Acquisition):
    """``slot_minutes`` 0: one file; else ``{slot}`` in ``path`` is the slot's start as ``slot_format``.

    ``immutable``: a slot's file never changes, so that one delivered before is not asked for again.
    """

    url_setting: str
    app_key_secret: str
    secret_secret: str
    path: str
    as_of_parameter: str = ""
    slot_minutes: int = 0
    immutable: bool = False
    slot_format: str = "%Y%m%d%H%M"


class Signer:
    """Headers of a signed request; time stamp and nonce are fresh for every attempt (the protocol's, not data)."""

    def __init__(self, app_key: str, secret: str) -> None:
        self._app_key, self._secret = app_key, secret.encode()

    def headers(self, request: httpx.Request) -> dict[str, str]:
        stamp, nonce = str(int(time.time())), uuid4().hex
        body = sm3_hex(request.read())
        query = request.url.query.decode("ascii")
        text = "\n".join([request.method, request.url.path, query, stamp, nonce, body])
        return {
            "x-app-key": self._app_key,
            "x-timestamp": stamp,
            "x-nonce": nonce,
            "x-signature": hmac_sm3_hex(self._secret, text.encode()),
        }


def fetch(request: Request) -> Iterator[Delivery | Miss]:
    """One delivery per file; a slot whose five minutes are not over yet is not asked for."""
    given = request.parameters(Parameters)
    secret = request.settings.secret
    signer = Signer(secret(given.app_key_secret), secret(given.secret_secret))
    with Platform(getattr(request.settings, given.url_setting), given.politeness(), signer.headers) as platform:
        if not given.slot_minutes:
            params = (
                {given.as_of_parameter: bounds(request.window)[0].date().isoformat()} if given.as_of_parameter else {}
            )
            yield from in_parallel(1, [lambda: attempt(given.path, lambda: platform.get(given.path, params))])
            return
        complete = request.until - timedelta(minutes=given.slot_minutes)
        paths = [_path(given, start) for start in slots(request.window, given.slot_minutes, complete)]
        wanted = [p for p in paths if not (given.immutable and f"GET {p}" in request.answered)]
        yield from in_parallel(given.workers, [_ask(platform, path) for path in wanted])


def _path(given: Parameters, start: datetime) -> str:
    return given.path.format(slot=start.strftime(given.slot_format))


def _ask(platform: Platform, path: str) -> Callable[[], Delivery | Miss | None]:
    return lambda: attempt(f"GET {path}", lambda: platform.get(path))
