"""Missing months: who is missing, by which method, from what was known at the deadline, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest

from spark_jobs.accounting.accounts import activity_rsu
from spark_jobs.accounting.gap_filling import deadline, fill, month_shift, settings

LOCAL = ZoneInfo("Asia/Shanghai")
SECTOR = dict.fromkeys("ABCDE", "coach") | {"M": "metro"}
MONTHS = [month_shift("2025-01", i) for i in range(24)]


def known_at(month: str, day: int = 10) -> datetime:
    """A day of the month after."""
    after = month_shift(month, 1)
    return datetime(int(after[:4]), int(after[5:]), day, 12, tzinfo=LOCAL)


def report(
    code: str, month: str, quantity: float, known: datetime | None = None, until: datetime | None = None
) -> dict:
    return {
        "enterprise_code": code, "period": month, "activity_type": "diesel", "quantity": quantity, "unit": "t",
        "record_id": f"{code}-{month}-{quantity:g}", "known_from": known or known_at(month), "known_to": until,
    }  # fmt: skip


def world(missing: set[tuple[str, str]], **more: float) -> list[dict]:
    """A to E use 100, M uses 1000; 2026 is 10 % above 2025. The last row makes all deadlines pass."""
    rows = [
        report(c, m, (1000.0 if c == "M" else 100.0) * (1.1 if m >= "2026" else 1.0))
        for c in SECTOR for m in MONTHS if (c, m) not in missing
    ]  # fmt: skip
    return [*rows, report("A", "2026-12", 110.0, datetime(2027, 1, 20, tzinfo=LOCAL))]


def filled(rows: list[dict], months: list[str] | None = None) -> list[dict]:
    return fill(pa.Table.from_pylist(rows), SECTOR, months or MONTHS, 15).to_pylist()


def test_last_year_times_the_trend_of_the_peers() -> None:
    (found,) = filled(world({("B", "2026-05")}))
    assert (found["enterprise_code"], found["period"], found["method"]) == ("B", "2026-05", "gap_last_year_peers")
    assert found["quantity"] == pytest.approx(110.0)
    assert found["known_from"] == datetime(2026, 6, 16, tzinfo=LOCAL)  # the end of the 15th
    assert found["known_to"] is None
    peers = {f"{c}-{m}" for c in "ACDE" for m in ("2025-05-100", "2026-05-110")}
    assert set(found["source_record_ids"]) == {"B-2025-05-100"} | peers


def test_without_peers_its_own_trend() -> None:
    (found,) = filled(world({("M", "2026-05")}))
    assert (found["method"], found["quantity"]) == ("gap_last_year_own", pytest.approx(1100.0))


def test_in_the_first_year_the_newest_months_and_the_peers_course() -> None:
    rows = [
        r | {"quantity": r["quantity"] * (1.2 if r["period"] == "2025-05" else 1.0)} for r in world({("B", "2025-05")})
    ]
    (found,) = filled(rows)
    assert (found["method"], found["quantity"]) == ("gap_recent_peers", pytest.approx(120.0))
    (alone,) = filled(world({("M", "2025-05")}))
    assert (alone["method"], alone["quantity"]) == ("gap_own_mean", pytest.approx(1000.0))


def test_a_late_report_ends_its_estimate() -> None:
    late = datetime(2026, 7, 3, tzinfo=LOCAL)
    (found,) = filled([*world({("B", "2026-05")}), report("B", "2026-05", 90.0, late)])
    assert found["known_to"] == late
    assert found["quantity"] == pytest.approx(110.0)


def test_what_became_known_after_the_deadline_does_not_move_an_estimate() -> None:
    rows = world({("B", "2026-05")})
    later = datetime(2026, 9, 1, tzinfo=LOCAL)
    corrected = [r | {"known_to": later} if r["record_id"] == "B-2025-05-100" else r for r in rows]
    assert filled([*corrected, report("B", "2025-05", 500.0, later)]) == filled(rows)


def test_nothing_is_missing_before_its_deadline_has_passed() -> None:
    rows = [r for r in world({("B", "2026-12")}) if r["known_from"] <= datetime(2027, 1, 15, tzinfo=LOCAL)]
    assert filled(rows) == []
    assert len(filled([*rows, report("C", "2026-11", 1.0, datetime(2027, 1, 16, 1, tzinfo=LOCAL))])) == 1


def test_months_before_the_lake_s_first_receipts_are_no_gaps() -> None:
    rows = [r for r in world(set()) if r["period"] >= "2025-06"] + [report("A", "2025-02", 100.0)]
    assert filled(rows) == []


def test_who_never_reported_or_left_the_register_is_not_estimated() -> None:
    rows = [r for r in world(set()) if r["enterprise_code"] != "E"]
    assert filled(rows) == []
    gone = fill(
        pa.Table.from_pylist(world({("B", "2026-05")})), {c: s for c, s in SECTOR.items() if c != "B"}, MONTHS, 15
    )
    assert gone.num_rows == 0


def test_an_estimate_stays_within_the_enterprise_s_own_extremes() -> None:
    rows = [
        r | {"quantity": r["quantity"] * (9.0 if r["period"] == "2026-05" else 1.0)} for r in world({("B", "2026-05")})
    ]
    (found,) = filled(rows)
    assert found["quantity"] == pytest.approx(110.0 * settings().widen)


def test_the_same_whatever_the_order_and_the_months_asked_for() -> None:
    rows = world({("B", "2026-05"), ("M", "2026-03"), ("C", "2025-09")})
    whole = filled(rows)
    assert len(whole) == 3
    assert filled(rows[::-1]) == whole
    assert [r for m in MONTHS for r in filled(rows, [m])] == whole


def test_the_deadline_is_the_end_of_its_day() -> None:
    assert deadline("2026-12", 15) == datetime(2027, 1, 16, tzinfo=LOCAL)
    assert deadline("2026-12", 15) - timedelta(seconds=1) == datetime(2027, 1, 15, 23, 59, 59, tzinfo=LOCAL)


def test_the_stated_interval_holds_what_was_really_used() -> None:
    """Leave out each simulated report in turn: 95 % of the true values must lie within ±1.96 standard uncertainties."""
    from infra.upstream.reporting.rows import Rows
    from infra.upstream.world.model import World

    world_ = World(20241101, "full")
    everyone = [e for e in world_.enterprises if e.sector in ("coach", "port", "urban_passenger")]
    sector = {e.code: e.sector for e in everyone}
    rows, truth = Rows(world_), {}
    for e in everyone:
        for month in MONTHS:
            y, m = map(int, month.split("-"))
            truth[e.code, month] = rows.energy(e, "diesel", (y, m))["consumption"]
    last = datetime(2027, 2, 1, tzinfo=LOCAL)
    errors = []
    for e in everyone:
        month = MONTHS[12 + e.index % 12]
        table = [report(c, m, q) for (c, m), q in truth.items() if (c, m) != (e.code, month)]
        done = fill(pa.Table.from_pylist([*table, report(everyone[0].code, "2026-12", 1.0, last)]), sector, [month], 15)
        errors += [r["quantity"] / truth[e.code, month] - 1 for r in done.to_pylist() if r["enterprise_code"] == e.code]
    assert len(errors) == len(everyone)
    assert np.mean(np.abs(errors) <= 1.96 * activity_rsu()["estimated"]) >= 0.95
    assert np.median(np.abs(errors)) < 0.08
