"""Properties of the trajectory and hourly models."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_jobs.models.aviation import types
from spark_jobs.models.registry import model

_LEGS = (  # seconds, altitude from and to (ft), ground speed from and to (kt)
    (600, 0, 0, 10, 15), (40, 0, 0, 20, 150), (90, 0, 3_000, 150, 210), (240, 3_000, 11_000, 250, 320),
    (300, 11_000, 22_000, 340, 430), (480, 22_000, 34_000, 430, 450), (2_400, 34_000, 34_000, 450, 450),
    (700, 34_000, 11_000, 450, 330), (320, 11_000, 3_000, 280, 220), (240, 3_000, 0, 190, 140), (40, 0, 0, 135, 20),
    (300, 0, 0, 15, 10),
)  # fmt: skip
START = 1_790_000_000


def track(step: float = 10.0, flight: str = "x", kind: str = "A320", **columns: object) -> pa.Table:
    ends = np.cumsum([0, *(leg[0] for leg in _LEGS)])
    times = np.arange(0, ends[-1], step)
    leg = np.searchsorted(ends, times, side="right") - 1
    share = (times - ends[leg]) / np.array([row[0] for row in _LEGS])[leg]
    table = np.array([row[1:] for row in _LEGS], dtype=float)[leg]
    micros = ((times + START) * 1e6).astype(np.int64)
    count = len(times)
    out = {
        "flight_id": [flight] * count, "aircraft_type": [kind] * count,
        "time": pa.array(micros, pa.timestamp("us", "UTC")),
        "altitude_ft": table[:, 0] + share * (table[:, 1] - table[:, 0]),
        "ground_speed_kt": table[:, 2] + share * (table[:, 3] - table[:, 2]),
    }  # fmt: skip
    out.update({name: np.full(count, value) for name, value in columns.items()})
    return pa.table(out)


def total(table: pa.Table) -> float:
    return model("aviation-trajectory").run(table).to_pylist()[0]["fuel_kg"]


@pytest.mark.parametrize("kind", ["A320", "B77W", "AT76", "CRJ7", "C919", "C172"])
def test_phases_and_points_sum_to_the_whole(kind: str) -> None:
    table = track(kind=kind)
    row = model("aviation-trajectory").run(table).to_pylist()[0]
    parts = [value for name, value in row.items() if name.endswith("_fuel_kg")]
    points = model("aviation-trajectory").run(table, points=True).to_pylist()
    assert row["reason"] is None
    assert sum(parts) == pytest.approx(row["fuel_kg"])
    assert sum(p["fuel_kg"] for p in points) == pytest.approx(row["fuel_kg"])
    assert points[0]["fuel_kg"] == 0
    assert len(points) == table.num_rows
    assert [p["time"] for p in points] == table.column("time").to_pylist()
    assert row["fuel_low_95_kg"] < row["fuel_kg"] < row["fuel_high_95_kg"]


def test_points_keep_the_order_of_the_input_and_flights_do_not_mix() -> None:
    both = pa.concat_tables([track(flight="x"), track(flight="y", kind="B738")])
    order = np.random.default_rng(1).permutation(both.num_rows)
    straight = model("aviation-trajectory").run(both, points=True).to_pylist()
    shuffled = model("aviation-trajectory").run(both.take(order), points=True).to_pylist()
    assert shuffled == [straight[n] for n in order]
    assert sum(p["fuel_kg"] == 0 for p in straight) == 2
    alone = total(track(flight="y", kind="B738"))
    together = model("aviation-trajectory").run(both).to_pylist()
    assert together[1]["fuel_kg"] == pytest.approx(alone)


@given(st.sampled_from([1.0, 2.0, 5.0, 20.0, 60.0]))
@settings(max_examples=5, deadline=None)
def test_sampling_hardly_changes_the_total(step: float) -> None:
    assert total(track(step)) == pytest.approx(total(track(10.0)), rel=0.03)


def test_gap_in_cruise_is_bridged() -> None:
    table = track()
    seconds = np.arange(table.num_rows) * 10.0
    holed = table.filter(pa.array((seconds < 2_000) | (seconds > 3_800)))
    row = model("aviation-trajectory").run(holed).to_pylist()[0]
    assert row["fuel_kg"] == pytest.approx(total(table), rel=0.02)
    assert row["gap_h"] == pytest.approx(0.5, abs=0.02)


def test_steady_cruise_burns_in_proportion_to_time_and_nothing_in_none() -> None:
    level = track().slice(200, 150)
    half = level.slice(0, 75)
    assert total(level) == pytest.approx(2 * total(half), rel=0.03)
    assert total(level.slice(0, 1)) == 0
    same_time = pa.concat_tables([level.slice(0, 1)] * 3)
    assert total(same_time) == 0


def test_heavier_is_more_and_given_speed_raises_the_tier() -> None:
    light, heavy = total(track(mass_kg=55_000.0)), total(track(mass_kg=72_000.0))
    assert 1.05 < heavy / light < 1.35
    table = track(mass_kg=64_000.0)
    table = table.append_column("true_air_speed_kt", table.column("ground_speed_kt"))
    assert model("aviation-trajectory").run(table).to_pylist()[0]["tier"] == "1 TAS; mass given; own type"
    assert model("aviation-trajectory").run(track()).to_pylist()[0]["tier"].startswith("2 ground speed; mass by dist")


def test_mass_given_once_holds_for_the_flight() -> None:
    table = track()
    for place in (0, 150):
        once = [None] * table.num_rows
        once[place] = 70_000.0
        row = (
            model("aviation-trajectory")
            .run(table.append_column("mass_kg", pa.array(once, pa.float64())))
            .to_pylist()[0]
        )
        assert "mass given" in row["tier"]
        assert row["fuel_kg"] == pytest.approx(total(track(mass_kg=68_500.0)), rel=0.03)


def test_noise_of_altitude_does_not_make_fuel() -> None:
    """Altitude in steps of 25 ft and speed in whole knots, every second, as transponders give them."""
    table = track(1.0)
    rough = table.set_column(3, "altitude_ft", pa.array(np.round(table.column(3).to_numpy() / 25) * 25))
    rough = rough.set_column(4, "ground_speed_kt", pa.array(np.round(table.column(4).to_numpy())))
    assert total(rough) == pytest.approx(total(table), rel=0.01)


def test_bad_points_are_left_out_and_counted() -> None:
    table = track()
    broken = table.column("altitude_ft").to_pylist()
    broken[100] = 99_999.0
    out = table.set_column(3, "altitude_ft", pa.array(broken))
    row = model("aviation-trajectory").run(out).to_pylist()[0]
    points = model("aviation-trajectory").run(out, points=True).to_pylist()
    assert row["reason"] is None and row["points_left_out"] == 1
    assert points[100]["fuel_kg"] is None and "altitude_ft" in points[100]["reason"]
    assert row["fuel_kg"] == pytest.approx(total(table), rel=0.01)


def test_unknown_type_gives_a_reason() -> None:
    row = model("aviation-trajectory").run(track(kind="XX99")).to_pylist()[0]
    assert row["fuel_kg"] is None
    assert "unknown aircraft type" in row["reason"]


def hourly(**columns: object) -> dict[str, dict]:
    table = pa.table({"aircraft_type": [columns.pop("kind", "A320")], **{k: [v] for k, v in columns.items()}})
    return {row["phase"]: row for row in model("aviation-hourly").run(table).to_pylist()}


@pytest.mark.parametrize("kind", types.designators())
def test_hourly_of_every_type_sums_to_the_block(kind: str) -> None:
    rows = hourly(kind=kind)
    parts = [row for phase, row in rows.items() if phase != "block"]
    assert sum(row["fuel_kg"] for row in parts) == pytest.approx(rows["block"]["fuel_kg"])
    assert sum(row["hours"] for row in parts) == pytest.approx(rows["block"]["hours"])
    assert all(row["fuel_kg_per_h"] > 0 for row in rows.values())


def test_hourly_moves_with_the_scenario() -> None:
    usual = hourly()
    assert hourly(load_factor=0.5)["cruise"]["fuel_kg_per_h"] < usual["cruise"]["fuel_kg_per_h"]
    assert hourly(cruise_altitude_ft=26_000.0)["cruise"]["fuel_kg_per_h"] > usual["cruise"]["fuel_kg_per_h"]
    assert hourly(headwind_kt=60.0)["block"]["fuel_kg"] > usual["block"]["fuel_kg"]
    assert hourly(taxi_min=60.0)["block"]["fuel_kg_per_h"] < usual["block"]["fuel_kg_per_h"]
    assert hourly(taxi_min=0.0)["taxi"]["fuel_kg"] == 0
    assert usual["cruise"]["co2_kg_per_h"] == pytest.approx(3.16 * usual["cruise"]["fuel_kg_per_h"])
    assert "ceiling" in hourly(cruise_altitude_ft=50_000.0)["block"]["reason"]
