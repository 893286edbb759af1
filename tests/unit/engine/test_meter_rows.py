"""Meter readings from bronze's files to hours: clocks set, late rows in place, refusals told, every row counted."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spark_jobs.engine import meter_rows
from spark_jobs.engine.meter_kernel import Payloads, Register, Work
from spark_jobs.models.counter import Meters

DAY = datetime(2026, 11, 20)
REGISTER = Register(
    ("M1", "M2"), ("E1", "E1"), ("electricity", "water"), ("kWh", "t"),
    Meters(np.array([10.0, 1.0]), np.array([1e6, 1e6]), np.array([6000.0, 600.0])),
)  # fmt: skip


def files_of_two_hours(drift_s=0):
    """(payload, slot, rows) of 24 files; M1 counts 1 a minute, M2 2 a minute with a clock that is off."""
    for number in range(24):
        slot = DAY + timedelta(minutes=5 * number)
        rows = []
        for minute in range(5 * number, 5 * number + 5):
            at = DAY + timedelta(minutes=minute)
            rows.append(("M1", at, 100 + minute))
            rows.append(("M2", at + timedelta(seconds=drift_s), 500 + 2 * minute))
        yield f"p{number:02d}", slot, rows


def work(tmp_path, files, drop=(), extra=()):
    columns = {name: [] for name in ("meter_id", "read_at", "counter", "payload_sm3", "row_no", "extra_json")}
    payloads = []
    for sm3, slot, rows in files:
        payloads.append((sm3, int(np.datetime64(slot, "s").astype(np.int64))))
        texts = [(m, f"{at:%Y-%m-%d %H:%M:%S}", f"{value:.2f}") for m, at, value in rows]
        texts = [t for t in texts if (t[0], t[1][11:16]) not in drop] + [e[1:] for e in extra if e[0] == sm3]
        for row_no, (meter, at, value) in enumerate(texts, 1):
            values = (meter, at, value, sm3, row_no, None)
            for column, item in zip(columns.values(), values, strict=True):
                column.append(item)
    arrays = {k: pa.array(v, pa.int32() if k == "row_no" else pa.string()) for k, v in columns.items()}
    path = tmp_path / "part.parquet"
    pq.write_table(pa.table(arrays), path)
    sm3s, slots = zip(*payloads, strict=True)
    known = Payloads(sm3s, ("2026-11-20",) * len(sm3s), tuple(range(1, len(sm3s) + 1)), slots)
    result = meter_rows.rows_of(Work((str(path),), ("2026-11-20",), 0, 1), REGISTER, known).to_pylist()
    assert len(columns["row_no"]) == sum(
        r["rows_accepted"] + r["rows_duplicate"] + r["rows_quarantined"] for r in result if r["kind"] == "count"
    )
    return {kind: [r for r in result if r["kind"] == kind] for kind in ("hour", "refused", "count")}


def hour(result, meter, label):
    (row,) = [r for r in result["hour"] if (r["meter_id"], r["hour"]) == (meter, f"2026-11-20T{label}")]
    return row


def test_two_hours_by_hand(tmp_path):
    result = work(tmp_path, files_of_two_hours())
    first = hour(result, "M1", "00")
    assert first["quantity"] == pytest.approx(600.0)
    assert (first["readings"], first["covered_share"], first["estimated_quantity"]) == (60, 1.0, 0.0)
    assert first["payload_sm3s"] == [f"p{n:02d}" for n in range(12)]
    assert first["hour_start"].isoformat() == "2026-11-20T00:00:00+08:00"
    assert hour(result, "M2", "00")["quantity"] == pytest.approx(120.0)
    assert result["refused"] == []


@pytest.mark.parametrize("drift_s", [-570, -61, 45, 600])
def test_a_wrong_clock_changes_nothing(tmp_path, drift_s):
    result = work(tmp_path, files_of_two_hours(drift_s))
    assert hour(result, "M2", "00")["quantity"] == pytest.approx(120.0)
    assert hour(result, "M2", "00")["readings"] == 60
    assert hour(result, "M2", "00")["covered_share"] == 1.0


def test_late_rows_close_their_gap(tmp_path):
    late = [f"{m // 60:02d}:{m % 60:02d}" for m in range(20, 40)]
    extra = [("p20", "M1", f"2026-11-20 {t}:00", f"{100 + int(t[3:]):.2f}") for t in late]
    result = work(tmp_path, files_of_two_hours(), {("M1", t) for t in late}, extra)
    first = hour(result, "M1", "00")
    assert first["quantity"] == pytest.approx(600.0)
    assert (first["covered_share"], first["readings"]) == (1.0, 60)
    assert "p20" in first["payload_sm3s"]


def test_refused_readings_say_why(tmp_path):
    extra = [
        ("p03", "M1", "2026-11-20 00:16:30", "1O6.50"),
        ("p03", "M1", "2026-11-20 25:16:30", "106.50"),
        ("p03", "M9", "2026-11-20 00:16:30", "106.50"),
        ("p03", "M1", "2026-11-20 00:16:31", "-5"),
        ("p03", "M1", "2026-11-20 00:16:00", "116.00"),
    ]
    result = work(tmp_path, files_of_two_hours(), extra=extra)
    told = sorted((r["rule_ids"][0], r["field"], r["value"]) for r in result["refused"])
    assert told == [
        ("counter_out_of_range", "counter", "-5"),
        ("reference_meter_id", "meter_id", "M9"),
        ("type_counter", "counter", "1O6.50"),
        ("type_read_at", "read_at", "2026-11-20 25:16:30"),
    ]
    assert result["count"][0]["rows_duplicate"] == 1
    assert hour(result, "M1", "00")["quantity"] == pytest.approx(600.0)
