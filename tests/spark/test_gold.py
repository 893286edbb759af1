"""gold.activity and gold.emission on a small silver: figures by hand, history, quarantine, ledger, official account."""

from __future__ import annotations

import pytest

from spark_jobs.engine import activity, emission, tables
from tests.spark import gold_world as world

MONTHS = ["2013-01", "2026-10"]


@pytest.fixture(scope="module")
def gold(spark_server):
    """The gold tables of the small world, built once."""
    from spark_jobs.engine import session

    spark = session.connect(spark_server.settings)
    world.register(spark)
    world.write(
        spark,
        "reporting.energy_monthly",
        [
            world.energy("E-AIR", "jet_kerosene", 100.0),
            world.energy("E-AIR", "electricity", 500.0, "MWh", green_power=100.0),
            world.energy("E-PORT", "diesel", 10.0, known_to=world.SECOND),
            world.energy("E-PORT", "diesel", 12.0, known_from=world.SECOND, version_no=2, ncv_measured=42.0),
            world.energy("E-PORT", "hydrogen", 1000.0, "kg"),
            world.energy("E-NOBODY", "diesel", 1.0),
            world.energy("E-SHIP", "fuel_oil", 5.0, status="submitted"),
            world.energy("E-SHIP", "lng", 5.0, "MWh", status="submitted"),
        ],
    )
    world.write(
        spark,
        "reporting.emission_monthly",
        [
            {"enterprise_code": c, "period": "2026-10", "co2_direct_t": 30.0, "co2_indirect_t": 4.0, "status": status}
            for c, status in (("E-PORT", "verified"), ("E-SHIP", "approved"))
        ],
    )
    world.write(
        spark,
        "ship_energy.voyage",
        [
            {
                "voyage_id": "V1", "ship_id": "IMO1", "company_code": "E-SHIP", "trade": "international", "hfo_t": 20.0,
                "mdo_t": 0.0, "shore_power_kwh": 3000.0, "period": "2026-10", "departure_at": world.FIRST,
                "arrival_at": world.SECOND,
            }
        ],
    )  # fmt: skip
    hours = [
        {
            "meter_id": m, "enterprise_code": "E-PORT", "medium": "electricity", "unit": "kWh", "day": "2026-10-31",
            "hour": f"2026-10-31T0{h}", "quantity": 100.25, "estimated_quantity": e,
        }
        for m, h, e in (("m1", 0, 0.0), ("m1", 1, 50.125), ("m2", 0, 0.0))
    ]  # fmt: skip
    world.meter_hours(spark, hours)
    world.write(
        spark, "nycflights13.plane", [{"tailnum": "N1", "model": "737-824"}, {"tailnum": "N2", "model": "172N"}]
    )
    flights = [
        world.flight(1, "N1", 1400.0),
        world.flight(2, "N2", 1400.0),
        world.flight(3, None, 1400.0, cancelled=True),
    ]
    world.write(spark, "nycflights13.flight", flights)
    assert activity.months_touched(spark, "all", "", "") == MONTHS
    activity.build(spark, MONTHS)
    emission.build(spark, MONTHS)
    yield spark
    session.close(spark)


def rows(spark, name: str, where: str) -> list:
    return tables.read(spark, name).where(where).collect()


def total(spark, where: str) -> float:
    found = rows(spark, "gold.emission", f"gas = 'CO2' AND chain = 'TTW' AND known_to IS NULL AND {where}")
    assert found
    return sum(r.mass_kg for r in found)


def test_computed_account_is_fuel_and_power_by_its_series(gold):
    where = "entity_id = 'E-AIR' AND boundary = 'legal_entity' AND account = '{}'"
    jet = 100 * 44.75 * 19.6 * 0.98 * 44 / 12
    assert total(gold, where.format("computed:sh_guide")) == pytest.approx(jet + 400 * 420.0)  # green power counts zero
    assert total(gold, where.format("computed:mee_province")) == pytest.approx(jet + 500 * 573.7)


def test_a_correction_keeps_both_versions(gold):
    both = rows(
        gold, "gold.activity", "entity_id = 'E-PORT' AND activity_type = 'diesel' AND boundary = 'legal_entity'"
    )
    assert {(r.quantity, r.known_to is None) for r in both} == {(10.0, False), (12.0, True)}
    where = "activity_type = 'diesel' AND gas = 'CO2' AND account = 'computed:sh_guide' AND boundary = 'legal_entity'"
    emitted = {r.quantity: r for r in rows(gold, "gold.emission", where)}
    assert emitted[10.0].mass_kg == pytest.approx(10 * 43.33 * 20.2 * 0.98 * 44 / 12)
    assert emitted[12.0].mass_kg == pytest.approx(12 * 42.0 * 20.2 * 0.98 * 44 / 12)
    assert emitted[12.0].factor_rung == "measured"


def test_exactly_one_official_account_by_status(gold):
    found = rows(gold, "gold.emission", "is_official")
    chosen = {}
    for r in found:
        chosen.setdefault((r.entity_id, r.boundary), set()).add(r.account)
    assert chosen["E-PORT", "legal_entity"] == {"computed:sh_guide"}  # a tie
    assert chosen["E-SHIP", "legal_entity"] == {"reported"}  # approved beats submitted
    assert chosen["UA", "demo_us"] == {"modelled"}
    assert all(len(accounts) == 1 for accounts in chosen.values())


def test_what_has_no_factor_or_entity_is_in_quarantine_and_the_ledger_closes(gold):
    held = rows(gold, "silver.quarantine", "layer IN ('activity', 'emission')")
    found = {(r.layer, r.field, tuple(r.rule_ids)) for r in held}
    assert ("activity", "enterprise_code", ("unknown_entity",)) in found
    assert ("emission", "lng", ("no_factor_emission", "no_factor_energy")) in found
    ledger = {(r.feed, r.period_month): r for r in rows(gold, "ops.activity_ledger", "true")}
    entry = ledger["reporting.energy_monthly", "2026-10"]
    # 8 reports - 1 of nobody, + green power, × 2 boundaries = 16, and the rest of three sectors by 6 current reports,
    # once; lng in MWh has no factor, three times
    assert (entry.activity_in, entry.accounted, entry.quarantined, entry.closes) == (16 + 6, 14 + 5, 2 + 1, True)
    assert all(r.closes for r in ledger.values())


def test_hydrogen_has_energy_and_emits_nothing_where_it_is_used(gold):
    reports = rows(gold, "gold.activity", "entity_id = 'E-PORT' AND activity_type = 'hydrogen'")
    known = "activity_id IN (" + ",".join(f"'{row.activity_id}'" for row in reports) + ")"
    assert {row.boundary for row in reports} == {"legal_entity", "territorial"}
    energy = rows(gold, "gold.energy", known)
    assert {row.activity_id for row in energy} == {row.activity_id for row in reports}
    assert all(row.energy_gj == pytest.approx(1000 * 0.11996) for row in energy)
    direct = rows(gold, "gold.emission", f"{known} AND boundary = 'legal_entity' AND account = 'computed:sh_guide'")
    assert {(row.gas, row.scope, row.mass_kg, row.factor_id) for row in direct} == {
        ("CO2", "direct", 0.0, "RULE_CO2_hydrogen")
    }
    assert not rows(gold, "silver.quarantine", "field = 'hydrogen' OR value = 'hydrogen'")


def test_voyages_are_a_memo_item_and_not_in_the_city_total(gold):
    found = {r.activity_type: r for r in rows(gold, "gold.activity", "object_type = 'ship'")}
    assert {(r.memo_item, r.counted_in_city, r.double_counting_rule) for r in found.values()} == {
        ("international_shipping", False, "voyage_inside_report")
    }
    assert set(found) == {"hfo", "electricity"}
    assert total(gold, "object_type = 'ship'") == pytest.approx(20 * 3114.0 + 3000 * 0.42)


def test_fuel_of_aircraft_is_outside_the_territory(gold):
    counted = rows(gold, "gold.activity", "boundary = 'territorial' AND entity_id = 'E-AIR' AND counted_in_city")
    assert {r.activity_type for r in counted} == {"electricity", "electricity_green"}


def test_meters_roll_up_to_the_day_with_their_estimated_share(gold):
    (found,) = rows(gold, "gold.activity", "evidence = 'metered'")
    assert (found.quantity, found.period, found.counted_in_city) == (pytest.approx(300.75), "2026-10-31", False)
    assert found.estimated_share == pytest.approx(50.125 / 300.75)
    assert total(gold, "account = 'metered:sh_guide'") == pytest.approx(300.75 * 0.42)


def test_flights_burn_fuel_by_type_and_distance(gold):
    found = {r.object_id: r for r in rows(gold, "gold.activity", "boundary = 'demo_us'")}
    assert set(found) == {"UA1", "UA2"}  # the cancelled one is no activity
    km = 1400 * 1.609344
    from factor_library.library import library

    (b738,) = [r for r in library().table("aviation_feat_reduced").to_pylist() if r["type"] == "B738"]
    fuel = b738["a1_kg_per_km2"] * km**2 + b738["a2_kg_per_km"] * km + b738["intercept_kg"]
    assert found["UA1"].quantity == pytest.approx(fuel)
    assert 4000 < fuel < 12000
    assert (found["UA1"].method, found["UA2"].method) == ("flight_type", "flight_carrier_mean")
    assert (found["UA1"].method_tier, found["UA2"].method_tier) == ("T2", "T1")
    assert found["UA1"].activity_rsu < found["UA2"].activity_rsu
    assert total(gold, "object_id = 'UA1'") == pytest.approx(fuel * 3.16)


def test_energy_and_standard_coal(gold):
    (power,) = rows(gold, "gold.energy", "calorific_factor_id = 'UNIT_MJ_PER_KWH' AND entity_id = 'E-SHIP'")
    assert power.energy_gj == pytest.approx(3000 * 3.6 / 1000)
    assert power.coal_calorific_kgce == pytest.approx(3000 * 0.1229)
    assert power.coal_equal_kgce is None


def test_every_factor_named_is_in_the_snapshot(gold):
    known = {r.factor_id for r in rows(gold, "gold.factor", "true")}
    named = {r.factor_id for r in rows(gold, "gold.emission", "factor_id <> 'reported'")}
    named |= {r.calorific_factor_id for r in rows(gold, "gold.energy", "true")}
    assert named <= known


def test_a_second_build_of_one_month_gives_the_same_rows(gold):
    def content(name: str) -> list:
        return sorted(map(str, rows(gold, name, "true")))

    before = {n: content(n) for n in ("gold.activity", "gold.emission", "gold.energy", "ops.activity_ledger")}
    activity.build(gold, MONTHS[1:])
    emission.build(gold, MONTHS[1:])
    assert {n: content(n) for n in before} == before
