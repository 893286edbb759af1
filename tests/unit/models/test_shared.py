"""Intervals, tracks and the carbon path that all models share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_jobs.models.emission import emissions, gases, gwp
from spark_jobs.models.interval import combined, lognormal_95
from spark_jobs.models.tracks import great_circle_km, steps, track_order


@given(st.floats(1e-6, 1e12), st.floats(0, 3))
def test_intervals_contain_the_estimate_and_stay_positive(estimate: float, sd: float) -> None:
    low, high = lognormal_95(np.array([estimate]), sd)
    assert 0 < low[0] <= estimate <= high[0]


def test_interval_covers_95_percent_of_lognormal_draws() -> None:
    rng = np.random.default_rng(3)
    sigma = np.sqrt(np.log1p(0.2**2))
    low, high = lognormal_95(np.array([1.0]), 0.2)
    inside = np.mean((rng.lognormal(0, sigma, 200_000) > low) & (rng.lognormal(0, sigma, 200_000) < high))
    assert inside == pytest.approx(0.95, abs=0.003)


def test_independent_uncertainties_add_in_squares() -> None:
    assert combined(0.03, 0.04) == pytest.approx(0.05)


def test_great_circle_of_known_pairs() -> None:
    """A degree of meridian of a sphere of 6,371.0088 km is 111.195 km; antipodes are half a circumference apart."""
    zero, one = np.array([0.0]), np.array([1.0])
    assert great_circle_km(zero, zero, one, zero)[0] == pytest.approx(111.19508, abs=1e-4)
    assert great_circle_km(zero, zero, zero, np.array([180.0]))[0] == pytest.approx(np.pi * 6371.0088)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 10**6)), min_size=1, max_size=30, unique=True), st.randoms()
)
def test_tracks_do_not_depend_on_the_order_of_rows(fixes: list[tuple[int, int]], random: object) -> None:
    def total(rows: list[tuple[int, int]]) -> float:
        track, seconds = (np.array(column) for column in zip(*rows, strict=True))
        order, first = track_order(track, seconds.astype(float))
        assert first.sum() == len(set(track.tolist()))
        gaps = steps(seconds[order].astype(float), first)
        assert (gaps >= 0).all()
        assert (gaps[first] == 0).all()
        return float(gaps.sum())

    shuffled = fixes.copy()
    random.shuffle(shuffled)
    assert total(fixes) == total(shuffled)


def test_emissions_are_those_of_apply_factors() -> None:
    """Two tonnes of heavy fuel and one of gas oil: 2 × 3.114 + 3.206 t CO2; WTT and CH4 beside it, never in it."""
    found = emissions({"hfo": np.array([2.0, np.nan]), "mdo": np.array([1.0, np.nan])}, "imo_ship", "t")
    assert found.co2_kg[0] == pytest.approx(1000 * (2 * 3.114 + 3.206))
    assert np.isnan(found.co2_kg[1])
    assert found.factor_ids.tolist() == ["CF_HFO CF_MDO_MGO", None]
    methane = [gases("imo_ship", fuel, "t")["CH4", "TTW"].kg_per_unit for fuel in ("hfo", "mdo")]
    assert found.ch4_kg[0] == pytest.approx(2 * methane[0] + methane[1])
    assert found.co2e_kg("ar6")[0] > found.co2_kg[0]
    assert gwp("CH4", "ar6") == 27.0


def test_an_energy_without_a_factor_is_an_error_with_its_reason() -> None:
    with pytest.raises(LookupError, match="imo_ship"):
        gases("imo_ship", "moonshine", "t")
