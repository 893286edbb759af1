"""Counters by hand: what is counted, what is refused, and that hours add up to the counters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_jobs.models import counter as c

ROLLOVER, MAX_RATE, MULTIPLIER = 100_000.0, 600.0, 2.0  # at most 10 energy units a minute: 5 counter units


def run(at_min, shown, hours=24, multiplier=MULTIPLIER):
    readings = c.Readings(np.zeros(len(shown), int), np.array(at_min) * 60, np.array(shown, float))
    meters = c.Meters(np.array([multiplier]), np.array([ROLLOVER]), np.array([MAX_RATE]))
    return c.hourly(readings, meters, 0, hours)


def steady(minutes, start=1000.0, per_minute=1.0):
    return [start + per_minute * i for i in range(minutes)]


def test_two_steady_hours_by_hand():
    state, hours = run(range(121), steady(121), hours=3)
    assert state.tolist() == [c.ACCEPTED] * 121
    assert hours.quantity[0].tolist() == pytest.approx([120.0, 120.0, 0.0])
    assert hours.covered_s[0].tolist() == [3600, 3600, 0]
    assert hours.estimated.sum() == 0
    assert (hours.first_counter[0, 0], hours.last_counter[0, 1]) == (1000.0, 1119.0)


def test_single_slip_is_refused_and_costs_nothing():
    shown = steady(61)
    for slip in (shown[30] * 1000 % ROLLOVER, shown[30] / 1000, shown[30] + 6, shown[30] - 400):
        told = [*shown[:30], slip, *shown[31:]]
        state, hours = run(range(61), told)
        assert np.flatnonzero(state == c.JUMP).tolist() == [30]
        assert hours.quantity.sum() == pytest.approx(120.0)
        assert (hours.jumps.sum(), hours.quarantined.sum()) == (1, 1)


def test_impossible_values_are_refused():
    shown = steady(61)
    shown[10], shown[20] = -1.0, ROLLOVER
    state, hours = run(range(61), shown)
    assert np.flatnonzero(state == c.IMPOSSIBLE).tolist() == [10, 20]
    assert hours.quantity.sum() == pytest.approx(120.0)


def test_roll_over_is_counted_through():
    shown = [(99_970.0 + i) % ROLLOVER for i in range(61)]
    state, hours = run(range(61), shown)
    assert not state.any()
    assert hours.rollovers.sum() == 1
    assert hours.quantity.sum() == pytest.approx(120.0)


def test_reset_counts_from_zero():
    shown = [*steady(30), *[float(i) for i in range(1, 32)]]
    state, hours = run(range(61), shown)
    assert not state.any()
    assert (hours.resets.sum(), hours.rollovers.sum()) == (1, 0)
    assert hours.quantity.sum() == pytest.approx(2 * (29 + 31))


def test_gap_is_filled_evenly_and_marked():
    at = [*range(31), *range(150, 181)]
    state, hours = run(at, [1000.0 + m for m in at], hours=4)
    assert not state.any()
    assert hours.quantity[0].tolist() == pytest.approx([120.0, 120.0, 120.0, 0.0])
    assert hours.estimated[0].tolist() == pytest.approx([60.0, 120.0, 60.0, 0.0])
    assert hours.covered_s[0].tolist() == [1800, 0, 1800, 0]


def test_stuck_span_gets_its_leap_back():
    shown = steady(181)
    told = [*shown[:60], *[shown[60]] * 60, *shown[120:]]
    state, hours = run(range(181), told, hours=3)
    assert not state.any()
    assert hours.quantity[0].tolist() == pytest.approx([120.0, 120.0, 120.0])
    assert hours.stuck_s[0].tolist() == [0, 3600, 0]
    assert hours.covered_s[0].tolist() == [3600, 0, 3600]
    assert hours.estimated[0].tolist() == pytest.approx([0.0, 120.0, 0.0])


def test_idle_meter_is_not_stuck():
    state, hours = run(range(181), [500.0] * 100 + [500.01] * 81, hours=3)
    assert not state.any()
    assert hours.stuck_s.sum() == 0
    assert hours.covered_s.sum() == 3 * 3600


def test_repeated_reading_and_conflicting_one():
    state, hours = run([0, 1, 1, 1, 2], [10.0, 11.0, 11.0, 11.5, 12.0])
    assert state.tolist() == [c.ACCEPTED, c.ACCEPTED, c.DUPLICATE, c.CONFLICT, c.ACCEPTED]
    assert hours.quantity.sum() == pytest.approx(4.0)


def test_unsorted_readings_are_an_error():
    with pytest.raises(ValueError, match="sorted"):
        run([1, 0], [1.0, 2.0])


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(st.floats(0, 4.5), min_size=70, max_size=400),
    missing=st.sets(st.integers(1, 60), max_size=40),
    start=st.floats(0, ROLLOVER - 1),
    multiplier=st.sampled_from([1.0, 2.0]),
)
def test_hours_add_up_to_the_counters(steps, missing, start, multiplier):
    unrolled = start + np.cumsum([0.0, *steps])
    keep = [i for i in range(len(unrolled)) if i not in missing]
    state, hours = run(keep, unrolled[keep] % ROLLOVER, hours=24, multiplier=multiplier)
    assert not state.any()
    assert hours.quantity.sum() == pytest.approx(multiplier * (unrolled[-1] - unrolled[0]), abs=1e-6)
    assert (hours.estimated <= hours.quantity + 1e-9).all()
    assert (hours.covered_s <= c.HOUR_S).all()
