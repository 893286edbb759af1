"""Verification of landing: whole when untouched; otherwise the first broken link is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.crypto import sm3_hex
from spark_jobs.ingest.landing import Delivery, Landing
from spark_jobs.provenance.chains import broken_chains, chain_count, chain_heads, verify_chains

FEED = "reporting.energy_monthly"


@pytest.fixture
def filled(landing: Landing) -> Landing:
    for window in ("2026-09", "2026-10"):
        for number in range(3):
            landing.land(FEED, window, Delivery(f"{window} {number}".encode(), "text/csv", "", "GET /x"), "run")
    landing.land(FEED, "2026-10", Delivery(b"2026-10 1", "text/csv", "", "GET /x"), "run")
    return landing


def folder(landing: Landing) -> Path:
    return landing.folder(FEED, "2026-10")


def payload(landing: Landing, number: int) -> Path:
    return folder(landing) / sm3_hex(f"2026-10 {number}".encode())


def test_untouched_landing_is_whole(filled: Landing) -> None:
    report = verify_chains(filled)
    assert (report.windows, report.deliveries, report.payloads, report.bytes) == (2, 7, 6, 54)
    assert report.is_whole


def test_a_changed_payload_is_named_by_its_line(filled: Landing) -> None:
    payload(filled, 1).chmod(0o644)
    payload(filled, 1).write_bytes(b"2026-10 X")
    (broken,) = verify_chains(filled).broken
    assert (broken.feed, broken.window, broken.line) == (FEED, "2026-10", 2)
    assert "SM3 不符" in broken.reason_zh
    ((place, text),) = broken_chains(filled)
    assert place == f"{FEED} 2026-10"
    assert text.startswith(f"{FEED} 2026-10, line 2: ")
    assert chain_count(filled) == 2


def test_a_missing_and_a_cut_payload_are_named(filled: Landing) -> None:
    payload(filled, 2).unlink()
    assert "缺失" in verify_chains(filled).broken[0].reason_zh
    payload(filled, 0).chmod(0o644)
    payload(filled, 0).write_bytes(b"2026")
    assert "应为 9 字节，实为 4 字节" in verify_chains(filled).broken[0].reason_zh


def test_a_changed_manifest_line_is_named(filled: Landing) -> None:
    path = folder(filled) / "manifest.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([lines[0], lines[1].replace("GET /x", "GET /y"), *lines[2:]]))
    (broken,) = verify_chains(filled).broken
    assert (broken.window, broken.line) == ("2026-10", 2)


def test_a_stray_file_breaks_nothing(filled: Landing) -> None:
    (folder(filled) / sm3_hex(b"stray")).write_bytes(b"stray")
    assert verify_chains(filled).is_whole


def test_heads_move_with_every_delivery(filled: Landing) -> None:
    before = chain_heads(filled)
    filled.land(FEED, "2026-10", Delivery(b"new", "text/csv", "", "GET /x"), "run")
    after = chain_heads(filled)
    assert before[f"{FEED} 2026-09"] == after[f"{FEED} 2026-09"]
    assert before[f"{FEED} 2026-10"] != after[f"{FEED} 2026-10"]
    assert chain_heads(filled, day="2026-11-21") == {}
