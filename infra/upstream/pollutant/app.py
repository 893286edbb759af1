"""HTTP face of the pollutant platform: snapshots with ETag."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b
from pathlib import Path

import yaml
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.upstream.clock import FIRST_MONTH, LOCAL, Clock, month_start
from infra.upstream.pollutant.source import HALF_HOUR, PollutantSource
from infra.upstream.responses import dump, encoded, problem, text_encoding
from infra.upstream.world.model import World

OPENAPI = Path(__file__).parent / "openapi.yaml"


class PollutantApp:
    """Routes of the platform; it is open to the administration's network and asks for no key."""

    def __init__(
        self, world: World, clock: Clock, rates: dict[str, dict[str, float]], credentials: dict[str, str]
    ) -> None:
        self.clock, self.rates, self.seed = clock, rates["pollutant"], world.seed
        self.source = PollutantSource(world, self.rates)
        document = yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))
        self.app = Starlette(
            routes=[
                Route("/v1/snapshots/{slot}", self.snapshot),
                Route("/openapi.json", lambda request: JSONResponse(document)),
            ]
        )

    async def snapshot(self, request: Request) -> Response:
        """The newest revision of one half hour; 304 when the caller has it, 404 when it is not there yet."""
        slot = request.path_params["slot"]
        try:
            moment = int(datetime.strptime(slot, "%Y%m%d%H%M").replace(tzinfo=LOCAL).timestamp())
        except ValueError:
            moment = 1
        if len(slot) != 12 or moment % HALF_HOUR:
            return problem(400, f"{slot!r} is not the end of a half hour, for example 202611211030")
        known = [p for p in self.source.publications(moment) if p.at <= self.clock.epoch()]
        if not known or moment < month_start(FIRST_MONTH):
            return problem(404, f"there is no snapshot {slot} (yet)")
        text = dump(self.source.snapshot(moment, known[-1])[0])
        encoding = text_encoding(self.seed, "pollutant", request, self.rates)
        tag = f'"{blake2b((encoding[0] + text).encode(), digest_size=12).hexdigest()}"'
        if tag in [part.strip() for part in request.headers.get("if-none-match", "").split(",")]:
            return Response(status_code=304, headers={"etag": tag})
        return encoded(text, "application/json", *encoding, headers={"etag": tag})
