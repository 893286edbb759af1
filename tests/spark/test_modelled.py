"""The modelled engine on a few flights: the model's own figures, quarantine, history; the same rows however built."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest

from spark_jobs.contracts import contract
from spark_jobs.engine import modelled, session, tables
from spark_jobs.engine.layers import silver_table
from spark_jobs.engine.model_spec import model_specs
from spark_jobs.models.registry import model
from tests.spark import gold_world as world
from tests.spark.landed import home_of

TABLE, MONTHS = "silver.air_flight_fuel", ["2026-09", "2026-10"]


def at(day: int, hour: int, minute: int = 0, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, minute)


def flight(number: str, **given: object) -> dict[str, object]:
    """A flight from Hongqiao to Beijing on 5 October 2026."""
    row = {
        "period": "2026-10", "flight_date": date(2026, 10, 5), "flight_no": number, "operator": "MU",
        "aircraft_type": "A20N", "tail": "B-1001", "off_block_at": at(5, 8), "takeoff_at": at(5, 8, 17),
        "landing_at": at(5, 10, 5), "on_block_at": at(5, 10, 12), "origin": "SHA", "destination": "PEK",
        "passengers": 160, "cargo_kg": 1200.0, "origin_country": "CN", "destination_country": "CN",
        "route_kind": "domestic", "shanghai_airport": "SHA", "business_key": number,
    }  # fmt: skip
    return {**row, **given}


FLIGHTS = [
    flight("MU5101"),
    flight("MU5102", origin="PEK", destination="SHA", takeoff_at=None, landing_at=None),
    flight("MU5103", aircraft_type="ZZZZ"),
    flight("MU5104", passengers=150, known_to=world.SECOND),
    flight("MU5104", passengers=155, known_from=world.SECOND, version_no=2),
    flight("QF0130", operator="QF", tail=None, aircraft_type="A333", destination="SYD", origin="PVG",
           shanghai_airport="PVG", route_kind="international", landing_at=at(5, 18, 40), on_block_at=at(5, 18, 50)),
    flight("MU9999", period="2026-09", flight_date=date(2026, 9, 5), off_block_at=at(5, 8, 0, 9),
           takeoff_at=at(5, 8, 17, 9), landing_at=at(5, 10, 5, 9), on_block_at=at(5, 10, 12, 9)),
]  # fmt: skip


def spec():
    (found,) = [s for s in model_specs() if s.table == TABLE]
    return found


def write_flights(spark, order: list[int]) -> None:
    """Replace silver.air_flight by the flights in this order; a record keeps its id wherever it stands."""
    rows = [{**FLIGHTS[i], "record_id": f"r{i}"} for i in order]
    world.write(spark, "air.flight", rows)


@pytest.fixture(scope="module")
def built(spark_server, tmp_path_factory):
    """The modelled table over silver of these flights, in a lake of its own."""
    with home_of(spark_server, tmp_path_factory.mktemp("modelled")):
        spark = session.connect(spark_server.settings)
        world.write(
            spark, "air.aircraft", [{"tail": "B-1001", "operator": "MU", "enterprise_code": "E-AIR", "seats": 186}]
        )
        write_flights(spark, list(range(len(FLIGHTS))))
        assert modelled.build_touched(spark, "air", "", "") == 6
        yield spark
        session.close(spark)


def rows(spark, where: str = "true") -> dict[str, Any]:
    return {row.record_id: row for row in tables.read(spark, TABLE).where(where).collect()}


def content(spark, name: str) -> list[str]:
    return sorted(str(row) for row in tables.read(spark, name).collect())


def test_the_figure_is_that_of_the_model_itself(built):
    asked = pa.table(
        {
            "flight_id": ["r0"], "aircraft_type": ["A20N"], "origin": ["SHA"], "destination": ["PEK"],
            "off_block_at": ["2026-10-05 08:00"], "takeoff_at": ["2026-10-05 08:17"],
            "landing_at": ["2026-10-05 10:05"], "on_block_at": ["2026-10-05 10:12"], "passengers": [160],
            "freight_kg": [1200.0], "seats": [186],
        }
    )  # fmt: skip
    (own,) = model("aviation").run(asked).to_pylist()
    found = rows(built)["r0"]
    assert found.fuel_kg == pytest.approx(own["fuel_kg"], rel=1e-12)
    assert 3000 < found.fuel_kg < 6500  # 1,078 km with an A320neo
    phases = ("taxi_out", "takeoff", "climb", "cruise", "descent", "approach", "taxi_in", "apu")
    assert sum(found[f"{name}_fuel_kg"] for name in phases) == pytest.approx(found.fuel_kg)
    assert found.fuel_low_95_kg < found.fuel_kg < found.fuel_high_95_kg
    assert found.tier == own["tier"]
    assert (found.model_name, found.model_version) == ("aviation", modelled.version_of("aviation"))


def test_what_a_row_rests_on_and_whose_it_is(built):
    found = rows(built)
    assert {r: found[r].method for r in ("r0", "r1")} == {"r0": "flight_air_time", "r1": "flight_block_time"}
    assert (found["r0"].enterprise_code, found["r5"].enterprise_code) == ("E-AIR", None)
    departure, arrival = found["r0"], found["r1"]
    ground = departure.taxi_out_fuel_kg + departure.takeoff_fuel_kg + departure.apu_fuel_kg
    assert departure.lto_shanghai_kg == pytest.approx(ground)
    assert arrival.lto_shanghai_kg == pytest.approx(arrival.approach_fuel_kg + arrival.taxi_in_fuel_kg)


def test_versions_stay_apart(built):
    both = sorted((r.passengers, r.known_to is None) for r in rows(built, "business_key = 'MU5104'").values())
    assert both == [(150, False), (155, True)]


def test_what_the_model_refuses_is_in_quarantine_with_its_reason(built):
    (held,) = tables.read(built, "silver.quarantine").where("layer = 'modelled'").collect()
    assert (held.feed, held.period, held.business_key) == ("air.flight", "2026-10", "MU5103")
    assert held.rule_ids == ["air_flight_fuel_not_computed"]
    assert (held.field, held.reason_zh) == ("aircraft_type", "机型代码不识，模型没有这种机型")
    assert '"aircraft_type":"ZZZZ"' in held.row_json


def test_the_same_rows_twice_by_month_and_in_another_order(built):
    names = (TABLE, "silver.quarantine")
    before = {name: content(built, name) for name in names}
    assert modelled.build(built, spec(), MONTHS[1:]) == 5
    assert {name: content(built, name) for name in names} == before
    write_flights(built, list(reversed(range(len(FLIGHTS)))))
    modelled.build(built, spec(), MONTHS)
    figures = {r: (row.fuel_kg, row.fuel_low_95_kg, row.passengers) for r, row in rows(built).items()}
    write_flights(built, list(range(len(FLIGHTS))))
    modelled.build(built, spec(), MONTHS)
    assert {r: (row.fuel_kg, row.fuel_low_95_kg, row.passengers) for r, row in rows(built).items()} == figures
    assert {name: content(built, name) for name in names} == before


def test_a_month_without_rows_empties_its_month_only(built):
    write_flights(built, [6])
    modelled.build(built, spec(), MONTHS)
    assert set(rows(built)) == {"r6"}
    write_flights(built, list(range(len(FLIGHTS))))
    modelled.build(built, spec(), MONTHS)
    assert len(rows(built)) == 6


def test_a_feed_that_no_spec_reads_builds_nothing(built):
    assert modelled.build_touched(built, "pollutant", "", "") == 0
    assert silver_table(contract("air.flight")).name in spec().sources
