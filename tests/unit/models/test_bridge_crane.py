"""Bridge cranes: mechanics by hand, bounds from energy conservation, sums, sensitivity."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_jobs.models.bridge_crane.parameters import GRAVITY, KINDS, KJ_PER_KWH, PARAMETERS, span, value
from spark_jobs.models.bridge_crane.physics import Energy, move_energy
from spark_jobs.models.registry import model

KIND = st.sampled_from(sorted(KINDS.codes))
IDEAL = {"efficiency_supply": 1, "efficiency_drive": 1, "efficiency_gear": 1, "regeneration": 1, "rotating_share": 0,
         "trolley_friction": 0, "gantry_friction": 0, "auxiliary_kw": 0}  # fmt: skip


def energy(kind: str, load: float, boom: float = 0, **given: float) -> Energy:
    numbers = {name: np.array([float(given.get(name, value(kind, name)))]) for name in PARAMETERS}
    return move_energy(numbers, np.array([load]), np.array([boom]))


@st.composite
def drawn(draw: st.DrawFn) -> tuple[str, dict[str, float]]:
    """A kind with parameters anywhere within their ranges."""
    kind = draw(KIND)
    return kind, {name: draw(st.floats(*span(kind, name))) for name in PARAMETERS}


def test_lift_by_hand() -> None:
    """30 t with 10 t of spreader by 20 m and the spreader once more, chain 0.8: (40 + 10)·9.80665·20/0.8 kJ."""
    found = energy("quay", 30, spreader_t=10, hoist_m=20, efficiency_supply=1, efficiency_drive=0.8, efficiency_gear=1,
                   hoist_loaded_m_per_s=1e-6, hoist_empty_m_per_s=1e-6)  # fmt: skip
    assert found.hoist[0] == pytest.approx((40 + 10) * 9.80665 * 20 / 0.8 / 3600, rel=1e-9)


def test_an_ideal_crane_gets_back_all_it_lifts() -> None:
    found = energy("quay", 40, boom=1, **IDEAL)
    assert found.drawn[0] == pytest.approx(found.regenerated[0], rel=1e-12)


@given(drawn(), st.floats(0, 100), st.integers(0, 1))
@settings(max_examples=150, deadline=None)
def test_bounds_of_energy_conservation(case: tuple[str, dict[str, float]], load: float, boom: int) -> None:
    """Drawn is at least what the rope gets; fed back at most what was lifted and moved; a closed cycle never gains."""
    kind, numbers = case
    found = energy(kind, load, boom, **numbers)
    lifted = (load + 2 * numbers["spreader_t"]) * GRAVITY * numbers["hoist_m"] / KJ_PER_KWH
    assert found.hoist[0] >= lifted * (1 - 1e-12)
    assert found.regenerated[0] <= (found.hoist + found.trolley + found.gantry + found.boom)[0] * (1 + 1e-12)
    assert (found.drawn - found.regenerated)[0] >= -1e-12
    assert found.cycle_s[0] >= numbers["dwell_s"]


@given(drawn(), st.floats(0, 60), st.floats(0.5, 40))
@settings(max_examples=80, deadline=None)
def test_more_load_is_never_less_energy(case: tuple[str, dict[str, float]], load: float, more: float) -> None:
    kind, numbers = case
    light, heavy = energy(kind, load, **numbers), energy(kind, load + more, **numbers)
    assert heavy.drawn[0] >= light.drawn[0]
    assert (heavy.drawn - heavy.regenerated)[0] >= (light.drawn - light.regenerated)[0] * (1 - 1e-12)


def log(**columns: list) -> list[dict]:
    rows = len(next(iter(columns.values())))
    base = {"move_id": [str(n) for n in range(rows)], "crane_id": ["Q1"] * rows, "kind": ["quay"] * rows}
    return pa.table({**base, **columns}).to_pylist()


def run(rows: list[dict], **options: object) -> list[dict]:
    return model("bridge-crane").run(pa.Table.from_pylist(rows), **options).to_pylist()


@given(st.lists(st.floats(0, 60), min_size=1, max_size=8))
@settings(max_examples=30, deadline=None)
def test_mechanisms_sum_and_shifts_sum_to_the_whole(masses: list[float]) -> None:
    rows = log(mass_t=masses, time=[f"2026-10-01 {3 * n:02d}:00" for n in range(len(masses))])
    moves, shifts = run(rows), run(rows, by="shift")
    for row in moves:
        parts = sum(row[f"electricity_{part}_kwh"] for part in ("hoist", "trolley", "gantry", "boom", "auxiliary"))
        assert row["electricity_kwh"] == pytest.approx(parts - row["regenerated_kwh"])
        assert row["co2_low_95_kg"] < row["co2_kg"] < row["co2_high_95_kg"]
    assert sum(s["electricity_kwh"] for s in shifts) == pytest.approx(sum(m["electricity_kwh"] for m in moves))
    assert sum(s["moves"] for s in shifts) == len(masses)


def test_totals_stand_for_their_moves_and_no_moves_take_nothing() -> None:
    one, hundred, none = run(log(mass_t=[20.0, 20.0, 20.0], moves=[1, 100, 0]))
    assert hundred["electricity_kwh"] == pytest.approx(100 * one["electricity_kwh"])
    assert none["electricity_kwh"] == none["co2_kg"] == 0


def test_electricity_factor_follows_the_date() -> None:
    """Shanghai's legal default: 0.788 before 2022-02-11, 0.42 from then on."""
    before, after = run(log(mass_t=[20.0, 20.0], time=["2022-02-10 23:00", "2022-02-11 01:00"]))
    assert before["co2_kg"] / before["electricity_kwh"] == pytest.approx(0.788)
    assert after["co2_kg"] / after["electricity_kwh"] == pytest.approx(0.42)


def test_only_quay_cranes_have_a_boom() -> None:
    rows = [{**row, "kind": "rtg"} for row in log(mass_t=[20.0], boom_cycles=[1])]
    assert run(rows)[0]["reason"] == "boom_cycles: only quay cranes have a boom"


def test_sobol_indices_are_shares_and_morris_agrees_on_the_first() -> None:
    rows = log(mass_t=[20.0])
    sobol, morris = run(rows, sensitivity="sobol"), run(rows, sensitivity="morris")
    assert sum(row["first_order"] for row in sobol) == pytest.approx(1, abs=0.15)
    assert all(row["total_order"] > -0.02 for row in sobol)
    assert sobol[0]["parameter"] == "hoist_m"
    assert "hoist_m" in {row["parameter"] for row in morris[:3]}
