"""The aviation models against published values: ICAO databank, ICAO detours, great circles, Poll-Schumann, CORSIA."""

import numpy as np
import pyarrow as pa
import pytest

from factor_library.library import library
from spark_jobs.models.aviation import anchor, types
from spark_jobs.models.aviation import performance as perf
from spark_jobs.models.aviation.airports import airport_position, icao_detour_km
from spark_jobs.models.aviation.engines import lto_fuel_kg
from spark_jobs.models.aviation.feat import feat_fuel_kg, feat_types
from spark_jobs.models.registry import model
from spark_jobs.models.tracks import great_circle_km

# Engines whose printed LTO fuel does not follow from their printed flows. D-36 and D-436: the sheets' own totals are
# 8–10 % below flow × time. JT9D-7R4D: 3 %. PW1000G: idle flow is printed to two decimals, ±7 % of the idle fuel.
ODD = ("D-36", "D-436", "JT9D-7R4D", "PW15", "PW19")


def _engines() -> list[dict]:
    return [row for row in library().table("aviation_icao_engine_lto").to_pylist() if row["fuel_lto"]]


def test_lto_fuel_of_every_engine_follows_from_flows_and_times() -> None:
    rows = _engines()
    flows = np.array([[row[f"ff_{mode}"] for mode in ("to", "co", "app", "idl")] for row in rows]).T
    gap = lto_fuel_kg(*flows) / np.array([row["fuel_lto"] for row in rows]) - 1
    assert len(rows) == 420
    assert abs(gap.mean()) < 0.002
    assert np.abs(gap).mean() < 0.002
    regular = np.array([not row["name"].startswith(ODD) for row in rows])
    assert np.abs(gap[regular]).max() < 0.005
    assert np.abs(gap).max() < 0.10


@pytest.mark.parametrize(
    ("origin", "destination", "km"),
    [("JFK", "LHR", 5_540), ("EGLL", "WSSS", 10_880), ("LAX", "JFK", 3_975), ("YSSY", "KLAX", 12_060),
     ("PVG", "PEK", 1_100), ("zspd", "lax", 10_415)],
)  # fmt: skip
def test_great_circle_between_known_airports(origin: str, destination: str, km: float) -> None:
    ends = [np.array([value]) for code in (origin, destination) for value in airport_position(code)]
    assert great_circle_km(*ends)[0] == pytest.approx(km, rel=0.003)


def test_icao_detour_by_band() -> None:
    assert icao_detour_km(np.array([0, 549.9, 550, 5499.9, 5500, 12000])).tolist() == [50, 50, 100, 100, 125, 125]


def test_corsia_factor() -> None:
    row = model("aviation").run(pa.table({"flight_id": ["1"], "aircraft_type": ["A320"], "distance_km": [1000.0]}))
    row = row.to_pylist()[0]
    assert row["co2_kg"] / row["fuel_kg"] == pytest.approx(3.16)
    assert row["factor_ids"] == "AV_CORSIA_JETA"


def test_feat_of_an_a321_over_2200_km() -> None:
    """By hand: −5.7378784219e-05 · 2200² + 4.0840 · 2200 + 1084.5, the table's coefficients."""
    row = next(r for r in library().table("aviation_feat_reduced").to_pylist() if r["type"] == "A321")
    by_hand = row["a1_kg_per_km2"] * 2200**2 + row["a2_kg_per_km"] * 2200 + row["intercept_kg"]
    assert feat_fuel_kg(np.array([feat_types().index("A321")]), np.array([2200.0]))[0] == pytest.approx(by_hand)


def test_poll_schumann_a320_as_the_authors_compute_it() -> None:
    """A320, Mach 0.753, 58.8 t, 34,000 and 41,450 ft: values of Ian Poll quoted in public code of the method."""
    a = perf.airframes().take(np.full(2, perf.airframe_types().index("A320")))
    altitude, mach, mass = np.array([34_000.0, 41_450.0]), np.full(2, 0.753), np.full(2, 58_800.0)
    assert perf.reynolds(a.wing_area_m2, mach, altitude) / 1e7 == pytest.approx([6.777, 4.863], rel=2e-3)
    dynamic = 0.7 * perf.pressure_pa(altitude) * mach**2 * a.wing_area_m2
    lift = mass * perf.GRAVITY / dynamic
    assert lift == pytest.approx([0.475, 0.679], abs=2e-3)
    assert perf.drag_coefficient(a, lift, mach, altitude) == pytest.approx([0.0285, 0.0402], abs=1.5e-4)
    flow = perf.fuel_flow_kg_s(a, mass, mach * perf.sound_ms(altitude), altitude)
    assert flow == pytest.approx([0.593, 0.578], rel=5e-3)


def test_feat_and_poll_schumann_are_on_one_level() -> None:
    """Two independent methods, new aircraft: the median of 59 types differs by less than 4 %."""
    assert anchor.level() == pytest.approx(1.0, abs=0.04)
    assert 1.03 < anchor.in_service() < 1.085


EMEP = {"A320": "A320", "B734": "B734", "B744": "B744", "B763": "B763", "B772": "B777", "A332": "A330", "B752": "B757",
        "A343": "A342", "F100": "F100", "MD82": "MD81"}  # fmt: skip


def test_air_fuel_lies_near_emep_eea() -> None:
    """A third published source, used for none of these jets: EMEP/EEA 2009 at 1,000 nm without its taxi fuel."""
    rows = library().table("aviation_eea2009_fuel").to_pylist()
    gaps = []
    for kind, emep in EMEP.items():
        fuel = {r["phase"]: r["fuel_kg"] for r in rows if r["type"] == emep and r["distance_nm"] == 1000}
        ours = anchor.anchor().at(anchor.anchor().air_kg, types.positions([kind]), np.array([1852.0]))[0]
        gaps.append(ours / (fuel["total"] - fuel["taxi_in"] - fuel["taxi_out"]) - 1)
    assert abs(np.mean(gaps)) < 0.06
    assert np.abs(gaps).max() < 0.15
