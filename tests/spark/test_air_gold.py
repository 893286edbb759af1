"""Air in gold: flights by the model, landing and take-off in the district, fuel taken up, airports by system."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from spark_jobs.engine import activity, emission, modelled, session, tables
from tests.spark import gold_world as world
from tests.spark.landed import home_of
from tests.spark.test_modelled import flight

MONTH = "2026-10"
FLIGHTS = [
    flight("MU5101"),
    flight("MU0587", origin="PVG", destination="JFK", shanghai_airport="PVG", route_kind="international",
           aircraft_type="B77W", tail="B-1002", passengers=290, cargo_kg=15000.0, landing_at=datetime(2026, 10, 5, 22),
           on_block_at=datetime(2026, 10, 5, 22, 12)),
    flight("QF0129", operator="QF", tail=None, aircraft_type="A333", origin="SYD", destination="PVG",
           shanghai_airport="PVG", route_kind="international", landing_at=datetime(2026, 10, 5, 18, 40),
           on_block_at=datetime(2026, 10, 5, 18, 50)),
]  # fmt: skip


def uplift(fuel: str, feedstock: str, fossil: float, saf: float) -> dict[str, object]:
    return {
        "enterprise_code": "E-AIR", "period": MONTH, "fuel_code": fuel, "saf_feedstock": feedstock, "fossil_t": fossil,
        "saf_t": saf, "uplift_t": fossil + saf, "ncv_gj_per_t": 43.2, "carbon_content_tc_per_gj": 0.0196,
    }  # fmt: skip


def system(name: str, energy: str, unit: str, quantity: float, aircraft: float = 0.0) -> dict[str, object]:
    return {
        "airport": "PVG", "enterprise_code": "E-PVG", "period": MONTH, "system": name, "energy_code": energy,
        "unit": unit, "quantity": quantity, "of_which_aircraft": aircraft,
    }  # fmt: skip


@pytest.fixture(scope="module")
def gold(spark_server, tmp_path_factory):
    """Gold of a small air world, in a lake of its own."""
    with home_of(spark_server, tmp_path_factory.mktemp("air")):
        spark = session.connect(spark_server.settings)
        airport = {"enterprise_code": "E-SHA", "sector": "airport", "district_code": "310105"}
        world.write(spark, "reporting.enterprise", [
            {"enterprise_code": "E-AIR", "sector": "aviation", "district_code": "310105"},
            {"enterprise_code": "E-PVG", "sector": "airport", "district_code": "310115"}, airport,
        ])  # fmt: skip
        world.write(spark, "air.aircraft", [
            {"tail": tail, "operator": "MU", "enterprise_code": "E-AIR", "seats": seats}
            for tail, seats in (("B-1001", 186), ("B-1002", 316))
        ])  # fmt: skip
        world.write(spark, "air.flight", FLIGHTS)
        world.write(spark, "air.fuel_uplift_month", [
            uplift("jet_kerosene", "none", 1000.0, 0.0), uplift("saf_blend", "used_cooking_oil", 60.0, 20.0),
            uplift("aviation_gasoline", "none", 3.0, 0.0),
        ])  # fmt: skip
        world.write(spark, "air.airport_energy_month", [
            system("terminals", "electricity", "MWh", 500.0), system("bridge_power", "electricity", "MWh", 100.0, 93.0),
            system("hvac", "natural_gas", "10kNm3", 4.0), system("hvac", "cooling", "GJ", 900.0),
            system("terminals", "water", "t", 70.0),
            {**system("terminals", "electricity", "MWh", 50.0), "airport": "SHA", "enterprise_code": "E-SHA"},
        ])  # fmt: skip
        modelled.build_touched(spark, "air", "", "")
        assert activity.months_touched(spark, "air", "", "") == [MONTH]
        activity.build(spark, [MONTH])
        emission.build(spark, [MONTH])
        yield spark
        session.close(spark)


def rows(spark, name: str, where: str = "true") -> list:
    return tables.read(spark, name).where(where).collect()


def co2_kg(spark, where: str) -> float:
    found = rows(spark, "gold.emission", f"gas = 'CO2' AND chain = 'TTW' AND {where}")
    assert found
    return sum(r.mass_kg for r in found)


def test_flights_of_key_units_are_theirs_and_international_ones_a_memo_item(gold):
    fuel = {r.business_key: r for r in rows(gold, "silver.air_flight_fuel")}
    found = {r.object_id: r for r in rows(gold, "gold.activity", "object_type = 'flight'")}
    assert {k: (r.entity_id, r.memo_item, r.district_code) for k, r in found.items()} == {
        "MU5101": ("E-AIR", "", "outside"),
        "MU0587": ("E-AIR", "international_aviation", "outside"),
    }
    assert found["MU5101"].quantity == fuel["MU5101"].fuel_kg
    assert co2_kg(gold, "object_id = 'MU5101' AND account = 'modelled'") == pytest.approx(fuel["MU5101"].fuel_kg * 3.16)
    assert {(r.counted_in_city, r.double_counting_rule) for r in found.values()} == {(False, "flight_inside_report")}


def test_uncertainty_is_the_models_own(gold):
    (found,) = rows(gold, "gold.activity", "object_id = 'MU5101'")
    (fuel,) = rows(gold, "silver.air_flight_fuel", "business_key = 'MU5101'")
    assert fuel.fuel_kg * 2.718281828459045 ** (1.959963984540054 * found.activity_rsu) == pytest.approx(
        fuel.fuel_high_95_kg, rel=0.01
    )
    assert 0.03 < found.activity_rsu < 0.15


def test_landing_and_take_off_burn_in_the_airports_district_whoever_flies(gold):
    fuel = {r.business_key: r for r in rows(gold, "silver.air_flight_fuel")}
    found = {r.object_id: r for r in rows(gold, "gold.activity", "object_type = 'lto'")}
    assert {k: (r.entity_id, r.district_code, r.boundary) for k, r in found.items()} == {
        "SHA/MU/domestic": ("E-AIR", "310105", "territorial"),
        "PVG/MU/international": ("E-AIR", "310115", "territorial"),
        "PVG/QF/international": ("operator:QF", "310115", "territorial"),
    }
    arrival = fuel["QF0129"]
    assert found["PVG/QF/international"].quantity == pytest.approx(arrival.approach_fuel_kg + arrival.taxi_in_fuel_kg)
    assert not any(r.counted_in_city or r.double_counting_rule == "" for r in found.values())
    assert found["SHA/MU/domestic"].period == str(date(2026, 10, 5))


def test_sustainable_fuel_counts_zero_and_is_marked_unverified(gold):
    where = "object_type = 'fuel_uplift' AND gas = 'CO2' AND account = 'itemised'"
    found = {(r.object_id.split("/")[1], r.activity_type): r for r in rows(gold, "gold.emission", where)}
    measured = 43.2 * 0.0196 * 0.98 * 44 / 12 * 1000
    assert found["jet_kerosene", "jet_kerosene"].mass_kg == pytest.approx(1000 * measured)
    assert found["jet_kerosene", "jet_kerosene"].factor_rung == "measured"
    # A blend's carbon content is not its fossil part's: the guideline's value stands.
    assert found["saf_blend", "jet_kerosene"].mass_kg == pytest.approx(60 * 44.75 * 0.0196 * 0.98 * 44 / 12 * 1000)
    saf = found["saf_blend", "saf"]
    assert (saf.mass_kg, saf.factor_id, saf.factor_verified) == (0.0, "RULE_CO2_saf", "no")
    assert found["aviation_gasoline", "aviation_gasoline"].mass_kg == pytest.approx(3 * measured / 0.98)


def test_airport_systems_without_what_aircraft_take(gold):
    where = "object_type = 'airport_system' AND boundary = 'legal_entity'"
    found = {(r.object_id, r.activity_type): r.quantity for r in rows(gold, "gold.activity", where)}
    assert found == {
        ("PVG/terminals", "electricity"): 500.0,
        ("PVG/bridge_power", "electricity"): 7.0,
        ("PVG/hvac", "natural_gas"): 4.0,
        ("SHA/terminals", "electricity"): 50.0,
    }
    assert co2_kg(gold, f"{where} AND activity_type = 'electricity'") == pytest.approx(557 * 420.0)
    kept = rows(gold, "gold.activity", "evidence = 'itemised' AND double_counting_rule <> 'itemised_inside_report'")
    assert kept == []


def test_nothing_of_this_is_official_and_the_ledger_closes(gold):
    assert rows(gold, "gold.emission", "is_official") == []
    ledger = {r.feed: r for r in rows(gold, "ops.activity_ledger")}
    assert set(ledger) == {"air.flight", "air.fuel_uplift_month", "air.airport_energy_month"}
    assert all(r.closes and r.quarantined == 0 for r in ledger.values())
    assert not tables.exists("silver.quarantine")  # nothing was refused


def test_a_second_build_gives_the_same_rows(gold):
    names = ("silver.air_flight_fuel", "gold.activity", "gold.emission", "gold.energy")
    before = {n: sorted(map(str, rows(gold, n))) for n in names}
    modelled.build_touched(gold, "all", "", "")
    activity.build(gold, [MONTH])
    emission.build(gold, [MONTH])
    assert {n: sorted(map(str, rows(gold, n))) for n in names} == before
