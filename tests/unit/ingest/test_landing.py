"""Landing: written once, chained, whole after a kill, safe for several writers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infra.crypto import sm3_hex
from infra.settings import ROOT
from spark_jobs.ingest.landing import Delivery, Landing
from spark_jobs.ingest.manifest import ManifestError, broken_link, genesis

FEED, WINDOW = "reporting.energy_monthly", "2026-10"


def parcel(data: bytes, request: str = "GET /x") -> Delivery:
    return Delivery(data, "application/json", "utf-8", request)


def manifest(landing: Landing) -> Path:
    return landing.folder(FEED, WINDOW) / "manifest.jsonl"


def test_a_payload_is_one_file_and_each_delivery_a_line(landing: Landing) -> None:
    for data in (b"one", b"two", b"one"):
        landing.land(FEED, WINDOW, parcel(data), "run-1")
    entries = landing.entries(FEED, WINDOW)
    assert [e.payload_sm3 for e in entries] == [sm3_hex(b"one"), sm3_hex(b"two"), sm3_hex(b"one")]
    files = {p.name for p in landing.folder(FEED, WINDOW).iterdir() if not p.name.startswith(".")}
    assert files == {sm3_hex(b"one"), sm3_hex(b"two"), "manifest.jsonl"}
    assert landing.read(FEED, WINDOW, sm3_hex(b"two")) == b"two"
    assert landing.windows(FEED) == [WINDOW]


def test_the_chain_starts_at_the_window_and_holds(landing: Landing) -> None:
    first = landing.land(FEED, WINDOW, parcel(b"one"), "run-1")
    second = landing.land(FEED, WINDOW, parcel(b"two"), "run-1")
    assert first.prev == genesis(FEED, WINDOW)
    assert second.prev == first.hash
    assert second.seq == 2
    assert broken_link(manifest(landing), FEED, WINDOW) == ""


@pytest.mark.parametrize("victim", [0, 1, 2])
def test_a_changed_line_is_named(landing: Landing, victim: int) -> None:
    for data in (b"one", b"two", b"three"):
        landing.land(FEED, WINDOW, parcel(data), "run-1")
    lines = manifest(landing).read_text().splitlines()
    content = json.loads(lines[victim])
    lines[victim] = json.dumps({**content, "received_at": "2020-01-01T00:00:00+08:00"})
    manifest(landing).write_text("\n".join(lines) + "\n")
    assert f"line {victim + 1}:" in broken_link(manifest(landing), FEED, WINDOW)


def test_a_dropped_or_moved_line_is_named(landing: Landing) -> None:
    for data in (b"one", b"two", b"three"):
        landing.land(FEED, WINDOW, parcel(data), "run-1")
    lines = manifest(landing).read_text().splitlines()
    manifest(landing).write_text("\n".join([lines[0], lines[2]]) + "\n")
    assert "line 2" in broken_link(manifest(landing), FEED, WINDOW)
    assert "prev" in broken_link(manifest(landing), FEED, "2026-11")


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cut=st.integers(min_value=1, max_value=200))
def test_a_torn_last_line_is_cut_off_by_the_next_writer(landing: Landing, cut: int) -> None:
    landing.land(FEED, WINDOW, parcel(b"one"), "run-1")
    whole = manifest(landing).read_bytes()
    kept = whole[: whole.rfind(b"\n", 0, -1) + 1]
    before = len(landing.entries(FEED, WINDOW))
    manifest(landing).write_bytes(whole[: max(len(kept), len(whole) - cut)])
    assert len(landing.entries(FEED, WINDOW)) == before - 1
    landing.land(FEED, WINDOW, parcel(b"again"), "run-2")
    assert broken_link(manifest(landing), FEED, WINDOW) == ""


def test_damage_before_the_end_is_never_repaired_in_silence(landing: Landing) -> None:
    landing.land(FEED, WINDOW, parcel(b"one"), "run-1")
    with manifest(landing).open("ab") as handle:
        handle.write(b"not a line\n")
    with pytest.raises(ManifestError):
        landing.entries(FEED, WINDOW)
    with pytest.raises(ManifestError):
        landing.land(FEED, WINDOW, parcel(b"two"), "run-2")


def test_writers_of_one_window_take_turns(landing: Landing) -> None:
    others = [Landing(landing.root) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: others[n % 4].land(FEED, WINDOW, parcel(f"{n % 10}".encode()), "r"), range(60)))
    assert [e.seq for e in landing.entries(FEED, WINDOW)] == list(range(1, 61))
    assert broken_link(manifest(landing), FEED, WINDOW) == ""


WRITER = """
import sys
from pathlib import Path
from spark_jobs.ingest.landing import Delivery, Landing
landing, n = Landing(Path(sys.argv[1])), 0
while True:
    landing.land("reporting.energy_monthly", "2026-10", Delivery(b"%d" % n * 2000, "text/csv", "", "GET /x"), "killed")
    n += 1
    print(n, flush=True)
"""


def test_kill_9_leaves_only_whole_payloads_and_a_chain_that_goes_on(landing: Landing) -> None:
    command = [sys.executable, "-c", WRITER, str(landing.root)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert writer.stdout is not None
    while int(writer.stdout.readline() or 10**6) < 25:
        pass
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    landing.land(FEED, WINDOW, parcel(b"after"), "run-2")
    entries = landing.entries(FEED, WINDOW)
    assert len(entries) >= 26
    assert broken_link(manifest(landing), FEED, WINDOW) == ""
    for entry in entries:
        assert sm3_hex(landing.read(FEED, WINDOW, entry.payload_sm3)) == entry.payload_sm3


def test_failures_stand_beside_the_manifest(landing: Landing) -> None:
    landing.note_failure(FEED, WINDOW, {"kind": "exhausted", "reason": "超时"})
    text = (landing.folder(FEED, WINDOW) / "failures.jsonl").read_text()
    assert json.loads(text) == {"kind": "exhausted", "reason": "超时"}


def test_find_by_hash_over_all_feeds(landing: Landing) -> None:
    entry = landing.land("ship_energy.voyage", "2026-09", parcel(b"x"), "r")
    found = landing.find(entry.payload_sm3)
    assert found is not None
    assert found.read_bytes() == b"x"
    assert landing.find("0" * 64) is None
