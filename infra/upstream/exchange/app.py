"""HTTP face of the data exchange: one gzipped CSV a list and month, behind a key."""

from __future__ import annotations

import gzip
import hmac
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.upstream.clock import FIRST_MONTH, Clock, month_of, months_between
from infra.upstream.exchange.resource import Month, Resource
from infra.upstream.exchange.window import Published
from infra.upstream.responses import problem
from infra.upstream.world.model import World

OPENAPI = Path(__file__).parent / "openapi.yaml"
SOURCES = ("air", "rail", "water", "road", "reference")
PREFIX = "/exchange/v1"


def resources() -> dict[tuple[str, str], Resource]:
    """All lists by source and name; ValueError where a source has two of one name."""
    found: dict[tuple[str, str], Resource] = {}
    for source in SOURCES:
        for one in import_module(f"{__package__}.{source}").RESOURCES:
            if (source, one.name) in found:
                raise ValueError(f"{source}: resource {one.name!r} is defined twice")
            found[source, one.name] = one
    return found


def published(world: World, rates: dict[str, float]) -> dict[tuple[str, str], Published]:
    """Every list's windows."""
    return {(source, name): Published(world, source, one, rates) for (source, name), one in resources().items()}


def exchange_truth(
    world: World, rates: dict[str, float], window: tuple[int, int], clock: Clock
) -> Iterator[dict[str, Any]]:
    """What is planted in rows that became known from window[0] to before window[1], as far as it is online."""
    since, before = window
    for one in published(world, rates).values():
        for month in months_between(max(month_of(since), FIRST_MONTH), month_of(before - 1)):
            if one.online(month, clock):
                yield from one.truth(month, since, before, clock)


class ExchangeApp:
    """Routes of the platform; bodies are gzip files of CSV."""

    def __init__(
        self, world: World, clock: Clock, rates: dict[str, dict[str, float]], credentials: dict[str, str]
    ) -> None:
        self.clock, self._key = clock, credentials["key"].encode()
        self.published = published(world, rates["exchange"])
        self._closed = lru_cache(maxsize=8)(self._body)
        document = yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))
        self.app = Starlette(
            routes=[
                Route(PREFIX + "/{source}/{resource}/{window}", self.window),
                Route(PREFIX + "/", self.lists),
                Route("/openapi.json", lambda request: JSONResponse(document)),
            ]
        )

    def _refused(self, request: Request) -> Response | None:
        if hmac.compare_digest(request.headers.get("x-exchange-key", "").encode(), self._key):
            return None
        return problem(401, "X-Exchange-Key is missing or wrong")

    async def lists(self, request: Request) -> Response:
        """All lists with their titles and columns."""
        found = [
            {"source": source, "resource": name, "title": one.resource.title_zh, "columns": one.resource.columns}
            for (source, name), one in self.published.items()
        ]
        return self._refused(request) or JSONResponse({"data": found})

    async def window(self, request: Request) -> Response:
        """One month of a list: 200, 204 when it holds nothing, 404 when it is not published yet."""
        refused = self._refused(request)
        if refused is not None:
            return refused
        asked = request.path_params
        one = self.published.get((asked["source"], asked["resource"]))
        if one is None:
            return problem(404, f"there is no list {asked['source']}/{asked['resource']}; all: GET {PREFIX}/")
        if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", asked["window"]):
            return problem(400, f"{asked['window']!r} is not a month, for example 2026-10")
        month = (int(asked["window"][:4]), int(asked["window"][5:]))
        online = one.online(month, self.clock)
        if online is None:
            return problem(404, f"{asked['window']} is not published yet")
        body = await run_in_threadpool(self._file, asked["source"], asked["resource"], month) if online else b""
        if not body:
            return Response(status_code=204)
        return Response(body, headers={"content-type": f"application/gzip; charset={one.resource.charset}"})

    def _file(self, source: str, name: str, month: Month) -> bytes:
        closed = month < month_of(self.clock.epoch())
        return self._closed(source, name, month) if closed else self._body(source, name, month)

    def _body(self, source: str, name: str, month: Month) -> bytes:
        one = self.published[source, name]
        text = one.text(month, self.clock)
        return gzip.compress(text.encode(one.resource.charset), compresslevel=1, mtime=0) if text else b""
