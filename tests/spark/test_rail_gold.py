"""Lines, line-stations and uses of railway energy in gold: figures by hand, districts, nothing in the city total."""

from __future__ import annotations

import pytest

from spark_jobs.engine import activity, emission, session, tables
from tests.spark import gold_world as world
from tests.spark.landed import home_of

MONTH = "2026-10"


@pytest.fixture(scope="module")
def gold(spark_server, tmp_path_factory):
    """The gold tables of two lines, two stations and a railway, in a lake of their own."""
    with home_of(spark_server, tmp_path_factory.mktemp("rail")):
        spark = session.connect(spark_server.settings)
        owners = [("E-METRO", "metro", "310112"), ("E-RAIL", "railway", "310106")]
        world.write(
            spark,
            "reporting.enterprise",
            [{"enterprise_code": c, "sector": s, "district_code": d} for c, s, d in owners],
        )
        month = {"period": MONTH, "enterprise_code": "E-METRO"}
        world.write(
            spark,
            "rail.metro_line_month",
            [
                {**month, "line_code": "L01", "traction_mwh": 900.0, "known_to": world.SECOND},
                {**month, "line_code": "L01", "traction_mwh": 1000.0, "known_from": world.SECOND, "version_no": 2},
                {**month, "line_code": "L02", "traction_mwh": 500.0},
            ],
        )
        world.write(spark, "rail.metro_station", [{"station_code": "L0101", "district_code": "310101"}])
        world.write(
            spark,
            "rail.metro_station_month",
            [{**month, "station_code": code, "electricity_mwh": 200.0} for code in ("L0101", "L9999")],
        )
        world.write(
            spark,
            "rail.railway_energy_month",
            [
                {
                    "period": MONTH, "enterprise_code": "E-RAIL", "energy_code": "diesel", "unit": "t",
                    "freight_locomotive": 70.0, "passenger_locomotive": 20.0, "production": 10.0, "living": 0.0,
                    "total": 100.0,
                },
                {
                    "period": MONTH, "enterprise_code": "E-RAIL", "energy_code": "electricity", "unit": "MWh",
                    "freight_locomotive": 300.0, "passenger_locomotive": 0.0, "production": 60.0, "living": 40.0,
                    "total": 400.0,
                },
            ],
        )  # fmt: skip
        work = {"period": MONTH, "enterprise_code": "E-RAIL", "service": "freight"}
        world.write(
            spark, "rail.railway_line", [{"line_code": c, "electrified": e} for c, e in (("JHX", True), ("PDX", False))]
        )
        world.write(
            spark,
            "rail.railway_month",
            [
                {**work, "line_code": "JHX", "direction": "up", "gross_tonne_km": 500.0},
                {**work, "line_code": "JHX", "direction": "down", "gross_tonne_km": 250.0},
                {**work, "line_code": "PDX", "direction": "up", "gross_tonne_km": 250.0},
                {**work, "line_code": "PDX", "direction": "up", "gross_tonne_km": 9e9, "known_to": world.SECOND},
            ],
        )
        world.write(
            spark,
            "rail.railway_station",
            [{"station_code": c, "district_code": d} for c, d in (("AOH", "310112"), ("OTH", "outside"))],
        )
        month = {"period": MONTH, "enterprise_code": "E-RAIL"}
        world.write(
            spark,
            "rail.railway_station_month",
            [{**month, "station_code": c, "electricity_mwh": q} for c, q in (("AOH", 25.0), ("OTH", 75.0))],
        )
        assert activity.months_touched(spark, "all", "", "") == [MONTH]
        activity.build(spark, [MONTH])
        emission.build(spark, [MONTH])
        yield spark
        session.close(spark)


def rows(spark, name: str, where: str) -> list:
    return tables.read(spark, name).where(where).collect()


def kilograms(spark, where: str) -> float:
    found = rows(spark, "gold.emission", f"gas = 'CO2' AND chain = 'TTW' AND known_to IS NULL AND {where}")
    assert found
    return sum(row.mass_kg for row in found)


def test_traction_is_the_line_s_and_of_no_district(gold):
    found = rows(gold, "gold.activity", "object_type = 'metro_line' AND known_to IS NULL")
    assert {(r.object_id, r.quantity, r.unit, r.district_code) for r in found} == {
        ("L01", 1000.0, "MWh", "unallocated"), ("L02", 500.0, "MWh", "unallocated"),
    }  # fmt: skip
    where = "object_type = 'metro_line' AND account = 'itemised'"
    assert kilograms(gold, where) == pytest.approx(1500 * 420.0)  # 0.42 kg/kWh


def test_a_station_stands_in_its_district_and_one_of_no_register_is_held(gold):
    (found,) = rows(gold, "gold.activity", "object_type = 'metro_station'")
    assert (found.object_id, found.district_code, found.quantity) == ("L0101", "310101", 200.0)
    (held,) = rows(gold, "silver.quarantine", "layer = 'activity'")
    assert (held.feed, held.field, held.rule_ids) == ("rail.metro_station_month", "station_code", ["unknown_station"])


def test_uses_add_up_to_the_railway_s_diesel(gold):
    found = rows(gold, "gold.activity", "object_type = 'railway_use' AND activity_type = 'diesel'")
    assert {(r.object_id, r.quantity) for r in found} == {
        ("E-RAIL/freight_locomotive", 70.0), ("E-RAIL/passenger_locomotive", 20.0), ("E-RAIL/production", 10.0),
    }  # fmt: skip
    where = "object_type = 'railway_use' AND activity_type = 'diesel' AND account = 'itemised'"
    assert kilograms(gold, where) == pytest.approx(100 * 43.33 * 20.2 * 0.98 * 44 / 12)  # sh_guide's diesel


def test_locomotives_are_shared_out_to_lines_by_gross_tonne_km(gold):
    """Electricity to electrified lines only; a service without work on any line keeps its energy in the use alone.

    Of line PDX only one direction is there: the other takes its work.
    """
    found = rows(gold, "gold.activity", "object_type = 'railway_line'")
    assert {(r.object_id, r.activity_type): r.quantity for r in found} == {
        ("JHX/freight/up", "electricity"): pytest.approx(200.0),
        ("JHX/freight/down", "electricity"): pytest.approx(100.0),
        ("JHX/freight/up", "diesel"): pytest.approx(28.0),
        ("JHX/freight/down", "diesel"): pytest.approx(14.0),
        ("PDX/freight/up", "diesel"): pytest.approx(14.0),
        ("PDX/freight/down", "diesel"): pytest.approx(14.0),
    }
    assert {r.object_id for r in found if r.estimated_share == 1.0} == {"PDX/freight/down"}  # as much as up
    assert kilograms(gold, "object_type = 'railway_line' AND activity_type = 'electricity'") == pytest.approx(
        300 * 420.0
    )


def test_production_and_living_are_shared_out_to_stations_by_their_power(gold):
    found = rows(gold, "gold.activity", "object_type = 'railway_station'")
    assert {(r.object_id, r.district_code, r.activity_type): r.quantity for r in found} == {
        ("AOH", "310112", "electricity"): pytest.approx(25.0),
        ("OTH", "outside", "electricity"): pytest.approx(75.0),
        ("AOH", "310112", "diesel"): pytest.approx(2.5),
        ("OTH", "outside", "diesel"): pytest.approx(7.5),
    }
    assert {len(r.source_record_ids) for r in found} == {2}


def test_objects_are_not_in_the_city_total_nor_official(gold):
    found = rows(gold, "gold.activity", "TRUE")
    assert {(r.object_type, r.counted_in_city, r.double_counting_rule, r.evidence) for r in found} == {
        ("metro_line", False, "metro_object_inside_report", "itemised"),
        ("metro_station", False, "metro_object_inside_report", "itemised"),
        ("railway_use", False, "railway_object_inside_report", "itemised"),
        ("railway_line", False, "railway_object_inside_report", "modelled"),
        ("railway_station", False, "railway_object_inside_report", "modelled"),
    }
    assert not rows(gold, "gold.emission", "is_official OR counted_in_city")
    assert all(r.closes for r in rows(gold, "ops.activity_ledger", "TRUE"))
