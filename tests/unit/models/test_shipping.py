"""Properties of the shipping models."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_jobs.models.frame import InputError
from spark_jobs.models.registry import model
from spark_jobs.models.shipping.cii_lines import boundary_factors
from spark_jobs.models.shipping.ship_types import CODES, SHIP_TYPES

KINDS = st.sampled_from(sorted(SHIP_TYPES))
FLEET = pa.table(
    {"ship_id": [f"S{n}" for n in range(len(SHIP_TYPES))], "ship_type": sorted(SHIP_TYPES),
     "deadweight_t": [20000.0] * len(SHIP_TYPES), "gross_tonnage": [15000.0] * len(SHIP_TYPES)}
)  # fmt: skip


def run(name: str, rows: list[dict], **options: object) -> list[dict]:
    return model(name).run(pa.Table.from_pylist(rows), **options).to_pylist()


EU_MRV = [
    "Bulk carrier", "Chemical tanker", "Combination carrier", "Container ship", "Container/ro-ro cargo ship",
    "Gas carrier", "General cargo ship", "LNG carrier", "Oil tanker", "Other ship types", "Passenger ship",
    "Refrigerated cargo carrier", "Ro-pax ship", "Ro-ro ship", "Vehicle carrier",
]  # fmt: skip
IMO = [
    "Bulk carrier", "Gas carrier", "Tanker", "Container ship", "General cargo ship", "Refrigerated cargo carrier",
    "Combination carrier", "LNG carrier", "Ro-ro cargo ship (vehicle carrier)", "Ro-ro cargo ship",
    "Ro-ro passenger ship", "Cruise passenger ship",
]  # fmt: skip


@pytest.mark.parametrize("name", sorted({*EU_MRV, *IMO}))
def test_names_of_imo_and_eu_mrv_are_known_in_any_case(name: str) -> None:
    assert CODES.resolve(name) == CODES.resolve(name.upper()) == CODES.resolve(name.lower()) is not None


@given(KINDS, st.floats(500, 400_000), st.floats(500, 240_000))
@settings(max_examples=60, deadline=None)
def test_year_is_positive_within_its_interval_for_every_type(kind: str, deadweight: float, gross: float) -> None:
    row = run(
        "shipping-year", [{"ship_id": "1", "ship_type": kind, "deadweight_t": deadweight, "gross_tonnage": gross}]
    )
    assert row[0]["reason"] is None
    assert 0 < row[0]["co2_low_95_kg_per_nm"] < row[0]["co2_kg_per_nm"] < row[0]["co2_high_95_kg_per_nm"]


@pytest.mark.parametrize("kind", sorted(k for k, kind in SHIP_TYPES.items() if not kind.cii_proxy))
def test_year_interval_holds_the_middle_70_percent_of_the_reported_fleet(kind: str) -> None:
    """MEPC.354(78): d1 and d4 are the 15 and 85 % quantiles; a 95 % interval must reach well beyond both."""
    row = run("shipping-year", [{"ship_id": "1", "ship_type": kind, "deadweight_t": 30000, "gross_tonnage": 30000}])[0]
    d = boundary_factors(kind, np.array([30000.0]))[0]
    assert row["co2_low_95_kg_per_nm"] / row["co2_kg_per_nm"] < d[0] * 0.9
    assert row["co2_high_95_kg_per_nm"] / row["co2_kg_per_nm"] > d[3] * 1.1


CII_ROW = st.fixed_dictionaries(
    {"ship_id": st.text("abc", min_size=1), "ship_type": KINDS, "year": st.integers(2017, 2032),
     "deadweight_t": st.floats(100, 5e5), "gross_tonnage": st.floats(100, 3e5), "distance_nm": st.floats(1, 2e5),
     "hfo_t": st.floats(0, 1e5), "lng_t": st.floats(0, 1e5)}
)  # fmt: skip


@given(st.lists(CII_ROW, min_size=1, max_size=6), st.floats(0.1, 1))
@settings(max_examples=60, deadline=None)
def test_cii_is_per_row_per_distance_and_rated_by_its_boundaries(rows: list[dict], part: float) -> None:
    out = run("cii", rows)
    assert out[::-1] == run("cii", rows[::-1])
    scaled = run("cii", [{**r, **{k: r[k] * part for k in ("distance_nm", "hfo_t", "lng_t")}} for r in rows])
    for row, less in zip(out, scaled, strict=True):
        if row["reason"]:
            assert row["attained"] is None
            continue
        assert less["attained"] == pytest.approx(row["attained"], rel=1e-9)
        bounds = [row[f"boundary_{n}"] for n in (1, 2, 3, 4)]
        assert bounds == sorted(bounds)
        assert row["rating"] == "ABCDE"[sum(row["attained"] >= b for b in bounds)]


@given(st.sampled_from(FLEET["ship_id"].to_pylist()), st.floats(2, 20), st.floats(1, 500), st.floats(1.05, 4))
@settings(max_examples=60, deadline=None)
def test_more_distance_at_the_same_speed_is_more_fuel(ship: str, speed: float, hours: float, times: float) -> None:
    rows = [
        {"ship_id": ship, "voyage_id": str(k), "distance_nm": speed * hours * k, "hours_under_way": hours * k}
        for k in (1.0, times)
    ]
    short, long = run("shipping-voyages", rows, ships=FLEET)
    assert long["fuel_t"] == pytest.approx(short["fuel_t"] * times, rel=1e-9)
    assert short["co2_low_95_t"] < short["co2_t"] < short["co2_high_95_t"]


def test_no_activity_is_no_fuel() -> None:
    row = run(
        "shipping-voyages", [{"ship_id": "S0", "voyage_id": "1", "distance_nm": 0, "hours_under_way": 0}], ships=FLEET
    )
    assert (row[0]["fuel_t"], row[0]["co2_t"], row[0]["reason"]) == (0, 0, None)


@st.composite
def tracks(draw: st.DrawFn) -> list[dict]:
    """Fixes of up to three ships at distinct minutes."""
    rows = []
    for ship in draw(st.sets(st.sampled_from(["S0", "S5", "S9"]), min_size=1)):
        minutes = sorted(draw(st.sets(st.integers(0, 4000), min_size=2, max_size=12)))
        for minute in minutes:
            day, hour = divmod(minute, 1440)
            rows.append(
                {"ship_id": ship, "time": f"2026-10-{1 + day:02d} {hour // 60:02d}:{hour % 60:02d}:00",
                 "latitude_deg": 30 + minute / 5000, "longitude_deg": 122.0, "speed_kn": draw(st.floats(0, 25)),
                 "area": draw(st.sampled_from(["port", "anchorage", ""]))}
            )  # fmt: skip
    return rows


@given(tracks(), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_order_of_positions_does_not_matter_and_points_sum_to_phases(rows: list[dict], random: object) -> None:
    shuffled = rows.copy()
    random.shuffle(shuffled)
    whole, again = (run("shipping-positions", r, ships=FLEET) for r in (rows, shuffled))
    assert [r["ship_id"] for r in whole] == [r["ship_id"] for r in again]
    assert np.allclose([r["fuel_t"] or 0 for r in whole], [r["fuel_t"] or 0 for r in again])
    points = run("shipping-positions", rows, ships=FLEET, points=True)
    assert [p["ship_id"] for p in points] == [r["ship_id"] for r in rows]
    assert sum(p["fuel_t"] or 0 for p in points) == pytest.approx(sum(r["fuel_t"] or 0 for r in whole))
    parts = [r["main_fuel_t"] + r["auxiliary_fuel_t"] + r["boiler_fuel_t"] for r in whole if r["fuel_t"] is not None]
    assert parts == pytest.approx([r["fuel_t"] for r in whole if r["fuel_t"] is not None])
    firsts = {p["ship_id"]: p for p in sorted(points, key=lambda p: p["time"], reverse=True)}
    assert all(p["fuel_t"] == p["hours"] == p["distance_nm"] == 0 for p in firsts.values())


def test_rows_that_cannot_be_computed_are_counted_not_lost() -> None:
    good = {"ship_id": "S0", "time": "2026-10-01 00:00", "latitude_deg": 30, "longitude_deg": 122, "speed_kn": 1}
    rows = [good, {**good, "time": "2026-10-01 01:00"}, {**good, "latitude_deg": 91}, {**good, "ship_id": "none"}]
    out = run("shipping-positions", rows, ships=FLEET)
    assert sum(r["positions"] for r in out) == len(rows)
    assert {r["reason"] for r in out if r["reason"]} == {
        "latitude_deg: 91 deg is above 90",
        "ship_id: not in the --ships file",
    }


def test_values_that_ais_uses_for_not_available_are_absent_not_wrong() -> None:
    fix = {"ship_id": "S0", "latitude_deg": 30.0, "longitude_deg": 122.0, "draught_m": 0, "speed_kn": 102.3}
    rows = [{**fix, "time": f"2026-10-01 0{h}:00", "latitude_deg": 30 + h / 5} for h in range(3)]
    points = run("shipping-positions", rows, ships=FLEET, points=True)
    assert [p["reason"] for p in points] == [None] * 3
    assert points[1]["speed_used_kn"] == pytest.approx(points[1]["distance_nm"]) == pytest.approx(12.0, abs=0.05)


def test_less_draught_is_less_fuel() -> None:
    fix = {"ship_id": "S0", "latitude_deg": 30.0, "longitude_deg": 122.0, "speed_kn": 12}
    rows = [{**fix, "time": f"2026-10-01 0{h}:00", "draught_m": d} for h, d in enumerate((10, 10, 8))]
    points = run("shipping-positions", rows, ships=FLEET, points=True)
    assert points[2]["main_load"] == pytest.approx(points[1]["main_load"] * 0.8 ** (2 / 3))


def test_a_ship_twice_names_both_rows() -> None:
    fleet = pa.concat_tables([FLEET, FLEET.slice(0, 1)])
    with pytest.raises(InputError, match=r"'S0' stands in rows 1 and "):
        run("shipping-voyages", [{"ship_id": "S0", "voyage_id": "1", "distance_nm": 1}], ships=fleet)


def test_shore_power_takes_the_auxiliary_off_fuel_and_nothing_else() -> None:
    rows = [
        {
            "ship_id": "S0",
            "time": f"2026-10-01 0{h}:00",
            "latitude_deg": 30,
            "longitude_deg": 122,
            "speed_kn": 0,
            "area": "port",
        }
        for h in range(3)
    ]
    shore = FLEET.append_column("shore_power", pa.array([True] * len(FLEET)))
    plain, plugged = (run("shipping-positions", rows, ships=fleet)[0] for fleet in (FLEET, shore))
    assert plugged["auxiliary_fuel_t"] == 0 < plain["auxiliary_fuel_t"]
    assert plugged["boiler_fuel_t"] == plain["boiler_fuel_t"]
    assert plugged["shore_power_kwh"] > 0 == plain["shore_power_kwh"]
