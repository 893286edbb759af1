"""A source is added by its YAML alone: no engine, adapter or parser changes for a protocol that is known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from infra import settings as settings_module
from spark_jobs.contracts import load_contracts
from spark_jobs.ingest.fetch import DONE, FetchReport, fetch_window
from spark_jobs.ingest.landing import Landing
from spark_jobs.ingest.parsers import parse_payload
from spark_jobs.ingest.row_verdicts import row_findings

SOURCE = """
source: charging
title_zh: 充电设施平台
origin: 测试用
licence: 测试用
is_simulated: true
acquisition: {adapter: snapshot_series, url_setting: pollutant_url}
"""
ENTITY = """
feed: charging.load_hourly
version: 1
title_zh: 充电负荷
grain_zh: 每站每小时一行
silver_table: charging_load
acquisition: {path: "/load/{slot}", slot_minutes: 360}
format: {parser: json, records: stations, inherit: [at]}
window: {grain: day, of: measured_at}
period: {field: measured_at, grain: day}
key: [station, measured_at]
allowed_lateness_months: 1
fields:
  - {name: measured_at, upstream: at, type: timestamp, label_zh: 时刻, required: true}
  - {name: station, upstream: id, type: string, label_zh: 充电站, required: true}
  - {name: load_kw, upstream: kw, type: double, label_zh: 负荷, unit: kW, required: true, min: 0}
"""


class Platform(BaseHTTPRequestHandler):
    """Two stations a snapshot; the second one of 06:00 is negative; none at noon."""

    def do_GET(self) -> None:
        slot = self.path[-4:]
        stations = [{"id": "A", "kw": 10.5}, {"id": "B", "kw": -1 if slot == "0600" else 2}]
        at = f"2026-11-20 {slot[:2]}:{slot[2:]}:00"
        body = json.dumps({"at": at, "stations": stations}).encode()
        self.send_response(404 if slot == "1200" else 200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Landing]:
    http = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    thread = Thread(target=http.serve_forever)
    thread.start()
    monkeypatch.setenv("LAKE_HOME", str(tmp_path))
    monkeypatch.setenv("LAKE_NOW", "2026-11-22T08:00:00+08:00")
    monkeypatch.setenv("LAKE_POLLUTANT_URL", f"http://127.0.0.1:{http.server_port}")
    settings_module.settings.cache_clear()
    yield Landing(tmp_path / "landing")
    settings_module.settings.cache_clear()
    http.shutdown()
    thread.join()
    http.server_close()


def test_yaml_is_enough(place: Landing, tmp_path: Path) -> None:
    folder = tmp_path / "sources" / "charging"
    folder.mkdir(parents=True)
    (folder / "_source.yaml").write_text(SOURCE, encoding="utf-8")
    (folder / "load_hourly.yaml").write_text(ENTITY, encoding="utf-8")
    contract = load_contracts(tmp_path / "sources")["charging.load_hourly"]
    report = FetchReport()
    fetch_window(contract, "2026-11-20", place, "run", report)
    assert (report.exit_code(), report.payloads, dict(report.misses)) == (DONE, 3, {"absent": 1})
    entries = place.entries("charging.load_hourly", "2026-11-20")
    batches = [parse_payload(contract, place.read(contract.feed, e.window, e.payload_sm3)) for e in entries]
    assert [row["station"] for batch in batches for row in batch.to_pylist()] == ["A", "B"] * 3
    failed = [(f.row, f.check.rule_id, f.value) for batch in batches for f in row_findings(contract, batch)]
    assert failed == [(2, "min_load_kw", "-1")]
