"""Properties of diesel-regional, and what noise in the fixes must not do."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_jobs.models.diesel_regional.derivation import cycles
from spark_jobs.models.frame import InputError
from spark_jobs.models.registry import model

SPEEDS = st.lists(st.floats(0, 110), min_size=2, max_size=25)
STEP = st.sampled_from([1.0, 5.0, 30.0, 60.0])


def run(columns: dict, **options: object) -> list[dict]:
    return model("diesel-regional").run(pa.table(columns), **options).to_pylist()


def trip(speeds: list[float], step: float = 30.0, **more: object) -> dict:
    n = len(speeds)
    return {"vehicle_id": ["a"] * n, "time": np.arange(n) * step + 1.79e9, "speed_kmh": speeds,
            **{name: [value] * n for name, value in more.items()}}  # fmt: skip


def total(columns: dict) -> float:
    return run(columns)[0]["fuel_kg"]


def line_haul(step: int = 1) -> np.ndarray:
    return cycles()["C8_LineHaul"][1000:3000:step] * 3.6


@given(SPEEDS, STEP, st.floats(5, 60))
@settings(max_examples=40, deadline=None)
def test_points_sum_to_the_vehicle_and_none_is_nan_or_negative(speeds: list[float], step: float, mass: float) -> None:
    columns = trip(speeds, step, mass_t=mass, emission_standard="V")
    whole, points = run(columns)[0], run(columns, points=True)
    assert len(points) == len(speeds)
    assert points[0]["fuel_kg"] == points[0]["hours"] == points[0]["distance_km"] == points[0]["nox_g"] == 0
    for name in ("hours", "distance_km", "fuel_kg", "co2_kg", "nox_g", "pm_g"):
        values = [p[name] for p in points if p[name] is not None]
        assert all(np.isfinite(values)) and min(values) >= 0
        assert sum(values) == pytest.approx(whole[name], rel=1e-9, abs=1e-12)
    assert whole["fuel_low_95_kg"] <= whole["fuel_kg"] <= whole["fuel_high_95_kg"]
    assert whole["co2_low_95_kg"] <= whole["co2_kg"] <= whole["co2_high_95_kg"]


@given(SPEEDS, STEP, st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_order_of_rows_does_not_matter(speeds: list[float], step: float, random) -> None:
    columns = trip(speeds, step)
    shuffled = list(range(len(speeds)))
    random.shuffle(shuffled)
    other = {name: [values[i] for i in shuffled] for name, values in columns.items()}
    assert total(other) == pytest.approx(total(columns), rel=1e-12)
    by_place = [p["fuel_kg"] for p in run(other, points=True)]
    straight = [p["fuel_kg"] for p in run(columns, points=True)]
    assert by_place == pytest.approx([straight[i] for i in shuffled], rel=1e-12)


@given(SPEEDS, STEP, st.integers(1, 20))
@settings(max_examples=30, deadline=None)
def test_two_vehicles_or_two_traces_do_not_touch(speeds: list[float], step: float, cut: int) -> None:
    cut = min(cut, len(speeds) - 1)
    columns = trip(speeds, step)
    parts = sum(total(trip(part, step)) for part in (speeds[:cut], speeds[cut:]))
    traces = ["x"] * cut + ["y"] * (len(speeds) - cut)
    assert total({**columns, "trace_id": traces}) == pytest.approx(parts, rel=1e-9, abs=1e-12)
    vehicles = {**columns, "vehicle_id": traces}
    assert sum(v["fuel_kg"] for v in run(vehicles)) == pytest.approx(parts, rel=1e-9, abs=1e-12)
    mixed = {name: list(values)[::-1] for name, values in vehicles.items()}
    assert {v["vehicle_id"]: v["fuel_kg"] for v in run(mixed)}["x"] == pytest.approx(total(trip(speeds[:cut], step)))


@given(st.floats(25, 110), st.floats(5, 50), st.integers(2, 40))
@settings(max_examples=30, deadline=None)
def test_more_distance_and_more_mass_are_more_fuel(kmh: float, mass: float, count: int) -> None:
    fuel = total(trip([kmh] * count, mass_t=mass))
    assert total(trip([kmh] * (count + 1), mass_t=mass)) > fuel
    assert total(trip([kmh] * count, mass_t=mass * 1.1)) > fuel
    assert total(trip([kmh] * (2 * count - 1), mass_t=mass)) == pytest.approx(2 * fuel, rel=1e-9)


def test_idling_burns_0_8_gallons_an_hour_and_an_engine_off_nothing() -> None:
    idle = run(trip([0.0] * 121))[0]
    assert idle["fuel_kg"] / idle["hours"] / 0.84 / 3.785 == pytest.approx(0.8, rel=0.02)
    assert idle["idle_hours"] == idle["hours"] == pytest.approx(1.0)
    assert run(trip([0.0] * 121, engine_on=False))[0]["fuel_kg"] == 0


def test_a_single_fix_is_zero_and_a_long_silence_is_shown_not_filled() -> None:
    assert run(trip([50.0]))[0]["fuel_kg"] == 0
    quiet = run({"vehicle_id": ["a"] * 4, "time": [0, 30, 3630, 3660], "speed_kmh": [60.0] * 4})[0]
    assert quiet["hours"] == pytest.approx(60 / 3600)
    assert quiet["silent_hours"] == pytest.approx(1.0)


@pytest.mark.parametrize("stage", ["VI", None])
def test_stage_six_and_no_stage_have_no_nox(stage: str | None) -> None:
    columns = {**trip([60.0] * 20), "emission_standard": pa.array([stage] * 20, pa.string())}
    row = run(columns)[0]
    assert row["nox_g"] is None and row["pm_g"] is None and row["fuel_kg"] > 0


def test_an_unknown_class_or_an_impossible_speed_is_a_reason_and_the_rest_is_computed() -> None:
    columns = {**trip([60.0, 60.0, 900.0, 60.0]), "mass_class": ["gt_12t", "gt_12t", "gt_12t", "gt_12tt"]}
    points = run(columns, points=True)
    assert points[2]["reason"].startswith("speed_kmh: 900") and points[2]["fuel_kg"] is None
    assert "nearest known: 'gt_12t'" in points[3]["reason"]
    assert points[1]["fuel_kg"] > 0
    row = run(columns)[0]
    assert (row["positions"], row["refused_positions"], row["reason"]) == (2, 2, None)


def test_every_row_refused_gives_the_vehicle_its_reason() -> None:
    row = run(trip([900.0, 901.0]))[0]
    assert row["fuel_kg"] is None and row["reason"].startswith("speed_kmh: 900")


def test_fixes_of_no_vehicle_are_counted() -> None:
    rows = run({"vehicle_id": ["a", None, "a"], "time": [0, 10, 30], "speed_kmh": [50.0] * 3})
    assert (rows[1]["vehicle_id"], rows[1]["refused_positions"]) == (None, 1)
    assert rows[1]["reason"] == "vehicle_id: missing, and needed" and rows[0]["fuel_kg"] > 0


def test_duplicates_change_nothing() -> None:
    columns = trip(list(line_haul(30)))
    twice = {name: np.repeat(values, 2) for name, values in columns.items()}
    assert total(twice) == pytest.approx(total(columns), rel=1e-9)
    assert [p["fuel_kg"] for p in run(twice, points=True)][1::2] == [0.0] * len(columns["time"])


def test_a_spike_and_a_dropout_at_1_hz_change_little() -> None:
    clean = line_haul()
    noisy = clean.copy()
    noisy[300], noisy[700] = 0.0, 160.0
    assert total(trip(list(noisy), 1.0)) == pytest.approx(total(trip(list(clean), 1.0)), rel=0.002)


def test_white_noise_of_speed_and_altitude_does_not_inflate_fuel() -> None:
    rng = np.random.default_rng(5)
    clean = line_haul()
    path = np.cumsum(clean) / 3.6
    hills = 40 * np.sin(path / 2000)
    good = total({**trip(list(clean), 1.0), "altitude_m": hills})
    noisy = {**trip(list(np.maximum(clean + rng.normal(0, 0.3, len(clean)), 0)), 1.0),
             "altitude_m": hills + rng.normal(0, 1.5, len(clean))}  # fmt: skip
    assert total(noisy) == pytest.approx(good, rel=0.03)


@pytest.mark.parametrize(("by", "tz"), [("hour", "Asia/Shanghai"), ("hour", "Asia/Kolkata"), ("cell", "UTC")])
def test_hours_and_cells_sum_to_the_vehicle(by: str, tz: str) -> None:
    columns = {**trip(list(line_haul(10)), 30.0, emission_standard="IV"), "latitude_deg": 31 + np.arange(200) * 1e-3,
               "longitude_deg": [121.4] * 200}  # fmt: skip
    whole, parts = run(columns)[0], run(columns, by=by, tz=tz)
    assert len(parts) >= 2
    for name in ("positions", "hours", "distance_km", "idle_hours", "fuel_kg", "co2_kg", "nox_g", "pm_g"):
        assert sum(part[name] for part in parts) == pytest.approx(whole[name])
    assert all(part["h3"] if by == "cell" else part["hour_start"] for part in parts)
    minutes = {part["hour_start"].minute for part in parts if part["hour_start"]}
    assert minutes == ({30} if tz == "Asia/Kolkata" else {0} if by == "hour" else set())


def test_refused_fixes_are_counted_by_hour_too() -> None:
    rows = run(trip([60.0, 900.0, 60.0]), by="hour")
    assert [(r["positions"], r["refused_positions"]) for r in rows] == [(2, 0), (0, 1)]
    with pytest.raises(InputError, match="--by cell needs latitude_deg"):
        run(trip([60.0, 60.0]), by="cell")


def test_ten_noisy_fixes_a_second_burn_what_one_does() -> None:
    clean, rng = line_haul()[:600], np.random.default_rng(3)
    fine = np.interp(np.arange(0, 599, 0.1), np.arange(600), clean)
    noisy = np.maximum(fine + rng.normal(0, 0.3, len(fine)), 0)
    hill = 0.02 * np.cumsum(fine) / 36
    columns = {**trip(list(noisy), 0.1), "altitude_m": hill + rng.normal(0, 0.5, len(fine))}
    assert total(columns) == pytest.approx(
        total({**trip(list(clean), 1.0), "altitude_m": np.append(hill[::10], hill[-1])}), rel=0.03
    )


@pytest.mark.parametrize("step", [1, 30])
def test_altitude_that_is_missing_here_and_there_is_level_there(step: int) -> None:
    speeds = list(line_haul(step))
    climb = 0.01 * np.cumsum(speeds) / 3.6 * step
    gappy = np.where(np.arange(len(speeds)) % 5 == 2, np.nan, climb)
    columns = trip(speeds, float(step))
    level, some, all_of_it = (total({**columns, "altitude_m": h}) for h in (climb * 0, gappy, climb))
    assert level < some <= all_of_it * 1.01
    assert all(np.isfinite(p["fuel_kg"]) for p in run({**columns, "altitude_m": gappy}, points=True))


@pytest.mark.parametrize("step", [1, 30])
def test_a_frozen_speed_is_replaced_by_the_displacement(step: int) -> None:
    """Stuck at 80 km/h while parked for half an hour: it idles; the same stuck value while driving stays."""
    n = 1800 // step
    frozen = {**trip([80.0] * n, float(step)), "latitude_deg": [31.0] * n, "longitude_deg": [121.0] * n}
    idle = total(trip([0.0] * n, float(step)))
    assert total(frozen) == pytest.approx(idle, rel=0.25)
    moving = {**frozen, "latitude_deg": 31.0 + np.arange(n) * step * 80 / 3.6 / 111_195.0}
    assert total(moving) == pytest.approx(total(trip([80.0] * n, float(step))), rel=1e-9)


def test_a_jump_of_the_position_is_not_believed() -> None:
    columns = {**trip([60.0] * 10), "latitude_deg": 31.0 + np.arange(10) * 500 / 111_195.0,
               "longitude_deg": [121.0] * 10}  # fmt: skip
    jumped = {**columns, "longitude_deg": [121.0] * 5 + [125.0] + [121.0] * 4}
    assert total(jumped) == pytest.approx(total(columns), rel=1e-9)
    assert run(jumped)[0]["distance_km"] == pytest.approx(4.5)


def test_sampling_at_30_s_keeps_the_fuel_of_a_noisy_line_haul() -> None:
    assert total(trip(list(line_haul(30)), 30.0)) == pytest.approx(total(trip(list(line_haul()), 1.0)), rel=0.03)
