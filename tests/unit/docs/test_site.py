"""The documentation site: built offline, whole path in it, served to this machine only."""

from __future__ import annotations

import shutil
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from infra.docs import serve
from infra.docs.site import without_remote
from tests.fixtures.lake.published import at_home, lake


@pytest.fixture(scope="module")
def site(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("docs") / "lake"
    shutil.copytree(published, home, symlinks=True)
    done = lake(home, "docs", "build")
    assert done.returncode == 0, done.stdout + done.stderr
    return home


def test_dbt_docs_hold_the_whole_path(site: Path) -> None:
    page = (site / "docs" / "dbt" / "index.html").read_text(encoding="utf-8")
    for node in (
        "source.mart.platform_reporting.energy_monthly", "model.mart.stg_bronze__reporting__energy_monthly",
        "model.mart.stg_silver__energy_monthly", "model.mart.stg_gold__emission", "model.mart.agg_carbon_city_month",
        "exposure.mart.dashboard_industry",
    ):  # fmt: skip
        assert node in page, node


def test_the_dictionary_names_columns_units_and_rules(site: Path) -> None:
    page = (site / "docs" / "dictionary" / "index.html").read_text(encoding="utf-8")
    for text in (
        "全市月度碳排放",
        "<code>silver.voyage</code>",
        "运输功",
        "t·nm",
        "transport_work_identity",
        "勾稽容差",
    ):
        assert text in page, text
    assert "contact_name" not in page.split('id="silver"')[1].split('id="gold"')[0]


def test_pages_load_nothing_from_elsewhere(site: Path) -> None:
    for path in (site / "docs").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert without_remote(text) == text, path


def test_remote_elements_are_taken_out() -> None:
    html = '<script src="https://a.example/x.js"></script><link href="//b.example/y.css"><img src="data:x"><b>t</b>'
    assert without_remote(html) == '<img src="data:x"><b>t</b>'


def test_the_server_answers_on_this_machine_and_lists_no_secrets(site: Path) -> None:
    with at_home(site), serve.server(0) as pages:
        host, port = pages.server_address[:2]
        assert host == "127.0.0.1"
        thread = threading.Thread(target=pages.serve_forever)
        thread.start()
        try:
            with urllib.request.urlopen(f"http://{host}:{port}/") as answer:
                assert "平台文档" in answer.read().decode()
                assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"http://{host}:{port}/../run/settings.env")
        finally:
            pages.shutdown()
            thread.join()


def test_without_a_build_it_says_what_to_run(tmp_path: Path) -> None:
    done = lake(tmp_path, "docs", "build")
    assert done.returncode == 2
    assert "lake job marts" in done.stderr
