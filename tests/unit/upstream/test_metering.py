"""Meters: counters that only grow where nothing was planted, and each planted thing in its place."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from infra.upstream.metering.curve import MINUTES, Curve, day_number
from infra.upstream.metering.register import COLUMNS, build_meters, medium_total, register_csv
from infra.upstream.metering.source import FILE_MINUTES, HEADER, MeteringSource
from infra.upstream.rates import load_rates
from infra.upstream.world.model import World
from tests.unit.upstream.conftest import SEED
from tests.unit.upstream.guide import within_binomial

DAY = date(2026, 11, 20)
Row = tuple[str, str, str, str]


def files(source: MeteringSource, day: date) -> list[list[Row]]:
    return [rows_of(source.file_text(day, minute)) for minute in range(0, MINUTES, FILE_MINUTES)]


def rows_of(text: str) -> list[Row]:
    lines = text.splitlines()
    assert lines[0] == HEADER
    return [tuple(line.split(",")) for line in lines[1:]]


@pytest.fixture(scope="module")
def quiet(small: World, no_faults: dict[str, Any]) -> MeteringSource:
    return MeteringSource(small, no_faults["metering"])


@pytest.fixture(scope="module")
def faulty(small: World, many_faults: dict[str, Any]) -> MeteringSource:
    return MeteringSource(small, many_faults["metering"])


def test_the_register_has_700_meters_of_59_enterprises(full: World) -> None:
    meters = build_meters(full)
    assert len(meters) == 700 and len({m.enterprise.code for m in meters}) == 59
    assert {m.medium for m in meters} == {"electricity", "natural_gas", "water", "heat", "cooling", "diesel"}
    shares: Counter[tuple[str, str]] = Counter()
    for m in meters:
        shares[m.enterprise.code, m.medium] += m.share
    assert min(shares.values()) > 0 and max(shares.values()) < 1
    lines = register_csv(meters, SEED, DAY).splitlines()
    assert lines[0] == COLUMNS and len(lines) == 701


def test_a_month_of_a_meter_is_its_share_of_the_enterprise_s_month(small: World, quiet: MeteringSource) -> None:
    curve: Curve = quiet.counters.curve
    start = curve.energy(date(2026, 9, 1), np.array([0]))[:, 0]
    stop = curve.energy(date(2026, 10, 1), np.array([0]))[:, 0]
    for i, m in enumerate(quiet.meters):
        wanted = medium_total(small, m.enterprise, m.medium, 2026, 9) * m.share
        assert stop[i] - start[i] == pytest.approx(wanted, rel=1e-9)


def test_counters_only_grow_and_stay_below_the_rate_where_nothing_is_planted(full: World) -> None:
    source = MeteringSource(full, load_rates(None)["metering"] | {"reset": 0.0})
    for day in (date(2023, 1, 1), date(2025, 7, 31), DAY):
        shown = source.counters.unrolled(day, np.arange(MINUTES + 1))
        step = np.diff(shown, axis=1)
        assert step.min() >= 0
        rate = step * source.counters.multiplier[:, None] * 60.0
        assert (rate / source.counters.max_rate[:, None]).max() < 0.6
    following = source.counters.unrolled(DAY + timedelta(days=1), np.array([0]))[:, 0]
    assert following == pytest.approx(shown[:, -1], abs=1e-5)


def test_a_quiet_day_has_every_minute_of_every_meter_once(quiet: MeteringSource) -> None:
    rows = [row for rows in files(quiet, DAY) for row in rows]
    assert len(rows) == len(set(rows)) == len(quiet.meters) * MINUTES
    by_meter: dict[str, list[tuple[str, float]]] = {}
    for meter, stamp, counter, _ in rows:
        by_meter.setdefault(meter, []).append((stamp, float(counter)))
    for m in quiet.meters:
        values = [v for _, v in by_meter[m.meter_id]]
        falls = [b - a for a, b in itertools.pairwise(values) if b < a]
        assert len(falls) <= 1 and all(-fall > 0.98 * m.rollover for fall in falls)
        assert by_meter[m.meter_id] == sorted(by_meter[m.meter_id], key=lambda r: r[0])


def test_files_do_not_depend_on_the_order_of_questions(small: World, many_faults: dict[str, Any]) -> None:
    first, second = (MeteringSource(World(SEED, "small"), many_faults["metering"]) for _ in range(2))
    asked = [(date(2025, 3, 1), 55), (DAY, 600), (date(2023, 1, 2), 0), (DAY, 605), (date(2024, 2, 29), 1435)]
    forward = {q: first.file_text(*q) for q in asked}
    backward = {q: second.file_text(*q) for q in reversed(asked)}
    assert forward == backward


def test_what_is_missing_is_planted_and_what_is_late_arrives(faulty: MeteringSource) -> None:
    by_file = files(faulty, DAY) + files(faulty, DAY + timedelta(days=1))[: 12 * 12]
    found = faulty.day_faults(DAY)
    assert found.gaps and found.late
    position = {m.meter_id: i for i, m in enumerate(faulty.meters)}
    arrived: dict[tuple[int, str], int] = {}
    for number, rows in enumerate(by_file):
        for meter, stamp, _, _ in rows:
            arrived.setdefault((position[meter], stamp), number)
    for m in range(len(faulty.meters)):
        if found.clock_s[m]:
            continue
        for minute in range(MINUTES):
            stamp = f"{DAY} {minute // 60:02d}:{minute % 60:02d}:00"
            in_gap = any(s.meter == m and s.start <= minute < s.stop for s in found.gaps)
            late = [s for s in found.late if s.meter == m and s.start <= minute < s.stop]
            assert ((m, stamp) in arrived) != in_gap
            if not in_gap:
                assert arrived[m, stamp] == (late[0].arrives if late else minute) // FILE_MINUTES


def test_each_bad_row_in_the_files_is_in_the_truth(faulty: MeteringSource) -> None:
    truth = [t for t in faulty.truth(DAY) if "read_at" in t["business_key"] and t["kind"] != "reset"]
    wanted = {(t["business_key"]["meter_id"], t["business_key"]["read_at"]): t for t in truth}
    limits = {m.meter_id: m.rollover for m in faulty.meters}
    seen = Counter((row[0], row[1]) for rows in files(faulty, DAY) for row in rows)
    late = {(t["business_key"]["meter_id"]) for t in faulty.truth(DAY) if t["kind"] == "late"}
    odd = 0
    for rows in files(faulty, DAY):
        for meter, stamp, counter, _ in rows:
            try:
                bad = not 0 <= float(counter) < limits[meter]
            except ValueError:
                bad = True
            if bad and stamp.startswith(str(DAY)):
                odd += 1
                assert wanted[meter, stamp]["kind"] in ("malformed", "impossible", "unit_slip")
    assert odd > 50
    for (meter, stamp), line in wanted.items():
        if line["kind"] == "duplicate" and meter not in late:
            assert seen[meter, stamp] == 2


def test_stuck_counters_stand_still(faulty: MeteringSource) -> None:
    for back in range(30):
        day = DAY - timedelta(days=back)
        for span in faulty.day_faults(day).stuck:
            shown = faulty._shown(day, np.arange(span.start, span.stop))[span.meter]
            assert len(set(shown.tolist())) == 1 and len(shown) >= 31
            return
    raise AssertionError("no stuck counter in 30 days at ten times the default rate")


@pytest.mark.parametrize("kind", ["gap", "stuck", "late"])
def test_spans_have_the_stated_rate(full: World, many_faults: dict[str, Any], kind: str) -> None:
    source = MeteringSource(full, many_faults["metering"])
    days = [source.faults.of_day(DAY - timedelta(days=i)) for i in range(20)]
    spans = {"gap": [d.gaps for d in days], "stuck": [d.stuck for d in days], "late": [d.late for d in days]}[kind]
    within_binomial(sum(len(s) for s in spans), 700 * 20, source.rates[kind])


def test_resets_have_the_stated_rate_and_start_at_zero(full: World, many_faults: dict[str, Any]) -> None:
    source = MeteringSource(full, many_faults["metering"])
    resets = source.counters.resets_of_month((2026, 10))
    chance = 1 - (1 - source.rates["reset"]) ** 31
    within_binomial(len(resets), 700, chance)
    for i, day, minute in resets[:10]:
        assert source.counters.show_one(i, day, minute) == 0.0
        assert source.counters.show(day, np.array([minute]))[i, 0] == 0.0
        after = source.counters.show(day + timedelta(days=1), np.array([0]))[i, 0]
        assert 0 <= after < 0.2 * source.meters[i].rollover


def test_single_row_faults_have_the_stated_rate(full: World, many_faults: dict[str, Any]) -> None:
    source = MeteringSource(full, many_faults["metering"])
    chances = source.faults.row_chances(DAY, np.arange(MINUTES))
    within_binomial(
        int((chances < source.faults.share_of_bad_rows()).sum()), chances.size, source.faults.share_of_bad_rows()
    )
    kinds = Counter(source.faults.row_kind(float(c)) for c in chances[chances < source.faults.share_of_bad_rows()])
    for kind in ("malformed", "impossible", "unit_slip", "jump", "duplicate"):
        within_binomial(kinds[kind], chances.size, source.rates[kind])
    assert day_number(date(2023, 1, 1)) == 0
