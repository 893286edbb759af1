"""Periods, gaps, fall-back, scenarios and hierarchy of the forecasts."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_jobs.models.diesel_forecast.daytypes import HOLIDAY, SPRING_FESTIVAL, WEEKEND, WORKDAY, day_type
from spark_jobs.models.diesel_forecast.hierarchy import HierarchyError, reconcile, summing_matrix
from spark_jobs.models.forecast.periods import GRAINS, parse_period
from spark_jobs.models.forecast.series import regular
from spark_jobs.models.registry import model

MONTH = next(grain for grain in GRAINS if grain.name == "month")


@pytest.mark.parametrize(
    ("text", "grain", "following"),
    [
        ("2026-12", "month", "2027-01"),
        ("2026Q4", "quarter", "2027Q1"),
        ("2026-02-28", "day", "2026-03-01"),
        ("2026 W53", "week", "2027 W01"),
        ("2026-12-31T23", "hour", "2027-01-01T00"),
        ("2026-12-31 23:00", "hour", "2027-01-01T00"),
        ("2026", "year", "2027"),
    ],
)
def test_the_period_after(text: str, grain: str, following: str) -> None:
    found, number = parse_period(text)
    assert found.name == grain
    assert found.text(number + 1) == following


@pytest.mark.parametrize("text", ["2026-13", "2025 W53", "2026Q5", "26-01", "", "2026-02-30", "2026-01-01T24"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="period"):
        parse_period(text)


@given(st.integers(0, 600_000))
def test_hours_survive_the_round_trip(number: int) -> None:
    hour = GRAINS[0]
    assert parse_period(hour.text(number)) == (hour, number)


def run(values: list[float | None], horizon: int = 3, **options: pa.Table) -> dict[str, list[object]]:
    periods = [f"{2020 + i // 12}-{i % 12 + 1:02d}" for i in range(len(values))]
    table = pa.table({"series_id": ["a"] * len(values), "period": periods, "value": pa.array(values, pa.float64())})
    return model("forecast").run(table, horizon=horizon, **options).to_pydict()


def test_constant_series_stays_constant() -> None:
    out = run([5.0] * 20)
    assert out["mean"] == out["low_90"] == out["high_90"] == [5.0] * 3
    assert out["period"] == ["2021-09", "2021-10", "2021-11"]


def test_gaps_are_filled_and_counted() -> None:
    values: list[float | None] = [100 + 10 * np.sin(i * np.pi / 6) for i in range(48)]
    values[20] = None
    assert set(run(values)["filled_periods"]) == {1}


def test_outage_is_not_an_empty_road() -> None:
    values = np.full(40, 50.0)
    values[10:25] = 0
    kept = regular(MONTH, np.arange(40), values, outage_run=12)
    assert kept.filled.sum() == 15 and (kept.values == 50).all()
    assert regular(MONTH, np.arange(40), values, outage_run=0).filled.sum() == 0


def test_white_noise_falls_back_or_does_no_harm() -> None:
    rng = np.random.default_rng(7)
    out = run(list(100 + rng.normal(0, 1, 60)), horizon=6)
    assert all(95 < float(str(m)) < 105 for m in out["mean"])


def test_too_short_has_a_reason() -> None:
    out = run([1.0, 2.0, 3.0])
    assert out["mean"] == [None] and "at least 4" in str(out["reason"][0])


def test_scenario_multiplies_by_its_elasticity() -> None:
    drivers = pa.table({"scenario": ["s"], "driver": ["economy"], "change": [0.1], "elasticity": [2.0]})
    out = run([100 + i % 12 for i in range(48)], drivers=drivers)
    assert out["scenario"] == ["baseline"] * 3 + ["s"] * 3
    assert np.allclose(np.array(out["mean"][3:]) / np.array(out["mean"][:3]), 1.21)


@settings(deadline=None, max_examples=15)
@given(st.lists(st.floats(0.1, 1e6), min_size=6, max_size=40))
def test_finite_and_ordered_whatever_comes(values: list[float]) -> None:
    out = run(list(values))
    for low, mean, high in zip(out["low_90"], out["mean"], out["high_90"], strict=True):
        assert np.isfinite([low, mean, high]).all() and low <= mean * (1 + 1e-12) and mean <= high * (1 + 1e-12)


def test_rows_in_any_order_give_the_same() -> None:
    table = pa.table(
        {
            "series_id": ["a"] * 30,
            "period": [f"{2000 + i}" for i in range(30)],
            "value": [float(i % 7) for i in range(30)],
        }
    )
    backwards = table.take(list(range(29, -1, -1)))
    assert model("forecast").run(table, horizon=2) == model("forecast").run(backwards, horizon=2)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 10, 1), HOLIDAY),
        (date(2026, 10, 10), WORKDAY),  # Saturday, make-up working day
        (date(2026, 10, 17), WEEKEND),
        (date(2026, 2, 17), SPRING_FESTIVAL),
        (date(2026, 11, 23), WORKDAY),
    ],
)
def test_chinese_calendar(day: date, kind: int) -> None:
    assert day_type(day.toordinal()) == kind


def test_reconciliation_adds_up_and_moves_the_uncertain_most() -> None:
    summing = summing_matrix(["A", "B", "T"], {"A": "T", "B": "T"})
    out = reconcile(summing, np.array([[10.0], [20.0], [36.0]]), np.array([[1.0], [4.0], [1.0]]))
    assert out[0, 0] + out[1, 0] == pytest.approx(out[2, 0])
    # gap 6 shared in proportion to the variances 1 : 4 : 1
    assert out[:, 0] == pytest.approx([11.0, 24.0, 35.0])


def test_circles_and_unknown_parents_are_named() -> None:
    with pytest.raises(HierarchyError, match="no usable series"):
        summing_matrix(["A"], {"A": "X"})
