"""One HTTP client for all platforms: bounded attempts, Retry-After honoured, whole bodies or none.

429, 5xx, broken connections, time-outs and cut bodies are tried again; any other status is the platform's answer and is
not. Bodies are taken as sent (no content decoding), so that what is landed is what was received.
"""

from __future__ import annotations

import email.message
import email.utils
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_exponential_jitter

RETRIED = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Politeness:
    """How a platform is asked: attempts per request, waits between them, time-out, requests at once."""

    attempts: int = 6
    first_wait_s: float = 0.2
    max_wait_s: float = 60.0
    timeout_s: float = 30.0
    workers: int = 4


class Exhausted(RuntimeError):
    """No whole answer in the allowed number of attempts: try again later (exit 75)."""


class Refused(RuntimeError):
    """The platform answered with an error that asking again does not mend (exit 65)."""

    def __init__(self, request: str, status: int, body: bytes) -> None:
        super().__init__(f"{request}: HTTP {status}: {body[:300].decode('utf-8', 'replace')}")
        self.status = status


class _TryAgain(Exception):
    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


@dataclass(frozen=True)
class Answer:
    """A whole answer. ``request`` is method, path and query; ``attempts`` how often it was asked."""

    status: int
    body: bytes
    media_type: str
    charset: str
    etag: str
    request: str
    attempts: int


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds that Retry-After asks for (a number or a date), None where there is none or it is nonsense."""
    text = response.headers.get("retry-after", "").strip()
    if text.isdigit():
        return float(text)
    try:
        return max(0.0, (email.utils.parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _content_type(response: httpx.Response) -> tuple[str, str]:
    message = email.message.Message()
    message["content-type"] = response.headers.get("content-type", "")
    declared = message.get_content_charset() or ""
    return (message.get_content_type() if response.headers.get("content-type") else "", declared)


class Platform:
    """A client of one platform; safe for several threads. ``headers`` makes the headers of each single attempt."""

    def __init__(
        self,
        base_url: str,
        politeness: Politeness | None = None,
        headers: Callable[[httpx.Request], dict[str, str]] | None = None,
    ) -> None:
        self.politeness = politeness or Politeness()
        self._headers = headers
        limits = httpx.Limits(
            max_connections=self.politeness.workers, max_keepalive_connections=self.politeness.workers
        )
        self._client = httpx.Client(
            base_url=base_url,
            timeout=self.politeness.timeout_s,
            limits=limits,
            headers={"accept-encoding": "identity", "user-agent": "shanghai-transport-carbon"},
            trust_env=False,
        )

    def __enter__(self) -> Platform:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, params: dict[str, Any] | None = None, etag: str = "") -> Answer:
        """GET until a whole answer comes. 200, 204, 304 and 404 are returned; raises Exhausted or Refused."""
        return self.ask("GET", path, params=params, headers={"if-none-match": etag} if etag else {})

    def ask(self, method: str, path: str, **options: Any) -> Answer:
        """Any request, tried as ``politeness`` allows."""
        polite = self.politeness
        backoff = wait_exponential_jitter(
            initial=polite.first_wait_s, max=polite.max_wait_s, jitter=polite.first_wait_s
        )

        def wait(state: RetryCallState) -> float:
            failure = state.outcome.exception() if state.outcome else None
            asked = failure.wait_s if isinstance(failure, _TryAgain) else None
            return min(asked, polite.max_wait_s) if asked is not None else backoff(state)

        retrying = Retrying(
            retry=retry_if_exception_type(_TryAgain),
            stop=stop_after_attempt(polite.attempts),
            wait=wait,
            reraise=True,
        )
        try:
            for attempt in retrying:
                with attempt:
                    return self._once(method, path, attempt.retry_state.attempt_number, **options)
        except _TryAgain as error:
            raise Exhausted(f"{method} {path}: {error} (after {polite.attempts} attempts)") from error
        raise AssertionError("unreachable")

    def _once(self, method: str, path: str, attempt: int, **options: Any) -> Answer:
        request = self._client.build_request(method, path, **options)
        if self._headers:
            request.headers.update(self._headers(request))
        try:
            response = self._client.send(request, stream=True)
            try:
                body = b"".join(response.iter_raw())
            finally:
                response.close()
        except httpx.TransportError as error:
            raise _TryAgain(f"{type(error).__name__}: {error}") from error
        announced = response.headers.get("content-length", "")
        if announced.isdigit() and len(body) != int(announced) and response.status_code != 304:
            raise _TryAgain(f"body cut: {len(body)} of {announced} bytes")
        if response.status_code in RETRIED:
            raise _TryAgain(f"HTTP {response.status_code}", _retry_after(response))
        name = f"{method} {request.url.raw_path.decode('ascii')}"
        if response.status_code not in (200, 204, 304, 404):
            raise Refused(name, response.status_code, body)
        media_type, charset = _content_type(response)
        etag = response.headers.get("etag", "")
        return Answer(response.status_code, body, media_type, charset, etag, name, attempt)
