"""Missing months, triangulation and allocation through the engines: from silver to gold, history and ledger."""

from __future__ import annotations

from datetime import datetime

import pytest

from spark_jobs.accounting.gap_filling import month_shift
from spark_jobs.engine import activity, allocation, emission, energy_gap, tables, triangulation
from tests.spark import gold_world as world

MONTHS = [month_shift("2025-01", i) for i in range(22)]
FIRMS = ("E-A", "E-B", "E-C", "E-D", "E-E", "E-F")
LATE = datetime(2026, 10, 3, 9)


def known(month: str) -> datetime:
    after = month_shift(month, 1)
    return datetime(int(after[:4]), int(after[5:]), 8, 10)


def rows_of(spark, name: str, where: str) -> list:
    return tables.read(spark, name).where(where).collect()


@pytest.fixture(scope="module")
def gold(spark_server):
    """Six coach firms, 22 months; E-B never reported 2026-06, E-C only late reported 2026-08."""
    from spark_jobs.engine import session

    spark = session.connect(spark_server.settings)
    register = [{"enterprise_code": c, "sector": "coach", "district_code": "310112"} for c in FIRMS]
    world.write(spark, "reporting.enterprise", register)
    energy, transport, statement = [], [], []
    for i, code in enumerate(FIRMS):
        for j, month in enumerate(MONTHS):
            late = (code, month) == ("E-C", "2026-08")
            when = LATE if late else known(month)
            load = (1 + (j * 7 + i * 5) % 11 / 50) * (1.0 if month < "2026" else 1.1)
            base = {"enterprise_code": code, "period": month, "status": "verified", "known_from": when}
            if (code, month) != ("E-B", "2026-06"):
                burnt = 100.0 * (i + 1) * load
                uses = {"use_transport": 0.75 * burnt, "use_production": 0.25 * burnt, "use_other": 0.0}
                energy.append(base | uses | {"energy_code": "diesel", "unit": "t", "consumption": burnt})
                statement.append(
                    base | {"co2_direct_t": 310.0 * (i + 1) * load, "co2_indirect_t": 0.0, "status": "submitted"}
                )
            transport.append(base | {"activity_code": "vehicle_km", "value": 1e5 * (i + 1) * load, "unit": "km"})
    world.write(spark, "reporting.energy_monthly", energy)
    world.write(spark, "reporting.activity_monthly", transport)
    world.write(spark, "reporting.emission_monthly", statement)
    months = activity.months_touched(spark, "reporting", "", "")
    energy_gap.build(spark, energy_gap.months_moved(spark, "reporting", ""))
    activity.build(spark, months)
    emission.build(spark, months)
    triangulation.build(spark)
    allocation.build(spark)
    yield spark
    session.close(spark)


def test_a_missing_report_is_estimated_on_the_normal_path(gold):
    (found,) = rows_of(
        gold, "gold.activity", "data_grade = 'estimated' AND boundary = 'legal_entity' AND entity_id = 'E-B'"
    )
    assert (found.period, found.method, found.estimated_share) == ("2026-06", "gap_last_year_peers", 1.0)
    assert found.known_from == datetime(2026, 7, 16) and found.known_to is None
    assert found.activity_rsu == pytest.approx(0.2)
    (co2,) = rows_of(gold, "gold.emission", f"activity_id = '{found.activity_id}' AND gas = 'CO2' AND chain = 'TTW' "
                     "AND account = 'computed:sh_guide'")  # fmt: skip
    assert co2.mass_kg == pytest.approx(found.quantity * 43.33 * 20.2 * 0.98 * 44 / 12)
    assert co2.is_official and co2.data_grade == "estimated"


def test_a_report_that_comes_late_replaces_its_estimate_and_both_stay_known(gold):
    where = "entity_id = 'E-C' AND period = '2026-08' AND boundary = 'legal_entity' AND evidence = 'computed'"
    found = {r.data_grade: r for r in rows_of(gold, "gold.activity", where)}
    assert set(found) == {"estimated", "reported"}
    assert found["estimated"].known_to == found["reported"].known_from == LATE
    assert found["reported"].known_to is None


def test_the_ledger_closes_with_estimates_in_it(gold):
    assert all(r.closes for r in rows_of(gold, "ops.activity_ledger", "true"))


def test_receipts_move_only_the_estimates_that_could_depend_on_them(gold):
    assert energy_gap.months_moved(gold, "reporting", "2026-10") == ["2026-08", "2026-09", "2026-10"]
    assert energy_gap.months_moved(gold, "nycflights13", "2026-10") == []


def test_the_same_estimates_twice_and_month_by_month(gold):
    before = sorted(map(str, rows_of(gold, "silver.energy_gap", "true")))
    energy_gap.build(gold, ["2026-08"])
    energy_gap.build(gold, MONTHS)
    assert sorted(map(str, rows_of(gold, "silver.energy_gap", "true"))) == before and len(before) == 2


def test_triangulation_judges_what_was_reported(gold):
    found = rows_of(gold, "gold.triangulation", "pair = 'reported_computed'")
    assert len(found) == len(FIRMS) * len(MONTHS) - 1  # an estimate is not judged
    one = next(r for r in found if r.enterprise_code == "E-A" and r.period_month == "2026-01")
    assert one.relative_difference == pytest.approx(310.0 / (100 * 43.33 * 20.2 * 0.98 * 44 / 12 / 1000) - 1)
    assert {r.pair for r in rows_of(gold, "gold.triangulation", "true")} == {
        "reported_computed", "reported_modelled", "computed_modelled"
    }  # fmt: skip


def test_carbon_is_shared_out_by_the_uses_and_the_territory_of_its_report(gold):
    where = "enterprise_code = 'E-A' AND period_month = '2026-09' AND scope = 'direct'"
    found = {(r.dimension, r.part): (r.share_ppb, r.key_code) for r in rows_of(gold, "gold.allocation_share", where)}
    assert found == {
        ("use", "transport"): (750_000_000, "reported_use"),
        ("use", "production"): (250_000_000, "reported_use"),
        ("district", "310112"): (1_000_000_000, "territory"),
    }
