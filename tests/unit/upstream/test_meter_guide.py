"""The metering guide's rules, read by a plain detector, find single bad readings and nothing else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from infra.upstream.metering.curve import MINUTES
from infra.upstream.metering.register import Meter
from infra.upstream.metering.source import FILE_MINUTES, MeteringSource
from infra.upstream.world.model import World

DAYS = (date(2026, 11, 19), date(2026, 11, 20))
SINGLE = ("malformed", "impossible", "unit_slip", "jump")
Series = dict[str, list[tuple[str, float]]]


@pytest.fixture(scope="module")
def source(small: World, many_faults: dict[str, Any]) -> MeteringSource:
    return MeteringSource(small, many_faults["metering"])


def series_of(source: MeteringSource) -> tuple[Series, set[tuple[str, str]]]:
    """Usable readings by meter in the order of their clocks, and the (meter, clock) of unusable ones."""
    limits = {m.meter_id: m.rollover for m in source.meters}
    found: dict[str, dict[str, float]] = {m: {} for m in limits}
    bad: set[tuple[str, str]] = set()
    for day in (*DAYS, DAYS[-1] + timedelta(days=1)):
        for minute in range(0, MINUTES, FILE_MINUTES):
            for line in source.file_text(day, minute).splitlines()[1:]:
                meter, stamp, counter, _ = line.split(",")
                try:
                    value = float(counter)
                except ValueError:
                    value = -1.0
                if 0 <= value < limits[meter]:
                    found[meter][stamp] = value
                else:
                    bad.add((meter, stamp))
    return {m: sorted(readings.items()) for m, readings in found.items()}, bad


def fits(meter: Meter, a: tuple[str, float], b: tuple[str, float]) -> bool:
    """Whether a counter can go from one reading to another."""
    hours = (datetime.fromisoformat(b[0]) - datetime.fromisoformat(a[0])).total_seconds() / 3600
    step = b[1] - a[1]
    if a[1] > 0.99 * meter.rollover and b[1] < 0.01 * meter.rollover:
        step += meter.rollover
    return -1e-9 <= step <= meter.max_rate * hours / meter.multiplier + 0.02


def test_a_plain_detector_finds_single_bad_readings_and_nothing_else(source: MeteringSource) -> None:
    series, bad = series_of(source)
    for meter in source.meters:
        points = series[meter.meter_id]
        for before, here, after in zip(points, points[1:], points[2:], strict=False):
            if not fits(meter, before, here) and not fits(meter, here, after) and fits(meter, before, after):
                bad.add((meter.meter_id, here[0]))
    truth = [line for day in DAYS for line in source.truth(day)]
    planted = {
        (line["business_key"]["meter_id"], line["business_key"]["read_at"]): line
        for line in truth
        if line["kind"] in SINGLE
    }
    in_days = {key for key in bad if key[1][:10] in {str(day) for day in DAYS}}
    lonely = {key for key in planted if not neighbours(key) & planted.keys()}
    assert len(lonely) > 200
    missed = {key for key in lonely - in_days if neighbours(key) & {(key[0], stamp) for stamp, _ in series[key[0]]}}
    clear = {key for key in lonely if (planted[key]["severity_ratio"] or 9.0) > 2.0}
    assert len(missed & clear) <= 0.01 * len(clear)
    assert {key for key in in_days - planted.keys() if not neighbours(key) & planted.keys()} == set()


def neighbours(key: tuple[str, str]) -> set[tuple[str, str]]:
    at = datetime.fromisoformat(key[1])
    return {(key[0], str(at + timedelta(minutes=m))) for m in (-2, -1, 1, 2)}
