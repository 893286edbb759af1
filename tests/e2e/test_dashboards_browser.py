"""Every tab as its readers open it: no error, no empty chart, no untranslated word, no request leaving the machine."""

import os
import re
from pathlib import Path

import pytest

from superset_assets.compiler.spec import load
from tests.e2e.dashboards import Site, settle

pytestmark = pytest.mark.e2e
SPEC = load()
SIZES = {"wall": (1920, 1080), "laptop": (1366, 768)}
OPENED = [("regulator", slug) for slug in SPEC.roles["roles"]["监管"]["dashboards"]]
OPENED += [("pudong", "district"), ("enterprise", "enterprise")]
EMPTY = ("此查询没有数据返回", "没有数据", "There is currently")
ERRORS = (".ant-alert-error", "[data-test=error-container]", ".alert-danger", "[data-test=chart-error]")
# Words in Latin letters that are terms, units, codes or names, not interface text.
ALLOWED = re.compile(
    r"""\b(CO2e?|SM[234]|TTW|WTT|WTW|kWh|MWh|GJ|GWP|LTO|CII|MMSI|II?I?|IV|V|PPP|TAB)\b  # terms, units
      | WGS-84 | GCJ-02                                                             # datums
      | \b[0-9TX]*\d{4}-\d{2}[-0-9T:]*\b                                            # periods
      | \b\d{8}T\d{6}-[0-9a-f]+\b | \b[0-9a-f]{8,64}\b                              # releases, hashes
      | \b[a-z0-9]+(?:[_.|:-][A-Za-z0-9_.|:-]+)+                                    # names of tables, rules, keys
      | \b[0-9A-Z]{6,18}\b                                                          # credit codes, IMO numbers
      | \bSIM\ [A-Z]{4}\ \d{5}\b                                                    # ships' names as broadcast
      | \bE\d+\b""",
    re.VERBOSE,
)
LATIN = re.compile(r"[A-Za-z]{2,}")
MENUS = "#main-menu, header, [data-test=dashboard-header-container], .filter-bar, [class*=FilterBar]"
# Cells of these charts hold upstream values as received.
RAW_CELLS = {"quarantine_rows", "quarantine_feed", "quarantine", "gates", "release_marts", "release_tables"}


@pytest.fixture(scope="session")
def site(request) -> Site:
    """The small world's visualization centre, or a running one named by DASHBOARDS_URL and DASHBOARDS_HOME."""
    if os.environ.get("DASHBOARDS_URL"):
        found = Site(os.environ["DASHBOARDS_URL"], Path(os.environ["DASHBOARDS_HOME"]))
    else:
        lake = request.getfixturevalue("running_lake")
        found = Site(lake.values["LAKE_SUPERSET_URL"], lake.home)
    (found.home / "run" / "screenshots").mkdir(parents=True, exist_ok=True)
    return found


class Watcher:
    """Collects what a page did wrong while it was open."""

    def __init__(self, page, url):
        self.outside, self.blocked, self.failed = [], set(), []
        page.on("request", lambda r: None if r.url.startswith((url, "data:", "blob:")) else self.outside.append(r.url))
        page.on("requestfailed", lambda r: self.blocked.add(r.url) if r.failure == "csp" else None)
        page.on("response", lambda r: self.failed.append(f"{r.status} {r.url}") if self._bad(r) else None)

    @staticmethod
    def _bad(response):
        # Readers may not store a dashboard's filters or colours for others; Superset's pages ask for it all the same.
        return response.status >= 400 and not re.search(r"/(filter_state|colors)\b", response.url)

    @property
    def left_the_machine(self):
        return [url for url in self.outside if url not in self.blocked]


def chart_texts(page):
    """(title, text) of every chart on the open tab."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.dashboard-component-chart-holder')]
          .filter(e => e.offsetParent && e.querySelector('[data-test=slice-header]'))
          .map(e => [(e.querySelector('[data-test=slice-header]')?.innerText || '').trim(), e.innerText,
                     [...e.querySelectorAll('canvas, td, .header-line')].filter(m => {
                       const box = m.getBoundingClientRect(), holder = e.getBoundingClientRect();
                       return box.height > 4 && box.bottom <= holder.bottom + 2
                         && getComputedStyle(m).visibility !== 'hidden';
                     }).length])"""
    )


def untranslated(text):
    """Latin words that are no term, unit, code or name."""
    return LATIN.findall(ALLOWED.sub(" ", text))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("user", "slug"), OPENED)
def test_every_tab_reads_well(site, user, slug, size):
    board = SPEC.dashboards[slug]
    by_name = {chart["name"]: (key, chart) for key, chart in board["charts"].items()}
    shots = site.home / "run" / "screenshots"
    found = []
    with site.page(user, *SIZES[size]) as page:
        watcher = Watcher(page, site.url)
        page.goto(f"{site.url}/superset/dashboard/{slug}/")
        for number, tab in enumerate(board["tabs"]):
            if number:
                page.query_selector_all(".dashboard-component-tabs [role=tab]")[number].click()
            settle(page, tab)
            found += judge(page, tab, by_name)
            portrait(page, tab, shots / f"{slug}-{tab['key']}-{size}.png", *SIZES[size])
        chrome = page.evaluate(
            "() => document.querySelector('#main-menu, header, [data-test=dashboard-header-container]').innerText"
        )
        found += [f"{slug}: menu says {word}" for word in untranslated(chrome)]
    assert watcher.left_the_machine == []
    assert watcher.failed == []
    assert found == []


def portrait(page, tab, path, width, height):
    """A picture of the whole tab: a window as tall as the page, since charts out of sight are not drawn."""
    tall = page.evaluate("() => document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(tall, height)})
    settle(page, tab)
    page.screenshot(path=str(path))
    page.set_viewport_size({"width": width, "height": height})
    settle(page, tab)


def judge(page, tab, by_name):
    """What a reader of this tab would complain about."""
    found = [f"{tab['title']}: {e.inner_text()[:200]}" for css in ERRORS for e in page.query_selector_all(css)]
    texts = chart_texts(page)
    placed = sum("chart" in cell for row in tab["rows"] for cell in row)
    if len(texts) != placed:
        found.append(f"{tab['title']}: {len(texts)} charts drawn of {placed}")
    for title, text, marks in texts:
        key, chart = by_name.get(title.split("\n")[0], (title, {}))
        empty = any(word in text for word in EMPTY) or marks == 0
        if empty and not chart.get("may_be_empty"):
            found.append(f"{tab['title']}: {title} is empty")
        if key not in RAW_CELLS:
            found += [f"{tab['title']}: {title} says {word}" for word in untranslated(text)]
    return found


def test_the_log_in_page_reads_well(site):
    with site.page("", *SIZES["laptop"]) as page:
        watcher = Watcher(page, site.url)
        page.goto(f"{site.url}/login/")
        page.wait_for_selector("input[type=password]")
        page.screenshot(path=str(site.home / "run" / "screenshots" / "login.png"))
        text = page.evaluate("() => document.body.innerText")
    assert "登录" in text
    assert untranslated(text) == []
    assert watcher.left_the_machine == []


def test_the_passport_page_reads_well(site):
    with site.page("regulator", *SIZES["laptop"]) as page:
        page.goto(f"{site.url}/superset/dashboard/quality/")
        tabs = SPEC.dashboards["quality"]["tabs"]
        settle(page, tabs[0])
        number = [tab["key"] for tab in tabs].index("passport")
        page.query_selector_all(".dashboard-component-tabs [role=tab]")[number].click()
        settle(page, tabs[number])
        link = page.wait_for_selector("a[href*='/passport?']").get_attribute("href")
        watcher = Watcher(page, site.url)
        page.goto(site.url + link)
        page.screenshot(path=str(site.home / "run" / "screenshots" / "passport.png"), full_page=True)
        text = page.evaluate("() => document.body.innerText")
    assert "各部分相加等于本数" in text
    assert watcher.left_the_machine == []
    assert watcher.failed == []
