"""The uncertainty of sums, against Monte Carlo: a shared factor does not average away."""

import re
from math import sqrt
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pyarrow as pa
import pytest

from factor_library.library import library
from spark_jobs.accounting.apply_factors import apply_factors
from spark_jobs.accounting.uncertainty import combine_uncertainty
from spark_jobs.models.interval import Z95
from tests.unit.accounting.rows import activity

DRAWS = 200_000
ACTIVITY_RSU = 0.02


def _emission(*rows: dict[str, object]) -> pa.Table:
    table = apply_factors(activity(*rows)).emission
    table = table.filter(pa.compute.equal(table["gas"], "CO2"))
    return table.append_column("activity_rsu", pa.array([ACTIVITY_RSU] * table.num_rows))


def _monte_carlo(emission: pa.Table) -> float:
    """Standard deviation of the sum, drawing each activity and each factor once per draw."""
    generator = np.random.default_rng(20261122)
    factors: dict[str, np.ndarray] = {}
    activities: dict[str, np.ndarray] = {}
    total = np.zeros(DRAWS)
    for row in emission.to_pylist():
        drawn = activities.setdefault(row["activity_id"], 1 + ACTIVITY_RSU * generator.standard_normal(DRAWS))
        for part in row["factor_id"].split("*"):
            rsu = library().factor(part).rsu
            drawn = drawn * factors.setdefault(part, 1 + rsu * generator.standard_normal(DRAWS))
        total += row["mass_kg"] * drawn
    return float(total.std())


def test_two_enterprises_on_one_grid_factor_do_not_average_it_away() -> None:
    one = {"activity_type": "electricity", "quantity": 1000.0, "unit": "MWh"}
    pair = _emission(one, one)
    found = combine_uncertainty(pair)
    grid = library().factor("GRID_SH_GUIDE_2022").rsu
    expected = sqrt(2 * (420_000 * ACTIVITY_RSU) ** 2 + (840_000 * grid) ** 2)
    assert found.standard == pytest.approx(expected, rel=1e-9)
    assert found.standard == pytest.approx(_monte_carlo(pair), rel=0.02)
    wrongly_independent = 420_000 * sqrt(2 * (ACTIVITY_RSU**2 + grid**2))
    assert found.standard > 1.3 * wrongly_independent


def test_two_fuels_are_independent() -> None:
    rows = _emission(
        {"activity_type": "diesel", "quantity": 100.0, "unit": "t"},
        {"activity_type": "lng", "quantity": 100.0, "unit": "t"},
    )
    found = combine_uncertainty(rows)
    assert found.standard == pytest.approx(_monte_carlo(rows), rel=0.02)
    lower, upper = found.interval_95
    assert upper - lower == pytest.approx(2 * 1.959963984540054 * found.standard)


def test_parts_add_up_to_the_whole() -> None:
    rows = _emission(
        *[{"activity_type": e, "quantity": 50.0, "unit": "t"} for e in ("diesel", "gasoline", "diesel", "lng")]
    )
    whole = combine_uncertainty(rows)
    parts = combine_uncertainty(rows.slice(0, 2)) + combine_uncertainty(rows.slice(2))
    assert parts.standard == pytest.approx(whole.standard, rel=1e-12)
    assert parts.total == pytest.approx(whole.total, rel=1e-12)


def test_gases_are_not_added_without_a_gwp_set() -> None:
    table = apply_factors(activity({"activity_type": "diesel", "quantity": 1.0, "unit": "t"})).emission
    table = table.append_column("activity_rsu", pa.array([ACTIVITY_RSU] * table.num_rows))
    with pytest.raises(ValueError, match="GWP"):
        combine_uncertainty(table)
    weighted = combine_uncertainty(table, weight={"CO2": 1.0, "CH4": 28.0, "N2O": 265.0})
    assert weighted.total == pytest.approx(3145.1225 + 0.168987 * (28 + 265), rel=1e-6)
    assert weighted.sensitivity["NCV_diesel_NDRC"] == pytest.approx(weighted.total)


def test_one_quantile_everywhere() -> None:
    """Python, dbt and the activities that undo an interval take the same number: the 97.5 % quantile."""
    root = Path(__file__).parents[3]
    assert pytest.approx(NormalDist().inv_cdf(0.975), abs=1e-12) == Z95
    places = ("dbt_project/dbt_project.yml", "spark_jobs/sectors/activities/air_flight.yaml")
    assert all(repr(Z95) in (root / place).read_text(encoding="utf-8") for place in places)
    code = list((root / "spark_jobs").rglob("*.py"))
    named = [path.name for path in code if re.search(r"\b1\.(96|959\d+)\b", path.read_text(encoding="utf-8"))]
    assert named == ["interval.py"]
