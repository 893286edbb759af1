"""HTTP face of the metering platform."""

from __future__ import annotations

import gzip
from datetime import date, datetime
from pathlib import Path

import yaml
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.upstream.auth import Refused, Signatures
from infra.upstream.clock import LOCAL, Clock
from infra.upstream.metering.register import register_csv
from infra.upstream.metering.source import FILE_MINUTES, MeteringSource
from infra.upstream.responses import chosen_encoding, problem
from infra.upstream.rng import draws
from infra.upstream.world.model import World

OPENAPI = Path(__file__).parent / "openapi.yaml"
FIRST_DAY = date(2023, 1, 1)


class MeteringApp:
    """Routes of the platform; bodies are gzip files of CSV."""

    def __init__(
        self, world: World, clock: Clock, rates: dict[str, dict[str, float]], credentials: dict[str, str]
    ) -> None:
        self.clock, self.rates, self.seed = clock, rates["metering"], world.seed
        self.source = MeteringSource(world, self.rates)
        self.signatures = Signatures(credentials["app_key"], credentials["app_secret"])
        document = yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))
        self.app = Starlette(
            routes=[
                Route("/meters", self.register),
                Route("/readings/{slot}", self.readings),
                Route("/openapi.json", lambda request: JSONResponse(document)),
            ]
        )

    def _refused(self, request: Request, body: bytes) -> Response | None:
        query = request.scope["query_string"].decode("latin-1")
        path = request.scope.get("raw_path", request.url.path.encode()).split(b"?")[0].decode("latin-1")
        try:
            self.signatures.check(request.method, path, query, request.headers, body, self.clock.epoch())
        except Refused as reason:
            return problem(401, str(reason))
        return None

    async def register(self, request: Request) -> Response:
        """The meter register, as of now or of a day."""
        refused = self._refused(request, await request.body())
        if refused is not None:
            return refused
        text = request.query_params.get("as_of", "")
        try:
            day = date.fromisoformat(text[:10]) if text else self.clock.now().date()
        except ValueError:
            return problem(400, f"as_of: {text!r} is not a date, for example 2026-11-21")
        encoding, declared = chosen_encoding(draws(self.seed, "encoding", "metering", day)[0], request, self.rates)
        table = register_csv(self.source.meters, self.seed, min(day, self.clock.now().date()))
        return _gzipped(table.encode(encoding), encoding, declared)

    async def readings(self, request: Request) -> Response:
        """One five-minute file; 404 until its five minutes are over."""
        refused = self._refused(request, await request.body())
        if refused is not None:
            return refused
        slot = request.path_params["slot"]
        try:
            moment = datetime.strptime(slot, "%Y%m%d%H%M").replace(tzinfo=LOCAL)
        except ValueError:
            moment = None
        if moment is None or len(slot) != 12 or moment.minute % FILE_MINUTES:
            return problem(400, f"{slot!r} is not a five-minute slot, for example 202611211005")
        if moment.date() < FIRST_DAY or moment.timestamp() + FILE_MINUTES * 60 > self.clock.epoch():
            return problem(404, f"there is no file {slot} (yet)")
        text = self.source.file_text(moment.date(), moment.hour * 60 + moment.minute)
        return _gzipped(text.encode(), "utf-8", declared=True)


def _gzipped(data: bytes, encoding: str, declared: bool) -> Response:
    media = f"application/gzip; charset={encoding}" if declared else "application/gzip"
    return Response(gzip.compress(data, compresslevel=1, mtime=0), headers={"content-type": media})
