"""Transport faults: some requests fail on their first attempt and succeed when asked again."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

from infra.upstream.planting import Planted, truth_line
from infra.upstream.rng import draws

KINDS = ("too_many_requests", "server_error", "slow", "cut_body")
EXEMPT = ("/healthz", "/openapi.json")


class TransportFaults:
    """ASGI middleware. Which request fails depends on method, path and query only; each fails once per server life."""

    def __init__(
        self, app: Any, seed: int, platform: str, rates: dict[str, float], journal: Path | None = None
    ) -> None:
        self.app, self.seed, self.platform, self.rates, self.journal = app, seed, platform, rates, journal
        self.noted: set[tuple[str, str]] = set()
        self.failed: set[str] = set()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        kind = self._kind(scope) if scope["type"] == "http" else None
        if kind is not None:
            self._note(kind, scope)
        if kind == "slow":
            await asyncio.sleep(self.rates["slow_seconds"])
        if kind in ("too_many_requests", "server_error"):
            await self._refuse(kind, send)
            return
        await self.app(scope, receive, _cut(send) if kind == "cut_body" else send)
        if "planted" in scope:
            self._note(scope["planted"], scope)

    def _note(self, kind: str, scope: dict[str, Any]) -> None:
        """Adds a line to the journal of response-level faults, once per request and kind."""
        name = _name(scope)
        if self.journal is None or (kind, name) in self.noted:
            return
        self.noted.add((kind, name))
        one = Planted(kind, "", None, None)
        with self.journal.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(truth_line(one, self.platform, {"request": name}, "", 0, "")) + "\n")

    def _kind(self, scope: dict[str, Any]) -> str | None:
        """The fault of this attempt, None for most; each request has at most one faulty attempt."""
        if scope["path"] in EXEMPT or scope["path"].endswith(".xsd"):
            return None
        name = _name(scope)
        u = draws(self.seed, "transport", self.platform, name)[0]
        for kind in KINDS:
            u -= self.rates[kind]
            if u < 0:
                if name in self.failed:
                    return None
                self.failed.add(name)
                return kind
        return None

    async def _refuse(self, kind: str, send: Any) -> None:
        status = 429 if kind == "too_many_requests" else 503
        headers = [(b"content-type", b"text/plain; charset=utf-8")]
        if status == 429:
            headers.append((b"retry-after", str(int(self.rates["retry_after_seconds"])).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": "系统繁忙，请稍后再试".encode()})


def _name(scope: dict[str, Any]) -> str:
    return f"{scope['method']} {scope['path']}?{scope['query_string'].decode('latin-1')}"


def _cut(send: Any) -> Any:
    """A send that announces the whole body and delivers half of it; the server then closes the connection."""

    async def half(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body":
            body = message.get("body", b"")
            message = {**message, "body": body[: len(body) // 2], "more_body": True}
        await send(message)

    return half


class CutIsIntended(logging.Filter):
    """Keeps the server from reporting the cut bodies that were planted."""

    def filter(self, record: logging.LogRecord) -> bool:
        """False for the server's remark that a response was left incomplete."""
        return "without completing response" not in record.getMessage()
