"""Properties of the flights model."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_jobs.models.aviation import types
from spark_jobs.models.aviation.flights import PHASES
from spark_jobs.models.registry import model

KINDS = st.sampled_from(types.designators())
DISTANCES = st.floats(20, 12_000)


def run(rows: list[dict], name: str = "aviation", **options: object) -> list[dict]:
    columns = dict.fromkeys(key for row in rows for key in row)
    table = pa.table({column: [row.get(column) for row in rows] for column in columns})
    return model(name).run(table, **options).to_pylist()


def flight(**values: object) -> dict:
    return {"flight_id": "1", "aircraft_type": "A320", **values}


@given(KINDS, DISTANCES)
@settings(max_examples=60, deadline=None)
def test_phases_sum_to_the_whole_within_the_interval(kind: str, km: float) -> None:
    row = run([flight(aircraft_type=kind, distance_km=km)])[0]
    parts = [row[f"{name}_fuel_kg"] for name in PHASES]
    assert row["reason"] is None
    assert min(parts) >= 0
    assert sum(parts) == pytest.approx(row["fuel_kg"])
    assert row["fuel_low_95_kg"] < row["fuel_kg"] < row["fuel_high_95_kg"]
    if row["co2_kg"] is not None:
        assert row["co2_low_95_kg"] < row["co2_kg"] < row["co2_high_95_kg"] and row["co2_kg"] < row["co2e_ar6_kg"]


@given(KINDS, DISTANCES, st.floats(1.02, 1.5))
@settings(max_examples=60, deadline=None)
def test_further_is_more_fuel(kind: str, km: float, factor: float) -> None:
    near, far = run([flight(aircraft_type=kind, distance_km=km), flight(aircraft_type=kind, distance_km=km * factor)])
    assert far["fuel_kg"] > near["fuel_kg"]


@given(st.permutations(range(12)))
@settings(max_examples=10, deadline=None)
def test_order_of_rows_does_not_matter(order: list[int]) -> None:
    rows = [
        flight(flight_id=str(n), aircraft_type=types.designators()[n * 11], distance_km=300.0 * n) for n in range(12)
    ]
    rows[3]["aircraft_type"] = "nonsense"
    straight = {row["flight_id"]: row for row in run(rows)}
    shuffled = run([rows[n] for n in order])
    assert [row["flight_id"] for row in shuffled] == [str(n) for n in order]
    assert all(row == straight[row["flight_id"]] for row in shuffled)


@given(st.lists(st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_any_finite_number_gives_a_value_or_a_reason_and_no_nan(values: list[float | None]) -> None:
    for column in ("distance_km", "passengers", "freight_kg", "apu_min"):
        table = pa.table(
            {"flight_id": ["1"] * len(values), "aircraft_type": ["B738"] * len(values),
             **({} if column == "distance_km" else {"distance_km": [900.0] * len(values)}),
             column: pa.array(values, pa.float64())}
        )  # fmt: skip
        out = model("aviation").run(table)
        for row in out.to_pylist():
            assert (row["fuel_kg"] is None) == (row["reason"] is not None)
        numbers = [c for c in out.column_names if pa.types.is_floating(out.schema.field(c).type)]
        assert all(np.isfinite(v) for c in numbers for v in out.column(c).drop_null().to_pylist())


def test_no_movement_is_no_fuel() -> None:
    row = run([flight(distance_km=0)])[0]
    assert row["fuel_kg"] == row["co2_kg"] == 0
    assert row["reason"] is None


def _times(**minutes: float) -> dict:
    start = np.datetime64("2026-10-01T00:00:00")
    return {name: str(start + np.timedelta64(round(m * 60), "s")).replace("T", " ") for name, m in minutes.items()}


def test_taxi_fuel_is_flow_times_minutes() -> None:
    """CFM56-5B4/P idles at 0.104 kg/s: two engines, 15 and 6 minutes."""
    row = run([flight(distance_km=1000, **_times(off_block_at=0, takeoff_at=15, landing_at=110, on_block_at=116))])[0]
    assert row["taxi_out_fuel_kg"] == pytest.approx(2 * 0.104 * 15 * 60)
    assert row["taxi_in_fuel_kg"] == pytest.approx(2 * 0.104 * 6 * 60)


def test_longer_in_the_air_is_more_fuel_until_the_bound() -> None:
    rows = [flight(distance_km=1000, **_times(takeoff_at=0, landing_at=m)) for m in (85, 95, 105, 400, 500)]
    fuel = [row["fuel_kg"] for row in run(rows)]
    assert fuel[0] < fuel[1] < fuel[2] < fuel[3] == fuel[4]
    assert "bounded" in run(rows)[4]["tier"]


def test_block_times_alone_are_a_lower_tier_than_air_times() -> None:
    air, block, none = run(
        [flight(distance_km=1000, **_times(takeoff_at=19, landing_at=113)),
         flight(distance_km=1000, **_times(off_block_at=0, on_block_at=120)), flight(distance_km=1000)]
    )  # fmt: skip
    assert [row["tier"][0] for row in (air, block, none)] == ["1", "2", "3"]
    assert air["fuel_high_95_kg"] / air["fuel_kg"] < block["fuel_high_95_kg"] / block["fuel_kg"]
    assert block["fuel_high_95_kg"] / block["fuel_kg"] < none["fuel_high_95_kg"] / none["fuel_kg"]


def test_time_zone_does_not_change_fuel() -> None:
    row = flight(distance_km=1000, **_times(takeoff_at=0, landing_at=100))
    assert run([row], tz="UTC")[0]["fuel_kg"] == run([row], tz="Asia/Shanghai")[0]["fuel_kg"]


def test_circuit_without_distance_is_flown_by_time() -> None:
    row = run([flight(origin="PVG", destination="PVG", **_times(takeoff_at=0, landing_at=60))])[0]
    assert row["reason"] is None
    assert row["air_distance_km"] > 400


@pytest.mark.parametrize(
    ("values", "reason"),
    [({"aircraft_type": "B38X", "distance_km": 100}, "nearest known: 'B78X'"),
     ({"origin": "PVG", "destination": "QQQ"}, "unknown airport 'QQQ'"),
     ({}, "no distance"),
     ({"origin": "PVG", "destination": "ZSPD"}, "one place"),
     ({"distance_km": 500, **_times(takeoff_at=50, landing_at=40)}, "landing_at is before takeoff_at"),
     ({"distance_km": 500, **_times(off_block_at=50, takeoff_at=40)}, "takeoff_at is before off_block_at"),
     ({"distance_km": 500, **_times(takeoff_at=0, landing_at=3000)}, "more hours in the air"),
     ({"distance_km": 500, **_times(off_block_at=0, on_block_at=20)}, "leave no flight"),
     ({"distance_km": 500, "passengers": 800}, "weigh more")],
)  # fmt: skip
def test_rows_that_cannot_be_computed_say_why_and_leave_the_others(values: dict, reason: str) -> None:
    bad, good = run([flight(**values), flight(distance_km=500.0)])
    assert reason in bad["reason"]
    assert bad["fuel_kg"] is None
    assert good["fuel_kg"] > 0


def test_heavier_load_is_more_fuel_and_less_per_passenger() -> None:
    few, many = run([flight(distance_km=1500, passengers=60), flight(distance_km=1500, passengers=170)])
    assert 1.0 < many["fuel_kg"] / few["fuel_kg"] < 1.25
    assert many["co2_kg_per_passenger"] < few["co2_kg_per_passenger"]


def test_passenger_and_freight_share_by_icao() -> None:
    """150 passengers, 156 seats, 2 t freight: (150·100 + 156·50) / (22,800 + 2,000)."""
    row = run([flight(distance_km=1500, passengers=150, freight_kg=2000, seats=156)])[0]
    assert row["passenger_share"] == pytest.approx(22_800 / 24_800)
    assert row["co2_kg_per_passenger"] * 150 + row["co2_kg_per_tkm"] * 2 * 1500 == pytest.approx(row["co2_kg"])


def test_names_and_cases_of_types_mean_the_same() -> None:
    rows = run([flight(aircraft_type=name, distance_km=700) for name in ("AJ27", "arj21", "C909")])
    assert {row["aircraft_type"] for row in rows} == {"AJ27"}


def test_every_type_of_feat_is_known() -> None:
    from spark_jobs.models.aviation.feat import feat_types

    assert set(feat_types()) <= set(types.designators())
    rows = run([flight(aircraft_type=name, distance_km=800) for name in types.designators()])
    assert all(row["fuel_kg"] > 0 for row in rows)


def test_every_relative_says_why() -> None:
    for row in types.rows():
        assert row["relative_reason"] or row["feat_type"] == row["type"], row["type"]


def test_a_piston_type_burns_aviation_gasoline() -> None:
    """CORSIA: 3.10 kg CO2 per kg of aviation gasoline, 3.16 of jet fuel."""
    rows = pa.table({"flight_id": ["a", "b"], "aircraft_type": ["C172", "A320"], "distance_km": [200.0, 1000.0]})
    light, jet = model("aviation").run(rows).to_pylist()
    assert light["co2_kg"] == pytest.approx(light["fuel_kg"] * 3.10)
    assert light["factor_ids"] == "AV_CORSIA_AVGAS"
    assert jet["co2_kg"] == pytest.approx(jet["fuel_kg"] * 3.16)
