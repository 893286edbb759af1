"""The fleet bench's verdicts: by hand, on figures that meet an aim, miss it, or are not there."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.bench.fleet import aims, minute
from tests.unit.engine.fleet.tracks import landed, track

FIGURES = {
    "kernel_20": {"rows": 20_000_000, "seconds": 2.0, "decode_s": 0.5},
    "end_parquet_10": {"rows": 10_000_000, "seconds": 4.0, "peak_mb": 2048.0},
    "end_parquet_20": {"rows": 20_000_000, "seconds": 10.0, "peak_mb": 3072.0},
    "DuckDB, one query": {"kernel_times": 9.0},
    "DuckDB, a few files a query": {"kernel_times": 3.5},
}


def told(what: str) -> str:
    (line,) = [line for line in aims.lines(FIGURES) if line[:58].rstrip() == what]
    return line


@pytest.mark.parametrize(
    "what, value, verdict",
    [
        ("kernel in Spark", "10.00", "MISSED"),
        ("kernel in Spark, share of mere decoding", "0.25", "MISSED"),
        ("kernel in Spark over DuckDB's best query", "3.50", "MISSED"),  # the faster of its two ways counts
        ("end to end from Parquet", "2.00", "met"),
        ("peak memory, end to end", "3.00", "met"),
        ("peak memory, largest over smallest run", "1.50", "MISSED"),
        ("seconds a row end to end, largest over smallest run", "1.25", "MISSED"),
    ],
)
def test_verdicts(what: str, value: str, verdict: str) -> None:
    assert told(what).split()[-2:] == [value, verdict]


def test_what_was_not_measured_is_told() -> None:
    assert told("fleet fuel against truth, every fix").endswith("not measured in this run")
    assert told("kernel in Spark over Spark window functions").endswith("not measured in this run")
    assert "not measured" in told("seconds a row of the kernel, largest over smallest run")


def test_a_minutes_file_holds_as_many_positions_as_a_fleet_sends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(minute, "FLEET", 30)
    files = [
        landed(tmp_path, f"2026-11-20T{hour}", track(1, 3600 * int(hour), [50.0] * 40)) for hour in ("08", "10", "12")
    ]
    path = minute.made(files, tmp_path / "minute")
    assert len(pq.read_table(path)) == 60
    assert path.name == "positions-2026-11-20T10-59-g0.parquet"
    assert len(pq.read_table(minute.made(files[:1], tmp_path / "minute"))) == 40  # no more than there is
