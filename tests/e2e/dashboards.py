"""A deployed visualization centre as tests see it: addresses, log-in over HTTP, and a browser."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
# Every chart on the open tab has drawn: it has its container and no longer says that it waits.
DRAWN = """expected => {
  const charts = [...document.querySelectorAll('.dashboard-component-chart-holder')]
    .filter(e => e.offsetParent && e.querySelector('[data-test=slice-header]'));
  return charts.length === expected && charts.every(e => e.querySelector('.slice_container')
    && !e.querySelector('.loading, [data-test=loading-indicator]') && !e.innerText.includes('正在等待'));
}"""


@dataclass(frozen=True)
class Site:
    """Where the visualization centre answers and where its users' passwords lie."""

    url: str
    home: Path

    def password(self, user: str) -> str:
        return (self.home / "run" / "secrets" / f"superset_{user}_password").read_text(encoding="utf-8").strip()

    def session(self, user: str, password: str | None = None) -> httpx.Client:
        """An HTTP client after a real log-in through the form."""
        client = httpx.Client(base_url=self.url, follow_redirects=True, timeout=120)
        token = csrf(client.get("/login/").text)
        client.post(
            "/login/", data={"username": user, "password": password or self.password(user), "csrf_token": token}
        )
        return client

    @contextmanager
    def page(self, user: str, width: int, height: int) -> Iterator[Page]:
        """A browser page signed in as ``user``; an empty name is nobody."""
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            context = browser.new_context(viewport={"width": width, "height": height})
            cookies = self.session(user).cookies.items() if user else []
            context.add_cookies([{"name": name, "value": value, "url": self.url} for name, value in cookies])
            page = context.new_page()
            page.set_default_timeout(180_000)
            yield page
            browser.close()


PLACES = (r'name="csrf_token"[^>]*value="([^"]+)"', r"csrf_token&#34;: &#34;([^&]+)", r'csrf_token": "([^"]+)')


def csrf(html: str) -> str:
    """The form's token, wherever the page keeps it."""
    for pattern in PLACES:
        found = re.search(pattern, html)
        if found:
            return found[1]
    raise AssertionError("the log-in page carries no csrf token")


def settle(page: Page, tab: dict[str, Any]) -> None:
    """Wait until the open tab is the spec's ``tab`` and every chart on it has drawn."""
    expected = sum("chart" in cell for row in tab["rows"] for cell in row)
    page.wait_for_load_state("networkidle", timeout=180_000)
    page.wait_for_function(DRAWN, arg=expected, timeout=180_000)
    # Charts fade in; a frame after that the page is still.
    page.evaluate("() => new Promise(r => setTimeout(() => requestAnimationFrame(r), 600))")


def post(client: httpx.Client, path: str, body: dict[str, Any]) -> httpx.Response:
    """A POST with the session's token, asked for once."""
    if "X-CSRFToken" not in client.headers:
        client.headers["X-CSRFToken"] = client.get("/api/v1/security/csrf_token/").json()["result"]
        client.headers["Referer"] = str(client.base_url)
    return client.post(path, json=body)
