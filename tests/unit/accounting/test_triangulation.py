"""Triangulation: the budget of alarms, the scatter, the model, what is found at what rate, and the rows it gives."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from scipy import special

from spark_jobs.accounting.activity_model import activity_index, modelled
from spark_jobs.accounting.alarm_budget import critical_values
from spark_jobs.accounting.scatter import as_normal, scatter
from spark_jobs.accounting.triangulation import judge, settings
from spark_jobs.accounting.triangulation_rows import figures, triangulate
from spark_jobs.accounting.usual_difference import lasting_change, usual
from tests.score.np_bound import best_power, lasting_moves, month_moves
from tests.score.triangulation import SCENARIOS, best_possible, score

MONTHS = [f"{y}-{m:02d}" for y in (2025, 2026) for m in range(1, 13)]


def test_a_single_test_gets_the_whole_budget() -> None:
    limit = critical_values(np.array([[3.0], [np.nan]]), 0.01)
    assert limit[0, 0] == pytest.approx(2.3263, abs=1e-3)
    assert np.isinf(limit[1, 0])


def test_two_equal_tests_share_it_and_a_hopeless_or_certain_one_takes_little() -> None:
    equal = critical_values(np.array([[3.0], [3.0]]), 0.01)
    assert equal[:, 0] == pytest.approx(-special.ndtri(0.005), abs=1e-3)
    shift = np.array([[3.0, 3.0], [12.0, 0.2]])
    limit = critical_values(shift, 0.01)
    assert special.ndtr(-limit).sum(axis=0) == pytest.approx(0.01, abs=1e-6)
    lost = special.ndtr(shift - 2.3263) - special.ndtr(shift - limit)
    assert lost[0] == pytest.approx(0.0, abs=0.02)
    assert special.ndtr(-limit[1, 0]) < 1e-4


def test_a_lasting_change_does_not_widen_the_scatter() -> None:
    chance = np.random.default_rng(0).normal(0.0, 0.03, (200, 24))
    sector = np.repeat("a", 200)
    plain = scatter(chance, sector, 0.002, 2.5).sigma.mean()
    moved = scatter(chance + np.where(np.arange(24) >= 12, 0.05, 0.0), sector, 0.002, 2.5).sigma.mean()
    assert plain == pytest.approx(0.03, rel=0.03)
    assert moved == pytest.approx(plain, rel=0.04)  # the deviation from the mean would be 0.039


def test_enterprises_of_one_scatter_teach_each_other_and_unlike_ones_do_not() -> None:
    chance = np.random.default_rng(1)
    alike = scatter(chance.normal(0, 0.03, (60, 24)), np.repeat("a", 60), 0.002, 2.5)
    scales = np.geomspace(0.005, 0.2, 60)[:, None]
    unlike = scatter(scales * chance.normal(0, 1, (60, 24)), np.repeat("a", 60), 0.002, 2.5)
    assert alike.freedom.min() > 5 * unlike.freedom.max()
    assert unlike.sigma[0] < 0.02 < 0.1 < unlike.sigma[-1]


def test_a_t_value_of_many_degrees_is_a_normal_one() -> None:
    assert as_normal(np.array([2.5, -1.0]), np.array([1e6, 1e6])) == pytest.approx([2.5, -1.0], abs=1e-4)
    assert as_normal(np.array([2.764]), np.array([10.0])) == pytest.approx([2.3263], abs=1e-3)  # t(10), 1 %


def test_the_usual_difference_comes_from_the_other_months() -> None:
    gap = np.full((1, 12), 0.10)
    gap[0, 3] = 0.02
    found = usual(gap, np.array(["a"]), settings())
    assert found.residual[0, 3] == pytest.approx(-0.08, abs=1e-9)
    short = usual(gap[:, :5], np.array(["a"]), settings())
    assert np.isnan(short.residual).all()


def test_a_lasting_change_is_the_mean_of_a_year_against_all_before() -> None:
    value = np.where(np.arange(24) >= 12, 0.05, 0.0)[None]
    change, spread = lasting_change(value, np.full((1, 24), 0.03), settings())
    assert change[0, 23] == pytest.approx(0.05)
    assert spread[0, 23] == pytest.approx(0.03 * np.sqrt(2 / 12))
    assert np.isnan(change[0, 10])  # six months on either side are needed
    assert change[0, 17] == pytest.approx(0.05 * 6 / 9)  # nine months on, six of them low


def test_the_model_follows_activity_and_the_month_of_the_peers() -> None:
    chance = np.random.default_rng(2)
    load = chance.normal(0, 0.05, (12, 24))
    season = 0.3 * np.cos(np.arange(24) / 12 * 2 * np.pi)
    emission = np.exp(chance.normal(8, 1, (12, 1)) + 0.8 * load + season)
    expected = modelled(emission, activity_index(np.exp(load)[None]), np.repeat("a", 12), 5).emission
    assert np.abs(expected / emission - 1).max() < 0.02
    changed = emission.copy()
    changed[0, 7] *= 0.9
    moved = modelled(changed, activity_index(np.exp(load)[None]), np.repeat("a", 12), 5).emission
    assert moved[0, 7] == pytest.approx(emission[0, 7], rel=0.02)  # a month does not vouch for itself


def test_a_sector_of_one_has_its_own_wave() -> None:
    load = np.random.default_rng(3).normal(0, 0.05, (1, 24))
    emission = np.exp(8 + load + 0.2 * np.sin(np.arange(24) / 12 * 2 * np.pi))
    expected = modelled(emission, activity_index(np.exp(load)[None]), np.array(["metro"]), 5)
    assert expected.emission == pytest.approx(emission, rel=1e-6)
    assert expected.elasticity == pytest.approx(np.ones((1, 24)), rel=1e-6)
    assert np.isnan(modelled(emission[:, :6], load[:, :6], np.array(["metro"]), 5).emission).all()


def test_the_elasticity_of_a_month_is_that_of_the_months_without_it() -> None:
    chance = np.random.default_rng(5)
    load, emission = chance.normal(0, 0.1, (1, 24)), np.exp(chance.normal(8, 0.1, (1, 24)))
    quantity = np.exp(load)[None]
    found = modelled(emission, activity_index(quantity), np.array(["metro"]), 5)
    others = np.delete(np.arange(24), 7)
    angle = others * np.pi / 6
    terms = np.column_stack([np.ones(23), load[0, others], np.cos(angle), np.sin(angle)])
    assert found.elasticity[0, 7] == pytest.approx(np.linalg.lstsq(terms, np.log(emission[0, others]))[0][1])


def test_a_modelled_figure_can_be_reckoned_again_from_its_activities() -> None:
    known, activity = _tables()
    found = triangulate(figures(known, activity, 0.1)).to_pylist()
    quantity = {(r["enterprise_code"], r["period_month"]): r["quantity"] for r in activity.to_pylist()}
    of_model = [r for r in found if r["evidence_figure"] == "modelled"]
    assert len(of_model) == 2 * 9 * 24
    for row in of_model:
        log = np.log(quantity[row["enterprise_code"], row["period_month"]])
        again = np.exp(row["model_intercept"] + row["model_elasticity"] * log)
        assert again == pytest.approx(row["evidence_co2_t"], rel=1e-12)
    assert {(r["model_intercept"], r["metered_media"]) for r in found if r["pair"] == "reported_computed"} == {
        (None, "")
    }


def test_best_power_by_hand() -> None:
    # One month in a very long record against an exact figure: 0.10536 / 0.03 = 3.512, power = Phi(3.512 - 2.326)
    low = np.array([True, False])
    noise = np.diag([1e-12, 0.03**2])
    assert best_power(noise, month_moves(low, 10_000, 0.10), 0.01) == pytest.approx(0.8821, abs=1e-3)
    # Twelve of 24 months 5 % low: 0.051293 / (0.03 sqrt(2 / 12)) = 4.188
    lasting = best_power(noise, lasting_moves(low, 24, 0.05, 12), 0.01)
    assert lasting == pytest.approx(special.ndtr(4.188 - 2.326), abs=1e-3)


@pytest.mark.parametrize("what", SCENARIOS, ids=lambda s: s.name)
def test_power_is_near_the_best_possible_at_one_false_alarm_in_a_hundred(what) -> None:
    found = score(what, rounds=4)
    chance = 3 * np.sqrt(best_possible(what) * (1 - best_possible(what)) / found.trials)
    assert found.shortfall <= 0.05 + chance
    assert found.false_alarms <= 0.01 + 3 * np.sqrt(0.01 / found.honest_months)


def _tables(statement_low: float = 1.0, report_low: float = 1.0) -> tuple[pa.Table, pa.Table]:
    """Nine enterprises, two years; the last one's November 2026 is changed."""
    chance = np.random.default_rng(4)
    known, activity = [], []
    for e in range(9):
        for j, month in enumerate(MONTHS):
            load = 100 * np.exp(chance.normal(0, 0.05))
            co2 = 1000 * (e + 1) * load / 100 * np.exp(chance.normal(0, 0.01))
            last = e == 8 and j == 22
            row = {"enterprise_code": f"E{e}", "sector": "port", "period_month": month}
            computed = co2 * (report_low if last else 1.0)
            stated = 1.1 * co2 * np.exp(chance.normal(0, 0.003)) * (statement_low * report_low if last else 1.0)
            known.append(row | {"figure": "computed", "co2_t": computed, "rsu": 0.03, "media": ""})
            known.append(row | {"figure": "reported", "co2_t": stated, "rsu": 0.05, "media": ""})
            activity.append(row | {"activity_type": "teu", "quantity": load})
    return pa.Table.from_pylist(known), pa.Table.from_pylist(activity)


def _row(table: pa.Table, pair: str) -> dict:
    key = ("E8", "2026-11", pair)
    (found,) = (r for r in table.to_pylist() if (r["enterprise_code"], r["period_month"], r["pair"]) == key)
    return found


def test_rows_show_a_low_statement_with_its_size_and_what_to_do() -> None:
    rows = triangulate(figures(*_tables(statement_low=0.9), 0.1))
    found = _row(rows, "reported_computed")
    assert (found["flag"], found["alarm_tests"]) == ("alarm", "statement_month")
    assert found["under_report_share"] == pytest.approx(0.10, abs=0.01)
    assert found["usual_difference"] == pytest.approx(0.10, abs=0.005)
    assert found["difference_rsu"] == pytest.approx(np.hypot(0.05, 0.03))
    assert found["z"] == pytest.approx(np.log1p(found["relative_difference"]) / found["difference_rsu"])
    assert "排放报表" in found["advice_zh"]
    assert _row(rows, "computed_modelled")["flag"] == ""


def test_rows_show_a_report_that_is_low_as_a_whole() -> None:
    rows = triangulate(figures(*_tables(report_low=0.9), 0.1))
    assert _row(rows, "computed_modelled")["flag"] == "alarm"
    assert _row(rows, "reported_computed")["flag"] != "alarm"
    assert rows.num_rows == 9 * 24 * 3


def test_no_row_depends_on_the_order_of_what_comes_in() -> None:
    known, activity = _tables(report_low=0.9)
    turned = [pa.Table.from_pylist(t.to_pylist()[::-1]) for t in (known, activity)]
    assert triangulate(figures(*turned, 0.1)).equals(triangulate(figures(known, activity, 0.1)))


def test_an_enterprise_without_its_report_is_not_judged() -> None:
    shape = (3, 24)
    one = {name: np.full(shape, np.nan) for name in ("reported", "computed", "metered", "modelled")}
    one["reported"] = np.ones(shape)
    assert not judge(one, np.repeat("a", 3)).alarm.any()
