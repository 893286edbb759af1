"""Adopting a factor or method on real tables: only its rows change, history stays, and a full rebuild is the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from factor_library.library import library
from infra.settings import LOCAL_TZ
from spark_jobs.accounting.factor_register import Approval
from spark_jobs.engine import activity, emission, factor_change, tables
from spark_jobs.engine.content_hash import content_hash
from spark_jobs.engine.lake_reader import reading, scan
from tests.spark import gold_world as world
from tests.spark.landed import home_of

MONTHS = ["2026-10"]
GOLD = ("gold.emission", "gold.energy", "gold.factor", "ops.activity_ledger", "ops.factor_change", "silver.quarantine")
APPROVAL = Approval("王工", "处长", "会议纪要", "0" * 64)
ADOPTED = datetime(2026, 11, 20, 9, tzinfo=LOCAL_TZ)
GRID = "GRID_SH_GUIDE_2022"


@pytest.fixture
def gold(spark, spark_server, tmp_path):
    """Gold of a small world in a home of its own."""
    with home_of(spark_server, tmp_path):
        world.register(spark)
        reports = [
            world.energy("E-AIR", "jet_kerosene", 100.0),
            world.energy("E-AIR", "electricity", 500.0, "MWh", known_to=world.SECOND),
            world.energy("E-AIR", "electricity", 520.0, "MWh", known_from=world.SECOND, version_no=2),
            world.energy("E-PORT", "diesel", 10.0, ncv_measured=42.0),
            world.energy("E-PORT", "lng", 5.0, "MWh"),
        ]
        world.write(spark, "reporting.energy_monthly", reports)
        activity.build(spark, MONTHS)
        emission.build(spark, MONTHS)
        yield spark


def hashes(spark) -> dict[str, tuple[int, str]]:
    return {name: content_hash(spark, name) for name in GOLD if tables.exists(name)}


def rows(spark, where: str) -> list:
    return tables.read(spark, "gold.emission").where(where).orderBy("known_from").collect()


def rebuilt(spark) -> dict[str, tuple[int, str]]:
    emission.build(spark, MONTHS)
    return hashes(spark)


def test_adoption_recomputes_its_rows_and_equals_a_full_rebuild(gold):
    others = "NOT (electricity_series = 'sh_guide' AND activity_type = 'electricity')"
    before = sorted(map(str, rows(gold, others)))
    second = replace(library().factor(GRID), version=2, value=0.5, valid_from="2026-10-01", valid_to="")
    scope = factor_change.adopt(gold, [second], APPROVAL, ADOPTED)
    assert (scope.months, scope.types, scope.opens_or_closes) == ({"2026-10"}, {"electricity"}, False)
    assert sorted(map(str, rows(gold, others))) == before
    found = rows(gold, "account = 'computed:sh_guide' AND activity_type = 'electricity' AND boundary = 'legal_entity'")
    told = [(round(r.mass_kg), r.factor_version, r.known_from, r.known_to) for r in found]
    adopted = ADOPTED.replace(tzinfo=None)
    assert told == [
        (210_000, "1", world.FIRST, world.SECOND),
        (218_400, "1", world.SECOND, adopted),
        (260_000, "2", adopted, None),
    ]
    assert len({r.emission_id for r in rows(gold, "true")}) == len(rows(gold, "true"))
    with reading() as lake:  # what dbt reads: rows that are marked as gone do not come back
        assert lake.execute(f"SELECT COUNT(*) FROM {scan('gold.emission')}").fetchone() == (len(rows(gold, "true")),)
    (change,) = tables.read(gold, "ops.factor_change").collect()
    assert (change.factor_id, change.former_value, change.value, change.approved_by) == (GRID, 0.42, 0.5, "王工")
    assert hashes(gold) == rebuilt(gold)


def test_measured_parts_a_first_factor_and_a_method_equal_a_full_rebuild(gold):
    lib = library()
    oxidation = lib.lookup("oxidation", "diesel", "2026-10-01", "CN-SH", "ndrc")
    power = replace(lib.lookup("ncv", "electricity", "2026-10-01", "CN-SH", "definition"), version=2, value=3.7)
    factor_change.adopt(gold, [replace(oxidation, version=2, value=0.99), power], APPROVAL, ADOPTED)
    held = "layer = 'emission' AND field = 'lng'"
    assert tables.read(gold, "silver.quarantine").where(held).count() > 0
    factor_change.adopt_method(gold, "fuel_report", "metered_energy", APPROVAL, ADOPTED + timedelta(hours=1))
    assert {r.method for r in rows(gold, "known_to IS NULL AND evidence = 'computed'")} == {"metered_energy"}
    assert hashes(gold) == rebuilt(gold)


def test_a_change_that_a_kill_cut_short_is_made_good_by_the_next_build(gold):
    from spark_jobs.accounting.factor_register import Register

    register = Register()
    register.adopt([replace(library().factor(GRID), version=2, value=0.5)], APPROVAL, ADOPTED)
    assert register.applied == 1
    emission.build(gold, ["2026-11"])  # another month
    assert len(rows(gold, "factor_version = '2' AND account = 'computed:sh_guide'")) == 2
    assert hashes(gold) == rebuilt(gold)
