"""Fleets and urea of road transport in gold: figures by hand or the model's own, the rest of the sector, the total."""

from __future__ import annotations

import pyarrow as pa
import pytest

from spark_jobs.engine import activity, emission, modelled, session, tables
from spark_jobs.models.registry import model
from tests.spark import gold_world as world
from tests.spark.landed import home_of

MONTH = "2026-10"
ENTERPRISES = [("E-TRUCK", "road_freight", "310114"), ("E-COACH", "coach", "310112"),
               ("E-BUS", "urban_passenger", "310101"), ("E-TAXI", "urban_passenger", "310105")]  # fmt: skip
VAN_KWH_100KM, BUS_KWH_100KM, TAXI_KWH_100KM = 28.0, 105.0, 16.0  # planning values of the factor library
BUS_H2_KG_100KM, H2_GJ_PER_KG = 9.0, 0.11996  # mean of the CHIC project; lower heating value
SH_GUIDE_KG_PER_KWH = 0.42  # 沪环气〔2022〕34号
REST = "NONKEY:road_freight"


def trucks(operator: str, district: str, kind: str, fuel: str, km: float, **more: object) -> dict[str, object]:
    base = {
        "enterprise_code": operator, "district_code": district, "period": MONTH, "mass_class": kind, "fuel": fuel,
        "emission_standard": None if fuel == "electricity" else "V", "vehicles": 100, "distance_km": km,
        "mean_speed_kmh": 50.0, "load_factor": 0.6, "payload_t": 10.0, "tonne_km": km * 6,
        "business_key": f"{operator}|{district}|{kind}|{fuel}",
    }  # fmt: skip
    return {**base, **more}


def line(operator: str, route: str, district: str, fuel: str, km: float, **more: object) -> dict[str, object]:
    base = {
        "route_id": route, "period": MONTH, "enterprise_code": operator, "district_code": district, "fuel": fuel,
        "gross_mass_t": 16.5, "vehicle_km": km, "mean_speed_kmh": 18.0, "boardings": 5000, "business_key": route,
    }  # fmt: skip
    return {**base, **more}


TRUCKS = [
    trucks("E-TRUCK", "310114", "lt_4_5t", "electricity", 100_000.0),
    trucks("E-TRUCK", "310114", "gt_12t", "diesel", 900_000.0, known_to=world.SECOND),
    trucks("E-TRUCK", "310114", "gt_12t", "diesel", 1_000_000.0, known_from=world.SECOND, version_no=2),
    trucks(REST, "310115", "lt_4_5t", "electricity", 200_000.0),
    trucks("E-NOBODY", "310115", "lt_4_5t", "electricity", 1_000.0),
]


@pytest.fixture(scope="module")
def gold(spark_server, tmp_path_factory):
    """Gold of four enterprises and of those that are no key unit, in October 2026, in a lake of its own."""
    with home_of(spark_server, tmp_path_factory.mktemp("road")):
        spark = session.connect(spark_server.settings)
        world.write(
            spark,
            "reporting.enterprise",
            [{"enterprise_code": c, "sector": s, "district_code": d} for c, s, d in ENTERPRISES],
        )
        write_silver(spark)
        assert modelled.build_touched(spark, "road", "", "") == 4 + 4 + 1 + 1
        activity.build(spark, [MONTH])
        emission.build(spark, [MONTH])
        yield spark
        session.close(spark)


def write_silver(spark) -> None:
    world.write(spark, "road.truck_fleet_month", TRUCKS)
    buses = [
        line("E-BUS", "L1", "310101", "electricity", 10_000.0),
        line("E-BUS", "L2", "310101", "electricity", 30_000.0),
        line("E-BUS", "L3", "310104", "electricity", 20_000.0),
        line("E-BUS", "L4", "310101", "hydrogen", 5_000.0),
        line("E-BUS", "L5", "310101", "electricity", 7_000.0, gross_mass_t=25.0),
    ]
    world.write(spark, "road.urban_route_month", buses)
    cars = line("E-TAXI", "", "310105", "electricity", 50_000.0, service="taxi", passengers=9000, business_key="T")
    world.write(spark, "road.urban_fleet_month", [cars])
    coach = line(
        "E-COACH", "C1", "310112", "diesel", 100_000.0, origin_district="310112", service="scheduled",
        seat_km=4_900_000.0, passenger_km=2_450_000.0, emission_standard="VI", mean_speed_kmh=60.0,
    )  # fmt: skip
    world.write(spark, "road.coach_route_month", [coach])
    urea = {"enterprise_code": "E-TRUCK", "period": MONTH, "diesel_t": 250.0, "business_key": "u"}
    world.write(
        spark,
        "road.urea_month",
        [{**urea, "urea_solution_t": 12.0, "urea_percent": 32.5, "status": "verified"}],
    )
    world.write(spark, "reporting.energy_monthly", [world.energy("E-TRUCK", "diesel", 250.0)])


def rows(spark, where: str, name: str = "gold.activity") -> list:
    return tables.read(spark, name).where(where).collect()


def quantities(spark, sector: str, activity_type: str) -> dict[str, float]:
    where = f"sector = '{sector}' AND object_type = 'road_fleet' AND activity_type = '{activity_type}'"
    return {row.object_id: row.quantity for row in rows(spark, where)}


def test_electric_fleets_by_hand(gold):
    assert quantities(gold, "road_freight", "electricity") == {
        "E-TRUCK/310114/lt_4_5t/electricity": pytest.approx(100_000 * VAN_KWH_100KM / 100),
        "NONKEY:road_freight/310115/lt_4_5t/electricity": pytest.approx(200_000 * VAN_KWH_100KM / 100),
    }
    taxi = {"E-TAXI/310105/taxi/electricity": pytest.approx(50_000 * TAXI_KWH_100KM / 100)}
    assert {k: v for k, v in quantities(gold, "urban_passenger", "electricity").items() if "TAXI" in k} == taxi


def test_lines_of_a_district_are_one_object_and_names_all_its_records(gold):
    found = {k: v for k, v in quantities(gold, "urban_passenger", "electricity").items() if "BUS" in k}
    assert found == {
        "E-BUS/310101/bus/electricity": pytest.approx(40_000 * BUS_KWH_100KM / 100),
        "E-BUS/310104/bus/electricity": pytest.approx(20_000 * BUS_KWH_100KM / 100),
    }
    (one,) = rows(gold, "object_id = 'E-BUS/310101/bus/electricity' AND activity_type = 'electricity'")
    assert one.source_record_ids == ["silver.urban_route_month-0", "silver.urban_route_month-1"]
    assert (one.method, one.method_tier, one.evidence) == ("road_distance_rate", "T1", "modelled")


def test_hydrogen_buses_have_energy_and_no_carbon(gold):
    kg = 5_000 * BUS_H2_KG_100KM / 100
    (found,) = rows(gold, "activity_type = 'hydrogen'")
    assert (found.object_id, found.quantity, found.unit) == ("E-BUS/310101/bus/hydrogen", pytest.approx(kg), "kg")
    assert (found.method, found.method_tier, found.counted_in_city) == ("road_distance_rate", "T1", False)
    (energy,) = rows(gold, f"activity_id = '{found.activity_id}'", "gold.energy")
    assert energy.energy_gj == pytest.approx(kg * H2_GJ_PER_KG)
    gases = rows(gold, f"activity_id = '{found.activity_id}'", "gold.emission")
    assert {(row.gas, row.chain, row.scope, row.mass_kg) for row in gases} == {("CO2", "TTW", "direct", 0.0)}
    assert not rows(gold, "row_json LIKE '%hydrogen%' OR field = 'hydrogen'", "silver.quarantine")


def test_diesel_fleets_are_the_model_s_own_figure_of_the_current_version(gold):
    asked = {"vehicle_id": ["a"], "fuel": ["diesel"], "mean_speed_kmh": [50.0], "emission_standard": ["V"]}
    truck = pa.table({**asked, "mass_class": ["gt_12t"], "distance_km": [1e6], "load_factor": [0.6]})
    litres = model("road-freight").run(truck)["diesel_l"][0].as_py()
    assert 300_000 < litres < 450_000, "30 to 45 L/100 km"
    assert quantities(gold, "road_freight", "diesel") == {"E-TRUCK/310114/gt_12t/diesel": pytest.approx(litres)}
    coach = pa.table({
        **asked, "mean_speed_kmh": [60.0], "emission_standard": ["VI"], "mass_t": [16.5], "distance_km": [1e5],
        "load_factor": [0.5],
    })  # fmt: skip
    litres = model("coach").run(coach)["diesel_l"][0].as_py()
    assert quantities(gold, "coach", "diesel") == {"E-COACH/310112/scheduled/diesel": pytest.approx(litres)}


def test_transport_work_stands_beside_the_energy(gold):
    assert quantities(gold, "road_freight", "tonne_km")["E-TRUCK/310114/gt_12t/diesel"] == pytest.approx(6e6)
    assert quantities(gold, "coach", "passenger_km") == {"E-COACH/310112/scheduled/diesel": pytest.approx(2_450_000)}
    work = rows(gold, "activity_type = 'vehicle_km'")
    assert {row.activity_class for row in work} == {"transport"}
    assert {row.scope for row in work} == {""}


def test_the_rest_of_the_sector_is_estimated_and_stands_apart(gold):
    (found,) = rows(gold, f"entity_id = '{REST}' AND activity_class = 'energy'")
    assert (found.data_grade, found.estimated_share, found.activity_rsu) == ("estimated", 1.0, 0.2)
    assert (found.district_code, found.double_counting_rule) == ("310115", "fleet_beyond_key_units")
    (line,) = rows(gold, f"entity_id = '{REST}' AND gas = 'CO2' AND account = 'modelled'", "gold.emission")
    assert line.mass_kg == pytest.approx(200_000 * VAN_KWH_100KM / 100 * SH_GUIDE_KG_PER_KWH)
    assert not line.counted_in_city


def test_urea_is_a_direct_emission_of_the_report_by_hand(gold):
    """12 t × 32.5 % × 12/60 × 44/12 = 2.86 t CO2."""
    lines = rows(gold, "activity_type = 'urea' AND boundary = 'legal_entity'", "gold.emission")
    assert {line.account for line in lines} == {
        "computed:sh_guide", "computed:mee_province", "computed:ets_national", "computed:lca_national",
    }  # fmt: skip
    assert all(line.mass_kg == pytest.approx(2860.0, rel=1e-9) for line in lines)
    assert {(line.gas, line.scope, line.counted_in_city, line.factor_id) for line in lines} == {
        ("CO2", "direct", True, "UREA_CO2_NDRC")
    }
    assert {line.account for line in lines if line.is_official} == {"computed:sh_guide"}
    assert not rows(gold, "rule_ids[0] = 'no_factor_energy' AND field = 'urea'", "silver.quarantine")
    urea = rows(gold, "activity_type = 'urea'")
    known = ",".join(f"'{row.activity_id}'" for row in urea)
    assert not rows(gold, f"activity_id IN ({known})", "gold.energy")


def test_only_the_report_counts(gold):
    counted = {(row.object_type, row.activity_type) for row in rows(gold, "counted_in_city")}
    assert counted == {("enterprise", "diesel"), ("enterprise", "urea")}
    assert {row.double_counting_rule for row in rows(gold, "object_type = 'road_fleet'")} == {
        "fleet_inside_report", "fleet_beyond_key_units",
    }  # fmt: skip
    assert all(row.closes for row in rows(gold, "TRUE", "ops.activity_ledger"))


def test_what_no_model_knows_and_whom_no_register_has_is_held(gold):
    held = {(row.feed, row.rule_ids[0], row.reason_zh) for row in rows(gold, "TRUE", "silver.quarantine")}
    assert held == {
        ("road.urban_route_month", "road_urban_route_not_computed", "该燃料与车型没有有出处的单位里程能耗"),
        ("road.truck_fleet_month", "unknown_entity", "名录中没有这家单位"),
    }
