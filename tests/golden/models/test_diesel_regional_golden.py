"""diesel-regional against MOVES, the published maps, the 2014 guide and the open driving cycles."""

import numpy as np
import pyarrow as pa
import pytest

from factor_library.library import library
from spark_jobs.models.diesel_regional import parameters
from spark_jobs.models.diesel_regional.derivation import cycles, sampled_energy, unresolved_shares
from spark_jobs.models.diesel_regional.opmodes import operating_modes
from spark_jobs.models.registry import model

HELD_OUT = ["C8_LineHaul", "EPA_Ph2_transient", "HHDDT_cruise_smooth", "EPA_Ph2_55mph", "EPA_Ph2_65mph"]
# EPA MOVES, table OperatingMode: id, lower and upper power, lower and upper speed (mph).
MOVES = [
    (11, -5, 0, 1, 25), (12, 0, 3, 1, 25), (13, 3, 6, 1, 25), (14, 6, 9, 1, 25), (15, 9, 12, 1, 25),
    (16, 12, 99, 1, 25),
    (21, -5, 0, 25, 50), (22, 0, 3, 25, 50), (23, 3, 6, 25, 50), (24, 6, 9, 25, 50), (25, 9, 12, 25, 50),
    (27, 12, 18, 25, 50), (28, 18, 24, 25, 50), (29, 24, 30, 25, 50), (30, 30, 99, 25, 50), (33, -5, 6, 50, 99),
    (35, 6, 12, 50, 99), (37, 12, 18, 50, 99), (38, 18, 24, 50, 99), (39, 24, 30, 50, 99), (40, 30, 99, 50, 99),
]  # fmt: skip


def mode(power: float, mph: float, rate: float = 0.0) -> int:
    return int(operating_modes(*(np.array([x]) for x in (power, mph, rate, 1.0)))[0])


@pytest.mark.parametrize(("code", "low", "high", "slow", "fast"), MOVES)
def test_operating_mode_of_each_bin_edge(code: int, low: float, high: float, slow: float, fast: float) -> None:
    just = 1e-9
    for power in (low, high - just):
        for mph in (slow, fast - just):
            assert mode(power, mph) == code
    assert mode(high, slow) != code or high == 99
    assert mode(low, fast) != code or fast == 99


def test_braking_and_idling_come_before_power() -> None:
    assert mode(20.0, 30.0, -2.0) == 0
    assert mode(20.0, 30.0, -1.99) == 28
    assert mode(0.0, 0.99) == 1
    slow = operating_modes(np.full(5, 4.0), np.full(5, 30.0), np.array([0, -1, -1, -1, -0.9]), np.ones(5))
    assert slow.tolist() == [23, 23, 23, 0, 23]


def test_fuel_lines_are_those_of_the_published_maps() -> None:
    """By hand at 20 % output: T3CO 68 kW / 0.42 = 161.9 kW of fuel, FASTSim 42.4 kW / 0.34 = 124.7 kW."""
    t3co = parameters.fitted_line("T3CO class 8 conventional 2020")
    fastsim = parameters.fitted_line("FASTSim Regional Delivery Class 8")
    assert t3co.idle_kw + t3co.slope * 68.0 == pytest.approx(161.9, rel=0.06)
    assert fastsim.idle_kw + fastsim.slope * 42.4 == pytest.approx(124.7, rel=0.02)
    assert parameters.willans().slope == pytest.approx((2.066 + 2.535) / 2, abs=1e-3)
    assert parameters.driveline_efficiency() == pytest.approx(0.90)


def test_steady_cruise_by_hand() -> None:
    """65 mph on the level at MOVES' own mass: P = 1.576 v + 0.00380477 v³ = 139.2 kW, and so on."""
    v = 65 * 0.44704
    wheel = 1.576 * v + 0.00380477 * v**3
    fuel_kw = 23.20759 + 2.300412 * (wheel / 0.9 + 3.233333)
    fixes = pa.table({"vehicle_id": ["a"] * 5, "time": [0, 30, 60, 90, 120], "speed_kmh": [v * 3.6] * 5})
    row = model("diesel-regional").run(fixes).to_pylist()[0]
    assert row["distance_km"] == pytest.approx(v * 0.120)
    assert row["fuel_kg"] == pytest.approx(fuel_kw * 120 / 42869, rel=1e-5)
    assert row["co2_kg"] == pytest.approx(row["fuel_kg"] * 43.33 * 0.0202 * 0.98 * 44 / 12, rel=1e-9)


def test_a_grade_adds_weight_times_climb() -> None:
    """2 % at 50 km/h, 30 t: the work above the level road is m g h over the sine, through driveline and slope."""
    seconds, v = np.arange(0, 601.0), 50 / 3.6
    level = {"vehicle_id": ["a"] * 601, "time": seconds, "speed_kmh": [50.0] * 601, "mass_t": [30.0] * 601}
    climb = {**level, "altitude_m": 0.02 * v * seconds}
    one, two = (model("diesel-regional").run(pa.table(t)).to_pylist()[0]["fuel_kg"] for t in (level, climb))
    sine = 0.02 / np.sqrt(1 + 0.02**2)
    assert two - one == pytest.approx(30 * v * 9.81 * sine / 0.9 * 2.300412 * 600 / 42869, rel=1e-5)


@pytest.mark.parametrize(
    ("stage", "kmh", "nox", "pm"),
    [("IV", 15.0, 5.554 * 1.39, 0.153 * 1.36), ("V", 50.0, 4.721 * 0.60, 0.030 * 0.65),
     ("III", 90.0, 7.934 * 0.66, 0.270 * 0.49), ("V", 80.0, 4.721 * 0.28, 0.030 * 0.48)],
)  # fmt: skip
def test_nox_and_pm_are_the_guides_base_times_its_speed_factor(stage: str, kmh: float, nox: float, pm: float) -> None:
    fixes = {"vehicle_id": ["a"] * 21, "time": np.arange(21.0) * 30, "speed_kmh": [kmh] * 21}
    row = model("diesel-regional").run(pa.table({**fixes, "emission_standard": [stage] * 21})).to_pylist()[0]
    assert row["nox_g"] / row["distance_km"] == pytest.approx(nox, rel=1e-9)
    assert row["pm_g"] / row["distance_km"] == pytest.approx(pm, rel=1e-9)


def test_the_table_of_unresolved_work_follows_from_the_cycles() -> None:
    table = library().table("truck_unresolved_work").to_pylist()
    stored = {int(row["interval_s"]): row["share_of_roughness"] for row in table}
    again = unresolved_shares(cycles(), [10, 30, 60])
    assert {k: round(v, 4) for k, v in again.items()} == {k: stored[k] for k in again}


@pytest.mark.parametrize("name", HELD_OUT)
def test_fuel_at_30_s_is_within_3_percent_of_1_hz_on_a_cycle_held_out(name: str) -> None:
    everything = cycles()
    assert set(everything) == set(HELD_OUT)
    shares = unresolved_shares({k: v for k, v in everything.items() if k != name}, [30])
    seen, true = sampled_energy(everything[name], 30, shares[30])
    assert seen == pytest.approx(true, rel=0.03)
    assert (
        sampled_energy(everything["EPA_Ph2_transient"], 30)[0]
        < 0.9 * sampled_energy(everything["EPA_Ph2_transient"], 30)[1]
    )
