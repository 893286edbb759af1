"""The HTTP client against a real server that misbehaves on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest

from infra.crypto import hmac_sm3_hex, sm3_hex
from spark_jobs.ingest.adapters.signed_file_series import Signer
from spark_jobs.ingest.transport import Exhausted, Platform, Politeness, Refused

QUICK = Politeness(attempts=4, first_wait_s=0.001, max_wait_s=0.01, timeout_s=5.0)
Step = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Script:
    """Answers in order; the last one is repeated. ``seen`` holds the requests' headers."""

    url: str = ""
    steps: list[Step] = field(default_factory=list)
    seen: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Script]:
    script = Script()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            script.seen.append({k.lower(): v for k, v in self.headers.items()})
            step = script.steps.pop(0) if len(script.steps) > 1 else script.steps[0]
            step(self)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=http.serve_forever)
    thread.start()
    script.url = f"http://127.0.0.1:{http.server_port}"
    yield script
    http.shutdown()
    thread.join()
    http.server_close()


def answer(status: int, body: bytes, **headers: str) -> Step:
    def step(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"content-length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return step


def cut(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("content-length", "100")
    handler.end_headers()
    handler.wfile.write(b"only half")
    handler.close_connection = True


WHOLE = answer(200, b"whole", content_type='application/json; charset="GBK"', etag='"7"')


@pytest.mark.parametrize(
    "fault", [cut, answer(500, b"oops"), answer(503, b""), answer(429, b"slow down", retry_after="0")]
)
def test_a_fault_is_tried_again_and_only_the_whole_answer_comes_back(server: Script, fault: Step) -> None:
    server.steps = [fault, fault, WHOLE]
    with Platform(server.url, QUICK) as platform:
        found = platform.get("/x", {"a": 1})
    assert (found.body, found.media_type, found.charset, found.etag) == (b"whole", "application/json", "gbk", '"7"')
    assert (found.attempts, found.request) == (3, "GET /x?a=1")


@pytest.mark.parametrize("fault", [cut, answer(502, b"<html>error</html>")])
def test_attempts_are_bounded(server: Script, fault: Step) -> None:
    server.steps = [fault]
    with Platform(server.url, QUICK) as platform, pytest.raises(Exhausted, match="after 4 attempts"):
        platform.get("/x")
    assert len(server.seen) == 4


def test_a_refusal_is_not_tried_again(server: Script) -> None:
    server.steps = [answer(403, "无权限".encode())]
    with Platform(server.url, QUICK) as platform, pytest.raises(Refused, match="HTTP 403: 无权限"):
        platform.get("/x")
    assert len(server.seen) == 1


def test_retry_after_is_what_is_waited(server: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waited.append)
    date = "Wed, 21 Oct 2015 07:28:00 GMT"
    server.steps = [answer(429, b"", retry_after="7"), answer(503, b"", retry_after=date), WHOLE]
    with Platform(server.url, Politeness(attempts=4, max_wait_s=60)) as platform:
        platform.get("/x")
    assert waited == [7.0, 0.0]


def test_retry_after_is_capped(server: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waited.append)
    server.steps = [answer(429, b"", retry_after="86400"), WHOLE]
    with Platform(server.url, Politeness(max_wait_s=60)) as platform:
        platform.get("/x")
    assert waited == [60.0]


def test_nobody_listens(server: Script) -> None:
    with Platform("http://127.0.0.1:1", QUICK) as platform, pytest.raises(Exhausted, match="ConnectError"):
        platform.get("/x")


def test_content_is_not_decoded(server: Script) -> None:
    server.steps = [answer(200, b"\x1f\x8bnot really", content_encoding="gzip")]
    with Platform(server.url, QUICK) as platform:
        assert platform.get("/x").body == b"\x1f\x8bnot really"
    assert server.seen[0]["accept-encoding"] == "identity"


def test_unchanged_is_304(server: Script) -> None:
    server.steps = [answer(304, b"")]
    with Platform(server.url, QUICK) as platform:
        assert platform.get("/x", etag='"7"').status == 304
    assert server.seen[0]["if-none-match"] == '"7"'


def test_every_attempt_is_signed_afresh(server: Script) -> None:
    server.steps = [answer(500, b""), WHOLE]
    with Platform(server.url, QUICK, Signer("key", "secret").headers) as platform:
        platform.get("/readings/1", {"a": "b c"})
    one, other = server.seen
    assert one["x-nonce"] != other["x-nonce"]
    text = f"GET\n/readings/1\na=b+c\n{other['x-timestamp']}\n{other['x-nonce']}\n{sm3_hex(b'')}"
    assert other["x-signature"] == hmac_sm3_hex(b"secret", text.encode())


def test_signature_covers_the_query_as_sent() -> None:
    request = httpx.Request("GET", "http://x/meters?as_of=2026-11-19")
    assert Signer("key", "secret").headers(request)["x-app-key"] == "key"
