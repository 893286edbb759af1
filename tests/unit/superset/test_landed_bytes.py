"""The passport page computes payload hashes again from landed bytes, and names those that changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from infra.crypto import sm3_hex
from superset_assets.runtime.landed_bytes import recompute

PAYLOADS = [b"one", b"two", b"three"]


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    folder = tmp_path / "landing" / "reporting" / "energy_monthly" / "2026-10"
    folder.mkdir(parents=True)
    for data in PAYLOADS:
        (folder / sm3_hex(data)).write_bytes(data)
    return tmp_path / "landing"


def record(data: bytes) -> dict[str, Any]:
    return {"feed": "reporting.energy_monthly", "receipt_window": "2026-10", "payload_sm3": sm3_hex(data)}


# Two lines that share a payload, and a line without records, as meters and models have.
PASSPORT = {"terms": [{"lines": [{"records": [record(PAYLOADS[0]), record(PAYLOADS[1])]}, {"records": []}]},
                      {"lines": [{"records": [record(PAYLOADS[1]), record(PAYLOADS[2])]}]}]}  # fmt: skip


def test_each_payload_is_read_once_and_agrees(landing: Path) -> None:
    outcome = recompute(PASSPORT, landing)
    assert (outcome.same, outcome.wrong, outcome.reachable) == (3, [], True)


def test_changed_and_missing_bytes_are_named(landing: Path) -> None:
    folder = landing / "reporting" / "energy_monthly" / "2026-10"
    (folder / sm3_hex(b"one")).write_bytes(b"one ")
    (folder / sm3_hex(b"three")).unlink()
    outcome = recompute(PASSPORT, landing)
    assert outcome.same == 1
    assert outcome.wrong == sorted([sm3_hex(b"one"), sm3_hex(b"three")])


def test_landing_on_another_machine_is_said(tmp_path: Path) -> None:
    assert not recompute(PASSPORT, tmp_path / "nowhere").reachable
