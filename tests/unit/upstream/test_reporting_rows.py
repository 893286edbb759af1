"""Reporting records: determinism, the guide's bounds, versions, and what was planted."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from infra.upstream.clock import epoch_of
from infra.upstream.reporting.schedule import STATUSES, due_time
from infra.upstream.reporting.source import FEEDS, KEYS, MONTHLY, ReportingSource
from infra.upstream.world.model import World
from tests.unit.upstream.conftest import SEED
from tests.unit.upstream.guide import reporting_findings, within_binomial

WINDOW = (epoch_of(2026, 3), epoch_of(2026, 6))


def all_rows(
    source: ReportingSource, resource: str, window: tuple[int, int] = WINDOW
) -> list[tuple[Any, dict[str, Any]]]:
    return [(event, source.render(resource, event)[0]) for event in source.index[resource].window(*window)]


def test_the_full_register_is_the_tender_s(full: World) -> None:
    sectors = Counter(e.sector for e in full.enterprises)
    assert len(full.enterprises) == 141 and len(sectors) == 9
    assert sum(e.metered for e in full.enterprises) == 59
    wanted = {"aviation": 8, "airport": 2, "railway": 1, "metro": 2, "port": 9, "shipping": 55, "urban_passenger": 15}
    assert {s: sectors[s] for s in wanted} == wanted
    assert len({e.code for e in full.enterprises}) == len({e.name for e in full.enterprises}) == 141
    assert all(e.name.endswith("（虚构）" if e.invented else "（模拟数据）") for e in full.enterprises)


def test_an_answer_does_not_depend_on_what_was_asked_before(small: World, many_faults: dict[str, Any]) -> None:
    first = ReportingSource(World(SEED, "small"), many_faults["reporting"])
    months = [(y, m) for y in (2024, 2025, 2026) for m in range(1, 11)]
    random.Random(3).shuffle(months)
    for year, month in months:
        for resource in FEEDS:
            first.index[resource].window(epoch_of(year, month), epoch_of(year, month + 1))
    second = ReportingSource(small, many_faults["reporting"])
    for resource in FEEDS:
        assert all_rows(first, resource) == all_rows(second, resource) != []


def test_a_range_asks_the_same_as_its_months(small: World, many_faults: dict[str, Any]) -> None:
    source = ReportingSource(small, many_faults["reporting"])
    whole = source.index["energy-reports"].window(*WINDOW)
    parts = [source.index["energy-reports"].window(epoch_of(2026, m), epoch_of(2026, m + 1)) for m in (3, 4, 5)]
    assert whole == [event for part in parts for event in part]


@pytest.mark.parametrize("resource", MONTHLY)
def test_nothing_breaks_the_guide_where_nothing_was_planted(quiet_reporting: ReportingSource, resource: str) -> None:
    rows = [row for _, row in all_rows(quiet_reporting, resource, (epoch_of(2025, 11), epoch_of(2026, 4)))]
    assert len(rows) > 2000
    assert [r for r in rows if reporting_findings(resource, r)] == []


@pytest.mark.parametrize("resource", MONTHLY)
def test_the_guide_finds_what_was_planted_and_nothing_else(faulty_reporting: ReportingSource, resource: str) -> None:
    source = faulty_reporting
    kinds = ("malformed", "impossible", "unit_slip", "broken_identity")
    truth = [t for t in source.truth(*WINDOW) if t["feed"] == FEEDS[resource] and t["kind"] in kinds]
    names = KEYS[resource]
    planted = {(*(t["business_key"][n] for n in names), t["version"]) for t in truth}
    found = {
        (*(row[n] for n in names), row["version"])
        for _, row in all_rows(source, resource)
        if reporting_findings(resource, row)
    }
    assert len(planted) > 100
    assert found == planted
    assert all(t["severity_ratio"] is None or t["severity_ratio"] > 1 for t in truth)


def test_versions_follow_the_course_of_the_status(small: World, many_faults: dict[str, Any]) -> None:
    source = ReportingSource(small, many_faults["reporting"])
    by_record: dict[str, list[Any]] = {}
    for event, row in all_rows(source, "energy-reports", (epoch_of(2023, 2), epoch_of(2026, 11))):
        if not event.copy:
            by_record.setdefault(row["record_id"], []).append((row["version"], row["status"], event.updated_at))
    complete = [v for v in by_record.values() if len(v) >= 4]
    assert len(complete) > 500
    for versions in complete:
        assert [v[0] for v in versions] == list(range(1, len(versions) + 1))
        assert [v[1] for v in versions] == [STATUSES[i % 4] for i in range(len(versions))]
        assert [v[2] for v in versions] == sorted(v[2] for v in versions)
    assert any(len(v) == 8 for v in complete)


def test_corrections_come_within_18_months(small: World, many_faults: dict[str, Any]) -> None:
    source = ReportingSource(small, many_faults["reporting"])
    events = source.index["energy-reports"].window(epoch_of(2023, 2), epoch_of(2026, 11))
    ages = [(e.updated_at - due_time(e.ref[1])) / 86_400 / 30.44 for e in events if e.version == 5]
    assert len(ages) > 50 and 12 < max(ages) < 21 and min(ages) > 0


def test_late_missing_and_corrected_shares_are_the_stated_ones(faulty_reporting: ReportingSource) -> None:
    source, rates = faulty_reporting, faulty_reporting.rates
    months = [(y, m) for y in (2023, 2024, 2025) for m in range(1, 13)]
    submitted = [source.submission(e, month) for e in source.world.enterprises for month in months]
    within_binomial(sum(s is None for s in submitted), len(submitted), rates["missing"])
    present = [s for s in submitted if s is not None]
    within_binomial(sum(s.late for s in present), len(present), rates["late"])
    assert all((s.times[0] > s.due) == s.late for s in present)


@pytest.mark.parametrize("kind", ["malformed", "impossible", "unit_slip", "broken_identity"])
def test_content_faults_have_the_stated_rate(faulty_reporting: ReportingSource, kind: str) -> None:
    events = faulty_reporting.index["energy-reports"].window(*WINDOW)
    first = [e for e in events if e.version == 1 and not e.copy]
    planted = [faulty_reporting.render("energy-reports", e)[1] for e in first]
    seen = sum(p is not None and p.kind == kind for p in planted)
    within_binomial(seen, len(first), faulty_reporting.rates[kind])


def test_duplicates_are_whole_copies_at_the_stated_rate(faulty_reporting: ReportingSource) -> None:
    source = faulty_reporting
    events = source.index["activity-reports"].window(*WINDOW)
    copies = [e for e in events if e.copy]
    within_binomial(len(copies), len(events) - len(copies), source.rates["duplicate"])
    for copy in copies[:50]:
        original = copy._replace(copy=0)
        assert source.render("activity-reports", copy)[0] == source.render("activity-reports", original)[0]
