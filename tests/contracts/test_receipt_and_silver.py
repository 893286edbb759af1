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
from spark_jobs.ingest.landing import Landing
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
    (entry,) = place.entries(FEED.feed, receipt.window)
    payload = {
        "path": str(place.folder(FEED.feed, receipt.window) / entry.payload_sm3), "payload_sm3": entry.payload_sm3,
        "receipt_window": receipt.window, "media_type": entry.media_type, "charset": entry.charset,
        "received_at": entry.received_at,
    }  # fmt: skip
    with connection() as opened:
        opened.register("bronze", pa.Table.from_batches([rows_of(FEED, payload)]))
        opened.execute(f"CREATE TABLE keyed AS {silver_sql.keyed_select(FEED, 'bronze', {})}")
        opened.execute(f"CREATE TABLE judged AS {silver_sql.classified_select(FEED, 'keyed')}")
        kept = {row for (row,) in opened.execute("SELECT row_no FROM judged WHERE LEN(failed) = 0").fetchall()}
        folded = opened.execute("SELECT COUNT(*) FROM bronze").fetchone()
    refused = {refusal.row for refusal in receipt.refusals}
    assert folded == (receipt.rows,)
    assert kept == set(range(1, receipt.rows + 1)) - refused
    assert len(kept) == receipt.accepted
    assert 12 < receipt.accepted < receipt.rows
