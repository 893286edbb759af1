"""A receipt promises what silver does: the rows it accepts are the rows that silver keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from infra import settings as settings_module
from spark_jobs.contracts import contract
from spark_jobs.engine import silver_sql
from spark_jobs.engine.bronze import rows_of
from spark_jobs.ingest.landing import Delivery, Landing
from spark_jobs.ingest.row_verdicts import connection
from spark_jobs.ingest.submission import submit

FEED = contract("reporting.energy_monthly")
NEEDED = ("enterprise_code", "period", "energy_code", "unit", "opening_stock", "purchased", "resold", "closing_stock",
          "consumption", "use_transport", "use_production", "use_other")  # fmt: skip
GOOD = ("91310000123456789X", "2026-10", "diesel", "t", "1", "2", "0", "1", "2", "1.5", "0.5", "0")
ODD = (
    "", " ", "NA", "-0", "-1", "+2", "2.", ".5", "1e3", "1e99", "1e400", "１２", "1,000", "1_000", "0x10", "NaN",
    "Infinity", "2d", "2026-13", "2026-1", "2026-10-01", "柴油", "DIESEL", "吨", "true", "'", '"', "\\", "--",
    "\u00a02", "９" * 40, "9" * 40,
)  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Landing]:
    monkeypatch.setenv("LAKE_HOME", str(tmp_path))
    monkeypatch.setenv("LAKE_NOW", "2026-11-22T08:00:00+08:00")
    settings_module.settings.cache_clear()
    yield Landing(tmp_path / "landing")
    settings_module.settings.cache_clear()


def bronze_of(place: Landing, window: str) -> pa.Table:
    """Bronze rows of all that was landed in a window, in the order of arrival."""
    return pa.Table.from_batches([
        rows_of(FEED, {
            "path": str(place.folder(FEED.feed, window) / entry.payload_sm3), "payload_sm3": entry.payload_sm3,
            "receipt_window": window, "media_type": entry.media_type, "charset": entry.charset,
            "received_at": entry.received_at,
        })
        for entry in place.entries(FEED.feed, window)
    ])  # fmt: skip


def table() -> list[tuple[str, ...]]:
    """Good rows of different months, and one row for every odd value in every field."""
    rows = [(*GOOD[:1], f"2025-{month:02}", *GOOD[2:]) for month in range(1, 13)]
    for place, _ in enumerate(GOOD):
        for number, odd in enumerate(ODD):
            row = [f"{number:02}{place:02}00123456789X00"[:18], *GOOD[1:]]
            row[place] = odd
            rows.append(tuple(row))
    return rows


def test_the_same_rows_are_accepted(place: Landing, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text(json.dumps([dict(zip(NEEDED, row, strict=True)) for row in table()]), encoding="utf-8")
    receipt = submit(FEED, file, place)
    with connection() as opened:
        opened.register("bronze", bronze_of(place, receipt.window))
        opened.execute(f"CREATE TABLE keyed AS {silver_sql.keyed_select(FEED, 'bronze', {})}")
        opened.execute(f"CREATE TABLE judged AS {silver_sql.classified_select(FEED, 'keyed')}")
        kept = {row for (row,) in opened.execute("SELECT row_no FROM judged WHERE LEN(failed) = 0").fetchall()}
        folded = opened.execute("SELECT COUNT(*) FROM bronze").fetchone()
    refused = {refusal.row for refusal in receipt.refusals}
    assert folded == (receipt.rows,)
    assert kept == set(range(1, receipt.rows + 1)) - refused
    assert len(kept) == receipt.accepted
    assert 12 < receipt.accepted < receipt.rows


def report(consumption: str, **more: object) -> dict[str, object]:
    row = dict(zip(NEEDED, GOOD, strict=True)) | {"consumption": consumption, "use_transport": consumption}
    return row | {"purchased": consumption, "use_production": "0"} | more


def platform(version: int, status: str, at: str) -> dict[str, object]:
    return report(str(version), status=status, version=version, updated_at=f"{at}T08:00:00+08:00")


def clock(monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    monkeypatch.setenv("LAKE_NOW", f"{at}T08:00:00+08:00")
    settings_module.settings.cache_clear()


def courses(bronze: pa.Table) -> list[tuple[str, str, str | None]]:
    """Status, known_from and known_to of the one key's good versions, as days, by known_from."""
    with connection() as opened:
        opened.register("bronze", bronze)
        opened.execute("SET TimeZone = 'Asia/Shanghai'")
        opened.execute(f"CREATE TABLE keyed AS {silver_sql.keyed_select(FEED, 'bronze', {})}")
        judged = silver_sql.classified_select(FEED, "keyed")
        day = "STRFTIME({0}, '%m-%d')".format
        return opened.execute(
            f"SELECT status, {day('known_from')}, {day('known_to')} FROM ({judged}) WHERE LEN(failed) = 0 "
            "ORDER BY known_from, version_no"
        ).fetchall()


def test_the_platforms_later_versions_take_over_from_a_submitted_file(
    place: Landing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Platform 报送 on the 10th; a file on the 12th calls itself 审定; platform 审核 on the 20th, 审定 on the 25th."""
    clock(monkeypatch, "2026-11-12")
    file = tmp_path / "report.json"
    file.write_text(json.dumps([report("7", status="审定", version=9, updated_at="2020-01-01")]), encoding="utf-8")
    receipt = submit(FEED, file, place)
    assert (receipt.accepted, len(receipt.warnings)) == (1, 3)
    submitted = bronze_of(place, "2026-11")
    clock(monkeypatch, "2026-11-30")
    steps = [(1, "报送", "2026-11-10"), (2, "审核", "2026-11-20"), (3, "审定", "2026-11-25")]
    data = json.dumps({"data": [platform(*step) for step in steps], "next_cursor": None}).encode()
    place.land(FEED.feed, "2026-11", Delivery(data, "application/json", "utf-8", "GET"), "test")
    whole = bronze_of(place, "2026-11")
    expected = [
        ("submitted", "11-10", "11-12"),
        ("submitted", "11-12", "11-20"),
        ("reviewed", "11-20", "11-25"),
        ("approved", "11-25", None),
    ]
    assert whole.num_rows == 4
    assert courses(whole) == expected
    assert courses(whole.take(list(range(whole.num_rows))[::-1])) == expected
    assert courses(pa.concat_tables([whole, submitted])) == expected, "the same receipt twice is folded"


def test_among_the_platforms_versions_the_number_decides(place: Landing) -> None:
    """Version 2 bears an earlier time than version 1: it is the newer one all the same, with and without a file."""
    data = json.dumps({"data": [platform(1, "报送", "2026-11-10"), platform(2, "审核", "2026-11-09")]}).encode()
    place.land(FEED.feed, "2026-11", Delivery(data, "application/json", "utf-8", "GET"), "test")
    assert courses(bronze_of(place, "2026-11")) == [("reviewed", "11-09", None), ("submitted", "11-10", "11-09")]
