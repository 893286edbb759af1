"""Chart data and whole dashboards in a browser, every query computed (cold) and again from the cache (warm).

Needs a running lake (``make run``); opens each dashboard's first tab as the regulator in headless Chromium.
"""

from __future__ import annotations

import sys
import time
from statistics import quantiles

import httpx

from infra.settings import settings
from superset_assets.compiler.spec import load
from tests.e2e.dashboards import Site, settle

NEEDS_A_LAKE = 3
ROLE, USER = "监管", "regulator"
# Superset's own parameter: compute, do not look into the cache.
WAYS = {"cold": "?force=true", "warm": ""}


def answers(url: str) -> bool:
    """Whether a visualization centre is there."""
    try:
        return httpx.get(f"{url}/health", timeout=5.0, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def opened(site: Site, slug: str, tab: dict, query: str) -> tuple[float, list[float]]:
    """Seconds until the tab has drawn, and seconds of each chart-data request (sent to last byte)."""
    spent: list[float] = []
    with site.page(USER, 1920, 1080) as page:

        def note(request) -> None:
            if "/api/v1/chart/data" in request.url:
                spent.append(request.timing["responseEnd"] / 1000)

        page.on("requestfinished", note)
        start = time.monotonic()
        page.goto(f"{site.url}/superset/dashboard/{slug}/{query}")
        settle(page, tab)
        return time.monotonic() - start, spent


def main() -> int:
    """Print the table; exit 3 where no visualization centre answers."""
    now = settings()
    if not answers(now.superset_url):
        return NEEDS_A_LAKE
    spec, site = load(), Site(now.superset_url, now.home)
    print(f"{'dashboard':<12}{'cold s':>10}{'warm s':>10}{'cold ÷ warm':>14}")
    charts: dict[str, list[float]] = {way: [] for way in WAYS}
    for slug in spec.roles["roles"][ROLE]["dashboards"]:
        times = {}
        for way, query in WAYS.items():
            times[way], spent = opened(site, slug, spec.dashboards[slug]["tabs"][0], query)
            charts[way] += spent
        print(f"{slug:<12}{times['cold']:>10.1f}{times['warm']:>10.1f}{times['cold'] / times['warm']:>14.2f}")
    print(f"\n{'chart data':<12}{'requests':>10}{'p50 s':>10}{'p95 s':>10}")
    for way, spent in charts.items():
        parts = quantiles(spent, n=20)
        print(f"{way:<12}{len(spent):>10}{parts[9]:>10.2f}{parts[18]:>10.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
