"""COPERT: every energy row of the library's tables reproduces its published check value."""

from __future__ import annotations

import numpy as np
import pytest

from factor_library.library import library
from spark_jobs.models.road.copert import _COEFFICIENTS, TABLES, evaluate, surface
from spark_jobs.models.road.vehicles import STAGES, Curve, class_codes, curve_of, data


@pytest.mark.parametrize(("table", "count"), [("hdv", 4663), ("ldv", 539)])
def test_every_energy_row_reproduces_its_check_value(table: str, count: int) -> None:
    rows = [row for row in library().table(TABLES[table]).to_pylist() if row["Pollutant"] == "EC"]
    assert len(rows) == count
    coefficients = np.array([[row[name] or 0.0 for name in _COEFFICIENTS] for row in rows])
    speeds = np.array([row["check_speed_kmh"] for row in rows])
    expected = np.array([row["check_value"] for row in rows])
    np.testing.assert_allclose(evaluate(coefficients, speeds), expected, rtol=1e-9)


def test_surface_meets_the_grid_and_lies_between() -> None:
    found = surface(Curve("hdv", "D", "Articulated 40 - 50 t"), "V")
    assert found is not None
    one = np.ones(1)
    half, full, between = (found.mj_per_km(50 * one, load * one, 0 * one)[0] for load in (0.5, 1.0, 0.75))
    assert between == pytest.approx((half + full) / 2)
    assert found.mj_per_km(50 * one, one, 0.5 * one) == pytest.approx(found.mj_per_km(50 * one, one, 0.06 * one))


@pytest.mark.parametrize("kind", ["coach", "urban-passenger", "road-freight"])
def test_every_class_and_stage_has_the_functions_it_names(kind: str) -> None:
    seen = 0
    for code in class_codes(kind).codes:
        for fuel in data()[kind]["classes"][code]["copert"]:
            for stage in STAGES.codes:
                curve = curve_of(kind, code, fuel, None)
                assert curve is not None and surface(curve, stage) is not None, (code, fuel, stage)
                seen += 1
    assert seen >= 12
