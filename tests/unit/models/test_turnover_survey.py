"""Properties of the sampling survey."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_jobs.models.frame import InputError
from spark_jobs.models.registry import model
from spark_jobs.models.turnover_survey import allocation
from spark_jobs.models.turnover_survey.draw import draw
from spark_jobs.models.turnover_survey.estimators import Stratum, combined_ratio

STRATA = st.lists(
    st.tuples(st.integers(3, 5000), st.floats(1, 1e6), st.floats(0, 1e6), st.floats(0.1, 100)), min_size=1, max_size=6
)


def run(rows: list[dict], **options: object) -> list[dict]:
    return model("turnover-survey").run(pa.Table.from_pylist(rows), **options).to_pylist()


def plan_rows(strata: list[tuple]) -> list[dict]:
    names = ("ships", "mean", "standard_deviation", "cost")
    return [{"stratum": str(i), **dict(zip(names, values, strict=True))} for i, values in enumerate(strata)]


@given(STRATA, st.sampled_from(["neyman", "optimal", "proportional", "equal"]), st.floats(0.01, 0.5))
@settings(max_examples=80, deadline=None)
def test_a_plan_reaches_the_wanted_precision_within_the_population(
    strata: list[tuple], rule: str, wanted: float
) -> None:
    rows = run(plan_rows(strata), allocation=rule, precision=wanted)
    assert all(2 <= row["sample_size"] <= row["ships"] for row in rows[:-1])
    assert rows[-1]["expected_relative_half_width"] <= wanted * (1 + 1e-9)


@given(STRATA, st.integers(1, 3000))
@settings(max_examples=80, deadline=None)
def test_whole_numbers_sum_to_the_total(strata: list[tuple], total: int) -> None:
    size, _, sd, cost = (np.array(column, dtype=float) for column in zip(*strata, strict=True))
    share = allocation.shares(size, sd, cost, "neyman")
    sample = allocation.whole_numbers(size, share, total)
    room = min(total, size.sum())
    assert (sample <= size).all()
    assert sample.sum() >= room
    if (sample > 2).all():
        assert sample.sum() == room


@given(st.sets(st.text("abcdef0123456789", min_size=1), min_size=1, max_size=40), st.integers(0, 10**6), st.randoms())
def test_a_draw_depends_on_seed_not_on_order(ids: set[str], seed: int, random: object) -> None:
    ordered = sorted(ids)
    shuffled = ordered.copy()
    random.shuffle(shuffled)
    count = (len(ids) + 1) // 2
    chosen = draw("s", ordered, count, seed)
    assert chosen == draw("s", shuffled, count, seed)
    assert len(set(chosen)) == count


def test_every_ship_is_as_likely() -> None:
    ids = [f"{n:02d}" for n in range(10)]
    hits = np.zeros(10)
    for seed in range(1000):
        for name in draw("s", ids, 3, seed):
            hits[int(name)] += 1
    assert hits.min() > 230  # 300 expected, standard deviation 14
    assert hits.max() < 370


def answers(seed: int, missing: int = 0) -> list[dict]:
    rng = np.random.default_rng(seed)
    rows = [
        {"stratum": "ab"[i % 2], "ship_id": str(i), "co2_t": float(rng.uniform(1, 2)), "weight": 10.0,
         "turnover_tnm": float(rng.uniform(1e5, 2e5))}
        for i in range(40)
    ]  # fmt: skip
    for row in rows[:missing]:
        row["co2_t"] = None
    return rows


@given(st.integers(0, 1000), st.integers(0, 20))
@settings(max_examples=40, deadline=None)
def test_estimates_lie_in_their_intervals_and_order_does_not_matter(seed: int, missing: int) -> None:
    rows = answers(seed, missing)
    out, turned = run(rows), run(rows[::-1])
    assert out[-1]["intensity_g_per_tnm"] == pytest.approx(turned[-1]["intensity_g_per_tnm"], rel=1e-12)
    for row in out:
        assert row["intensity_g_per_tnm_low"] < row["intensity_g_per_tnm"] < row["intensity_g_per_tnm_high"]
    assert out[-1]["answered"] == 40 - missing
    assert sum(row["co2_t"] for row in out[:-1]) == pytest.approx(out[-1]["co2_t"])


def test_a_census_has_no_error() -> None:
    rows = [{**row, "weight": 1.0} for row in answers(3)]
    assert run(rows)[-1]["intensity_g_per_tnm_se"] == 0


def test_coverage_of_the_interval_over_repeated_draws() -> None:
    """95 % intervals of the ratio over 400 draws from a known population cover it in 92 to 98 % of them."""
    rng = np.random.default_rng(11)
    turnover = rng.lognormal(15, 0.5, 600)
    co2 = turnover * rng.normal(12e-6, 2e-6, 600)
    truth = co2.sum() / turnover.sum() * 1e6
    ids = [f"{n:03d}" for n in range(600)]
    hits = 0
    for seed in range(400):
        chosen = np.array([int(name) for name in draw("s", ids, 60, seed)])
        low, high = combined_ratio([Stratum("s", 600, 60, co2[chosen], turnover[chosen])]).interval(0.95)
        hits += low * 1e6 <= truth <= high * 1e6
    assert 0.92 <= hits / 400 <= 0.98


def test_plan_then_draw_then_estimate() -> None:
    frame = [{"stratum": "ab"[i % 2], "ship_id": str(i)} for i in range(100)]
    strata = [{"stratum": s, "ships": 50, "mean": 10, "standard_deviation": 3} for s in "ab"]
    planned = model("turnover-survey").run(pa.Table.from_pylist(strata), size=20)
    drawn = run(frame, plan=planned, seed=5)
    assert sum(row["drawn"] for row in drawn) == 20
    assert sum(row["weight"] or 0 for row in drawn) == pytest.approx(100)


def test_an_option_beyond_its_bounds_is_named() -> None:
    with pytest.raises(InputError, match=r"--confidence: 1\.5"):
        run(answers(1), confidence=1.5)
