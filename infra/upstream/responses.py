"""Answers shared by the JSON and CSV platforms: errors with what to do, and text that comes as GBK now and then."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.upstream.rng import draws


def problem(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": message}, status_code=status)


def dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def text_encoding(seed: int, platform: str, request: Request, rates: dict[str, float]) -> tuple[str, bool]:
    """Encoding of this answer's text and whether the header declares it; depends on path and query only."""
    u = draws(seed, "encoding", platform, request.url.path, request.url.query)[0]
    return chosen_encoding(u, request, rates)


def chosen_encoding(u: float, request: Request, rates: dict[str, float]) -> tuple[str, bool]:
    """Encoding by a uniform; notes in the scope what was planted, for the journal."""
    if u < rates["gbk"]:
        request.scope["planted"] = "gbk"
        return "gbk", True
    if u < rates["gbk"] + rates.get("gbk_undeclared", 0.0):
        request.scope["planted"] = "gbk_undeclared"
        return "gbk", False
    return "utf-8", True


def encoded(
    text: str, media_type: str, encoding: str, declared: bool, headers: dict[str, str] | None = None
) -> Response:
    """A text response in an encoding; undeclared means that the header has no charset."""
    all_headers = {"content-type": f"{media_type}; charset={encoding}" if declared else media_type, **(headers or {})}
    return Response(text.encode(encoding), headers=all_headers)
