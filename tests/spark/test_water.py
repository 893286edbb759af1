"""Ports and ships in silver and gold: by hand or the model's own figure, quarantine, what the city total leaves out."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from spark_jobs.engine import activity, emission, modelled, session, tables
from spark_jobs.models.registry import model
from tests.spark import gold_world as world
from tests.spark.landed import home_of

MONTH = "2026-10"
PROCESSES = ("handling", "transport", "yard", "lighting", "reefer", "office", "workshop", "craft", "other")
SH_GUIDE_T_PER_MWH, LFO_T_PER_T = 0.42, 3.151  # 沪环气〔2022〕34号; MEPC.364(79)


def energy(code: str, unit: str, parts: dict[str, float], **more: float) -> dict[str, object]:
    quantities = {f"{name}_quantity": parts.get(name, 0.0) for name in PROCESSES}
    return {
        "enterprise_code": "E-PORT", "period": MONTH, "energy_code": code, "unit": unit, **quantities,
        "own_use": sum(parts.values()), **more,
    }  # fmt: skip


def ship(ship_id: str, **more: object) -> dict[str, object]:
    base = {
        "ship_id": ship_id, "ship_name": ship_id, "ship_type": "container", "company_code": "E-SHIP",
        "trade": "coastal", "deadweight_t": 20000.0, "gross_tonnage": 17000.0, "main_engine_kw": 11000.0,
        "engine_type": "SSD", "reference_speed_kn": 16.0, "design_draught_m": 8.0, "fuel": "lfo", "built_year": 2010,
        "shore_power": False,
        "ais_covered": True,
    }  # fmt: skip
    return {**base, **more}


def track(ship_id: str) -> list[dict[str, object]]:
    """Six hours in the berth of Waigaoqiao, then six hours at 12 knots due east at 31° N, a fix every hour."""
    start = datetime(2026, 10, 5)
    fixes = [(31.36, 121.61, 0.0)] * 7 + [(31.0, 123.0 + i * 12 / 60 / 0.857167, 12.0) for i in range(7)]
    return [
        {
            "ship_id": ship_id, "positioned_at": start + timedelta(hours=i), "latitude_deg": lat, "longitude_deg": lon,
            "speed_kn": knots, "draught_m": 8.0, "period": MONTH, "business_key": f"{ship_id}|{i}",
        }
        for i, (lat, lon, knots) in enumerate(fixes)
    ]  # fmt: skip


def move(crane: str, hour: int, source: str = "grid", **more: object) -> dict[str, object]:
    base = {
        "move_id": f"{crane}-{hour}", "enterprise_code": "E-PORT", "crane_id": crane, "kind": "rtg", "mass_t": 15.0,
        "hour_start": datetime(2026, 10, 1, hour), "moves": 12, "hoist_m": 12.0, "trolley_m": 12.0, "gantry_m": 20.0,
        "teu": 18.0, "power_source": source, "period": MONTH, "business_key": f"{crane}-{hour}",
    }  # fmt: skip
    return {**base, **more}


MOVES = [move("R1", 8), move("R1", 9, mass_t=20.0), move("R2", 8, "diesel")]


@pytest.fixture(scope="module")
def gold(spark_server, tmp_path_factory):
    """Gold of a port and a shipping company in October 2026, in a lake of its own."""
    with home_of(spark_server, tmp_path_factory.mktemp("water")):
        spark = session.connect(spark_server.settings)
        world.register(spark)
        write_silver(spark)
        assert modelled.build_touched(spark, "water", "", "") == 3 + 2 * 14
        activity.build(spark, [MONTH])
        emission.build(spark, [MONTH])
        yield spark
        session.close(spark)


def write_silver(spark) -> None:
    power = energy(
        "electricity", "MWh", {"handling": 60.0, "yard": 30.0, "office": 10.0}, purchased=105.0, photovoltaic_mwh=10.0,
        sold_shore_mwh=5.0, sold_tenant_mwh=10.0,
    )  # fmt: skip
    world.write(spark, "water.port_energy_month", [power, energy("diesel", "t", {"transport": 12.0})])
    world.write(spark, "water.crane_move", MOVES)
    world.write(spark, "water.fleet_register", [ship("S1"), ship("S2", fuel="methanol", trade="international")])
    calls = [("C1", "S1", "E-SHIP"), ("C2", None, None)]
    world.write(
        spark,
        "water.shore_power_call",
        [
            {
                "call_id": call, "facility_id": "F1", "enterprise_code": "E-PORT", "ship_id": own,
                "company_code": company, "connected_at": datetime(2026, 10, 5, 8),
                "disconnected_at": datetime(2026, 10, 5, 18), "connected_hours": 10.0, "energy_kwh": 2000.0,
                "period": MONTH, "business_key": call,
            }
            for call, own, company in calls
        ],
    )  # fmt: skip
    world.write(
        spark,
        "water.fuel_delivery_note",
        [
            {
                "note_id": note, "company_code": "E-SHIP", "ship_id": own, "fuel": "lfo", "mass_t": 50.0,
                "period": MONTH, "delivered_at": datetime(2026, 10, 3, 6), "business_key": note,
            }
            for note, own in (("N1", "S1"), ("N2", "S9"))
        ],
    )  # fmt: skip
    world.write(spark, "water.ais_position", [*track("S1"), *track("S2")])


def rows(spark, kind: str) -> list:
    return tables.read(spark, "gold.activity").where(f"object_type = '{kind}'").collect()


def co2_kg(spark, kind: str) -> float:
    found = tables.read(spark, "gold.emission").where(f"object_type = '{kind}' AND gas = 'CO2' AND chain = 'TTW'")
    return sum(row.mass_kg for row in found.collect())


def test_processes_share_purchased_and_photovoltaic_power_and_power_sold_on_is_not_theirs(gold):
    found = {(r.object_id, r.activity_type): (r.quantity, r.unit) for r in rows(gold, "port_process")}
    assert {key: quantity for key, (quantity, _) in found.items()} == {
        ("E-PORT/handling", "electricity"): pytest.approx(54.0),
        ("E-PORT/handling", "electricity_photovoltaic"): pytest.approx(6.0),
        ("E-PORT/yard", "electricity"): pytest.approx(27.0),
        ("E-PORT/yard", "electricity_photovoltaic"): pytest.approx(3.0),
        ("E-PORT/office", "electricity"): pytest.approx(9.0),
        ("E-PORT/office", "electricity_photovoltaic"): pytest.approx(1.0),
        ("E-PORT/transport", "diesel"): pytest.approx(12.0),
    }
    assert found["E-PORT/yard", "electricity"][1] == "MWh"
    lines = tables.read(gold, "gold.emission").where("object_type = 'port_process' AND gas = 'CO2'").collect()
    kinds = {r.activity_type for r in lines}
    by_type = {kind: sum(r.mass_kg for r in lines if r.activity_type == kind) for kind in kinds}
    assert by_type["electricity"] == pytest.approx(90.0 * SH_GUIDE_T_PER_MWH * 1000)
    assert by_type["electricity_photovoltaic"] == 0.0
    assert {r.account for r in lines} == {"itemised"}


def test_shore_power_is_the_ship_s_and_a_visitor_s_belongs_to_nobody_here(gold):
    (call,) = rows(gold, "shore_power_call")
    assert (call.entity_id, call.sector, call.object_id, call.district_code) == ("E-SHIP", "shipping", "S1", "310109")
    assert (call.quantity, call.unit, call.data_grade) == (2000.0, "kWh", "measured")
    assert co2_kg(gold, "shore_power_call") == pytest.approx(2.0 * SH_GUIDE_T_PER_MWH * 1000)


def test_a_delivery_note_counts_by_its_mass_and_one_without_a_ship_is_held(gold):
    (note,) = rows(gold, "ship_delivery")
    assert (note.object_id, note.activity_type, note.quantity, note.district_code) == ("S1", "lfo", 50.0, "outside")
    assert co2_kg(gold, "ship_delivery") == pytest.approx(50.0 * LFO_T_PER_T * 1000)
    (held,) = tables.read(gold, "silver.quarantine").where("feed = 'water.fuel_delivery_note'").collect()
    assert (held.business_key, held.rule_ids, held.reason_zh) == ("N2", ["unknown_ship"], "船队名录中没有这艘船")


def test_cranes_use_what_the_model_says_electricity_or_diesel(gold):
    names = (
        "move_id",
        "crane_id",
        "kind",
        "mass_t",
        "hoist_m",
        "trolley_m",
        "gantry_m",
        "moves",
        "teu",
        "power_source",
    )
    answers = model("bridge-crane").run(pa.table({name: [m[name] for m in MOVES] for name in names})).to_pylist()
    found = {r.object_id: (r.activity_type, r.quantity, r.unit) for r in rows(gold, "crane")}
    kwh = sum(a["electricity_kwh"] for a in answers[:2])
    assert found == {
        "R1": ("electricity", pytest.approx(kwh, rel=1e-12), "kWh"),
        "R2": ("diesel", pytest.approx(answers[2]["diesel_kg"], rel=1e-12), "kg"),
    }
    assert 24 * 1.5 < kwh < 24 * 5  # 24 moves of an electric RTG: the literature's 2 to 3.5 kWh each


def test_a_track_is_split_between_the_waters_of_the_city_and_the_sea(gold):
    found = {(r.object_id, r.district_code, r.activity_type): r.quantity for r in rows(gold, "ship_track")}
    assert set(found) == {
        ("S1", "unallocated", "lfo"), ("S1", "outside", "lfo"), ("S2", "unallocated", "methanol"),
        ("S2", "unallocated", "mdo"), ("S2", "outside", "methanol"), ("S2", "outside", "mdo"),
    }  # fmt: skip
    points = tables.read(gold, "silver.ship_position_fuel").where("ship_id = 'S1'").orderBy("positioned_at").collect()
    assert [p.phase for p in points[1:7]] == ["berth"] * 6
    assert all(p.main_fuel_t == 0.0 for p in points[:7])
    inside = sum(p.fuel_t for p in points if p.in_shanghai)
    assert found["S1", "unallocated", "lfo"] == pytest.approx(inside)
    assert found["S1", "unallocated", "lfo"] + found["S1", "outside", "lfo"] == pytest.approx(
        sum(p.fuel_t for p in points)
    )
    assert points[8].distance_nm == pytest.approx(12.0, rel=0.01)
    assert {(r.boundary, r.evidence) for r in rows(gold, "ship_track")} == {("territorial", "modelled")}
    assert {r.memo_item for r in rows(gold, "ship_track")} == {"", "international_shipping"}


def test_what_is_inside_a_report_stays_out_of_the_city_total_and_is_never_official(gold):
    kinds = "('port_process', 'crane', 'shore_power_call', 'ship_delivery', 'ship_track')"
    found = tables.read(gold, "gold.activity").where(f"object_type IN {kinds}").collect()
    assert len({r.object_type for r in found}) == 5
    assert not any(r.counted_in_city for r in found)
    assert all(r.double_counting_rule for r in found)
    emitted = tables.read(gold, "gold.emission").where(f"object_type IN {kinds}").collect()
    assert emitted and not any(r.is_official for r in emitted)


def test_every_activity_is_accounted(gold):
    ledger = tables.read(gold, "ops.activity_ledger").where("feed LIKE 'water.%'").collect()
    assert {r.feed for r in ledger} == {
        "water.port_energy_month", "water.crane_move", "water.shore_power_call", "water.fuel_delivery_note",
        "water.ais_position",
    }  # fmt: skip
    assert all(r.closes and r.quarantined == 0 and r.activity_in == r.accounted for r in ledger)


def test_the_same_rows_again(gold):
    def content(name: str) -> list[str]:
        return sorted(str(row) for row in tables.read(gold, name).where("source_feed LIKE 'water.%'").collect())

    before = content("gold.activity")
    modelled.build_touched(gold, "water", "", "")
    activity.build(gold, [MONTH])
    assert content("gold.activity") == before
