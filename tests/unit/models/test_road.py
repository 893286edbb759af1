"""Tiers, reasons, weather and properties of the road models."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_jobs.models.registry import model
from spark_jobs.models.road.carriers import carriers
from spark_jobs.models.road.weather import cold_start_multiplier, electric_multiplier


def run(kind: str = "road-freight", **columns: list) -> dict[str, list]:
    rows = len(next(iter(columns.values())))
    return model(kind).run(pa.table({"vehicle_id": [f"v{i}" for i in range(rows)], **columns})).to_pydict()


def test_reported_diesel_is_taken_as_it_is() -> None:
    out = run(fuel=["diesel"], diesel_l=[1000.0], distance_km=[1.0])
    assert out["diesel_l"] == [1000.0] and out["tier"] == ["T3 reported"]
    # 1000 L × 0.84 kg/L = 0.84 t; × 43.33 GJ/t × 0.0202 tC/GJ × 0.98 × 44/12 = 2.6419 t
    assert out["co2_kg"][0] == pytest.approx(2641.9, rel=1e-4)


def test_rate_of_a_heavy_truck_gives_back_its_co2_per_km() -> None:
    out = run(fuel=["diesel"], mass_class=["gt_12t"], distance_km=[100.0])
    assert out["tier"] == ["T1 rate"] and out["co2_kg"][0] == pytest.approx(87.7)


def test_speed_function_by_hand() -> None:
    out = run(
        fuel=["diesel"], mass_class=["gt_12t"], emission_standard=["V"], distance_km=[100.0], mean_speed_kmh=[50.0]
    )
    # COPERT, articulated 40–50 t, V SCR, half load, level: 12.63 MJ/km; diesel 36.40 MJ/L
    assert out["tier"] == ["T2 speed function"] and out["diesel_l"][0] == pytest.approx(34.70, abs=0.02)


def test_electric_truck_has_no_tailpipe_and_a_chain() -> None:
    out = run(fuel=["electricity"], mass_class=["gt_12t"], distance_km=[100.0])
    assert out["electricity_kwh"] == [150.0] and out["co2_kg"] == [0.0]
    assert out["co2e_wtw_ar6_kg"][0] == pytest.approx(150 * 0.5777)


def test_hydrogen_buses_by_length_by_hand() -> None:
    out = run("urban-passenger", fuel=["hydrogen"] * 3, mass_t=[8.9, 16.5, 25.0], distance_km=[200.0] * 3)
    assert out["hydrogen_kg"] == [pytest.approx(12.0), pytest.approx(18.0), None]  # 6 and 9 kg/100 km
    assert out["tier"] == ["T1 rate", "T1 rate", None] and out["co2_kg"] == [0.0, 0.0, None]
    assert out["co2e_wtw_ar6_kg"] == [None] * 3, "what its making emitted is not known"
    assert "no consumption with a source" in out["reason"][2]


def test_no_upstream_factor_means_empty_not_zero() -> None:
    assert run(fuel=["diesel"], diesel_l=[10.0])["co2e_wtw_ar6_kg"] == [None]


def test_rows_that_cannot_be_computed_say_why_and_spare_the_others() -> None:
    out = run(
        fuel=["hydrogen", "dieselx", "diesel", "diesel"],
        mass_class=["gt_12t"] * 4,
        distance_km=[10.0, 10.0, None, 10.0],
    )
    reasons = out["reason"]
    assert "hydrogen" in reasons[0] and "nearest known: 'diesel'" in reasons[1] and "distance_km" in reasons[2]
    assert reasons[3] is None and out["co2_kg"][3] > 0 and out["co2_kg"][:3] == [None] * 3


def test_cold_costs_electric_buses_and_light_petrol_vehicles() -> None:
    assert electric_multiplier("bus", "electricity", np.array([-2.8, 12.8, np.nan])) == pytest.approx([1.607717, 1, 1])
    assert electric_multiplier("car", "electricity", np.array([35.0])) == pytest.approx([1.204819])
    # 0 °C, 12.4 km: beta = 0.6474 − 0.02545 × 12.4 = 0.33182; ratio 1.47
    assert cold_start_multiplier("petrol", np.array([0.0])) == pytest.approx([1 + 0.33182 * 0.47])
    warm, cold = (
        run("urban-passenger", fuel=["petrol"], mass_class=["taxi"], distance_km=[50.0], temperature_c=[t])["petrol_l"][
            0
        ]
        for t in (25.0, -5.0)
    )
    assert cold > warm * 1.1


def test_heating_values_are_those_of_the_guideline() -> None:
    assert carriers()["diesel"].mj == pytest.approx(43.33 * 0.84)
    assert carriers()["cng"].mj == pytest.approx(38.931)


@settings(deadline=None, max_examples=40)
@given(
    distance=st.floats(0, 1e5),
    speed=st.floats(0.1, 150),
    load=st.floats(0, 1),
    slope=st.floats(-30, 30),
    fuel=st.sampled_from(["diesel", "lng", "cng", "electricity"]),
)
def test_finite_ordered_and_proportional_to_distance(
    distance: float, speed: float, load: float, slope: float, fuel: str
) -> None:
    out = run(
        fuel=[fuel, fuel], mass_class=["gt_12t"] * 2, distance_km=[distance, 2 * distance], mean_speed_kmh=[speed] * 2,
        load_factor=[load] * 2, slope_percent=[slope] * 2,
    )  # fmt: skip
    column = carriers()[fuel].column
    assert out[column][1] == pytest.approx(2 * out[column][0], rel=1e-9, abs=1e-300)
    for low, mean, high in zip(out["co2_low_95_kg"], out["co2_kg"], out["co2_high_95_kg"], strict=True):
        assert np.isfinite([low, mean, high]).all() and low <= mean <= high
    assert out[column][0] >= 0


def test_order_of_rows_does_not_matter() -> None:
    table = pa.table(
        {
            "vehicle_id": ["a", "b", "c"],
            "fuel": ["diesel", "lng", "diesel"],
            "distance_km": [1.0, 2.0, 3.0],
            "mass_t": [10.0, 40.0, 49.0],
            "mean_speed_kmh": [30.0, None, 60.0],
        }
    )
    forward, backward = model("road-freight").run(table), model("road-freight").run(table.take([2, 1, 0]))
    assert forward == backward.take([2, 1, 0])
