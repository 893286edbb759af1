"""HTTP face of the reporting platform."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import parse_qsl

import yaml
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.upstream.auth import Refused, Tokens, basic_credentials
from infra.upstream.clock import FIRST_MONTH, Clock, month_start, parse
from infra.upstream.reporting.source import FEEDS, ReportingSource
from infra.upstream.responses import dump, encoded, problem, text_encoding
from infra.upstream.world.model import World

DEFAULT_LIMIT, MOST = 500, 1000
OPENAPI = Path(__file__).parent / "openapi.yaml"


class ReportingApp:
    """Routes of the platform; ``routes`` is what the server mounts."""

    def __init__(
        self, world: World, clock: Clock, rates: dict[str, dict[str, float]], credentials: dict[str, str]
    ) -> None:
        self.clock, self.rates, self.seed = clock, rates["reporting"], world.seed
        self.source = ReportingSource(world, self.rates)
        self.tokens = Tokens(credentials["client_id"], credentials["client_secret"])
        document = yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))
        self.app = Starlette(
            routes=[
                Route("/oauth2/token", self.token, methods=["POST"]),
                Route("/api/v1/{resource}", self.records),
                Route("/openapi.json", lambda request: JSONResponse(document)),
            ]
        )

    async def token(self, request: Request) -> Response:
        """Client credentials, in the form or as HTTP Basic."""
        form = dict(parse_qsl((await request.body()).decode("latin-1")))
        try:
            return JSONResponse(
                self.tokens.grant({**basic_credentials(request.headers.get("authorization", "")), **form})
            )
        except Refused as reason:
            return JSONResponse({"error": "invalid_client", "error_description": str(reason)}, status_code=401)

    async def records(self, request: Request) -> Response:
        """One page of a resource."""
        try:
            self.tokens.check(request.headers.get("authorization", ""))
        except Refused as reason:
            return problem(401, str(reason))
        resource = request.path_params["resource"]
        if resource not in FEEDS:
            return problem(404, f"resource {resource!r} is unknown; known: {', '.join(FEEDS)}")
        try:
            since, before, limit, after = self._question(request)
        except ValueError as reason:
            return problem(400, str(reason))
        events, more = self.source.index[resource].page(since, before, after, limit)
        data = [self.source.render(resource, event)[0] for event in events]
        cursor = _write_cursor(events[-1][:4]) if more else None
        encoding = text_encoding(self.seed, "reporting", request, self.rates)
        return encoded(dump({"data": data, "next_cursor": cursor}), "application/json", *encoding)

    def _question(self, request: Request) -> tuple[int, int, int, tuple[int, str, int, int] | None]:
        """since, before (not after now), limit, position after which to go on."""
        query, now = request.query_params, self.clock.epoch()
        since = parse(query["updated_since"], "updated_since") if "updated_since" in query else month_start(FIRST_MONTH)
        before = parse(query["updated_before"], "updated_before") if query.get("updated_before") else now + 1
        try:
            limit = int(query.get("limit", DEFAULT_LIMIT))
        except ValueError:
            limit = 0
        if not 1 <= limit <= MOST:
            raise ValueError(f"limit: {query.get('limit')!r} must be a number from 1 to {MOST}")
        return since, min(before, now + 1), limit, _read_cursor(query.get("cursor", ""))


def _write_cursor(position: tuple[int, str, int, int]) -> str:
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")


def _read_cursor(text: str) -> tuple[int, str, int, int] | None:
    if not text:
        return None
    try:
        at, record, version, copy = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return int(at), str(record), int(version), int(copy)
    except (ValueError, TypeError):
        raise ValueError(f"cursor: {text!r} is not one this platform gave") from None
