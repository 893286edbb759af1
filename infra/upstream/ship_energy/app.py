"""HTTP face of the ship platform: XML pages."""

from __future__ import annotations

import hmac
from pathlib import Path
from typing import Any

from lxml import etree
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.upstream.clock import Clock, parse
from infra.upstream.responses import text_encoding
from infra.upstream.ship_energy.source import FEEDS, ShipSource
from infra.upstream.world.model import World

DEFAULT_SIZE, MOST = 200, 500
HERE = Path(__file__).parent


class ShipEnergyApp:
    """Routes of the platform."""

    def __init__(
        self, world: World, clock: Clock, rates: dict[str, dict[str, float]], credentials: dict[str, str]
    ) -> None:
        self.clock, self.rates, self.seed = clock, rates["ship_energy"], world.seed
        self.source = ShipSource(world, self.rates)
        self._key = credentials["api_key"].encode()
        self.app = Starlette(
            routes=[Route("/service/{resource}/schema.xsd", self.schema), Route("/service/{resource}", self.records)]
        )

    async def schema(self, request: Request) -> Response:
        """The XSD of one resource's pages."""
        resource = request.path_params["resource"]
        if resource not in FEEDS:
            return _problem(404, f"resource {resource!r} is unknown; known: {', '.join(FEEDS)}")
        return Response((HERE / f"{resource}.xsd").read_bytes(), media_type="application/xml")

    async def records(self, request: Request) -> Response:
        """One page of a resource; from and to bound the time of update, to excluded."""
        if not hmac.compare_digest(request.headers.get("x-api-key", "").encode(), self._key):
            return _problem(401, "X-API-Key is missing or wrong")
        resource = request.path_params["resource"]
        if resource not in FEEDS:
            return _problem(404, f"resource {resource!r} is unknown; known: {', '.join(FEEDS)}")
        query, after_now = request.query_params, self.clock.epoch() + 1
        try:
            since = parse(query.get("from", ""), "from")
            before = min(parse(query.get("to", ""), "to"), after_now)
            page, size = _number(query, "page", 1, 1_000_000), _number(query, "pageSize", DEFAULT_SIZE, MOST)
        except ValueError as reason:
            return _problem(400, str(reason))
        events = self.source.index[resource].window(since, before)
        chosen = events[(page - 1) * size : page * size]
        rows = [self.source.render(resource, event)[0] for event in chosen]
        encoding, _ = text_encoding(self.seed, "ship_energy", request, self.rates)
        return _xml(rows, page, -(-len(events) // size), len(events), encoding.upper())


def _number(query: Any, name: str, default: int, most: int) -> int:
    text = query.get(name, str(default))
    if not text.isdigit() or not 1 <= int(text) <= most:
        raise ValueError(f"{name}: {text!r} must be a number from 1 to {most}")
    return int(text)


def _xml(rows: list[dict[str, Any]], page: int, pages: int, records: int, encoding: str) -> Response:
    """A page; ``total`` counts the records of the whole question, ``pages`` its pages."""
    root = etree.Element("Page", number=str(page), total=str(records), pages=str(pages))
    for row in rows:
        record = etree.SubElement(root, "Record")
        for name, value in row.items():
            etree.SubElement(record, name).text = _text(value)
    body = etree.tostring(root, xml_declaration=True, encoding=encoding)
    return Response(body, headers={"content-type": f"application/xml; charset={encoding.lower()}"})


def _text(value: Any) -> str:
    return f"{value:.9f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _problem(status: int, message: str) -> Response:
    root = etree.Element("Error")
    root.text = message
    return Response(etree.tostring(root, encoding="UTF-8"), status_code=status, media_type="application/xml")
