"""Closing a month on real tables: refusals, numbers, signature, and bridges in which each cause has its own."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from factor_library.library import library
from infra.crypto.keys import KeyStore
from infra.settings import LOCAL_TZ, settings
from spark_jobs.accounting import closing, closing_bridge, closing_text
from spark_jobs.accounting.factor_register import Approval
from spark_jobs.engine import activity, emission, factor_change, tables
from tests.spark import gold_world as world
from tests.spark.landed import home_of

MONTH = "2026-10"
APPROVAL = Approval("王工", "处长", "会议纪要", "0" * 64)
GRID = "GRID_SH_GUIDE_2022"
LATE = datetime(2026, 11, 25, 10)


@pytest.fixture
def lake(spark, spark_server, tmp_path, monkeypatch):
    """Gold of a small world in a home of its own, with keys to sign with."""
    monkeypatch.setenv("LAKE_NOW", "2026-11-22T08:00:00+08:00")
    with home_of(spark_server, tmp_path):
        KeyStore(settings().run / "secrets").ensure_all()
        world.register(spark)
        build(spark, [power(500.0), world.energy("E-PORT", "diesel", 10.0)])
        yield spark


def power(quantity: float, **more: object) -> dict:
    return world.energy("E-AIR", "electricity", quantity, "MWh", **more)


def build(spark, reports: list[dict]) -> None:
    world.write(spark, "reporting.energy_monthly", reports)
    activity.build(spark, [MONTH])
    emission.build(spark, [MONTH])


def causes(former: closing.Closing, later: closing.Closing) -> dict[str, float]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in closing_bridge.between(former, later).to_pylist():
        if (row["boundary"], row["account"], row["gas"]) == ("legal_entity", "official", "CO2"):
            found[row["cause"]] += row["change_counted_t"]
    return {cause: float(value) for cause, value in found.items()}


def test_closings_are_numbered_signed_and_bridged(lake):
    first = closing.close(lake, MONTH, APPROVAL)
    second = closing.close(lake, MONTH, APPROVAL)
    assert (first.closing_id, second.closing_id, second.former_closing_id) == ("2026-10.1", "2026-10.2", "2026-10.1")
    assert causes(first, second) == {}
    assert closing_bridge.between(first, second).num_rows == 0

    changed = replace(library().factor(GRID), version=2, value=0.5, valid_from="2026-10-01", valid_to="")
    factor_change.adopt(lake, [changed], APPROVAL, datetime(2026, 11, 22, 9, tzinfo=LOCAL_TZ))
    third = closing.close(lake, MONTH, APPROVAL)
    assert causes(second, third) == {"factor": pytest.approx(500 * 0.08)}

    corrected = [power(500.0, known_to=LATE), power(520.0, known_from=LATE, version_no=2)]
    late = world.energy("E-SHIP", "diesel", 3.0, known_from=LATE)
    build(lake, [*corrected, world.energy("E-PORT", "diesel", 10.0), late])
    fourth = closing.close(lake, MONTH, APPROVAL)
    diesel = 3 * 43.33 * 20.2e-3 * 0.98 * 44 / 12
    assert causes(third, fourth) == pytest.approx({"correction": 20 * 0.5, "late_data": diesel})
    assert causes(first, fourth) == pytest.approx({"correction": 20 * 0.42, "factor": 520 * 0.08, "late_data": diesel})

    held = closing.closings(MONTH)
    assert [c.closing_no for c in held] == [1, 2, 3, 4]
    assert all(c.signature_holds and closing.figures_hold(c) for c in held)
    assert not replace(held[0], approved_by="李工").signature_holds
    told = closing_text.bridge_text(third, fourth, closing_bridge.between(third, fourth), "legal_entity", "official", 5)
    assert "分毫不差" in told
    assert "有效" in closing_text.list_text(held)
    stored = tables.read(lake, "ops.closing_bridge").where("later_closing_id = '2026-10.4'").count()
    assert stored == closing_bridge.between(third, fourth).num_rows > 0


def test_a_month_is_not_closed_over_what_is_open(lake):
    with pytest.raises(closing.ClosingRefused, match="还没有结束：2026-12-01"):
        closing.close(lake, "2026-11", APPROVAL)
    with pytest.raises(closing.ClosingRefused, match="2026-09 没有排放数据"):
        closing.close(lake, "2026-09", APPROVAL)
    ledger = tables.dictionary()["ops.activity_ledger"]
    rows = [
        r.asDict() | {"accounted": r.accounted - 1, "closes": False} for r in tables.read(lake, ledger.name).collect()
    ]
    tables.replace(tables.frame(lake, ledger, rows), ledger, "true")
    with pytest.raises(closing.ClosingRefused, match=r"核算台账不平.*先执行 lake job emission all"):
        closing.close(lake, MONTH, APPROVAL)
    emission.build(lake, [MONTH])
    gate = tables.dictionary()["ops.gate"]
    verdict = {
        "run_id": "r", "table_name": "silver.energy_monthly", "suite": "s", "periods": [MONTH], "expectations": 1,
        "failed_blocking": 1, "failed_warning": 0, "passed": False, "detail_zh": "单位不符", "checked_at": LATE,
    }  # fmt: skip
    tables.append(tables.frame(lake, gate, [verdict]), gate)
    with pytest.raises(closing.ClosingRefused, match=r"质量闸门未放行（单位不符）.*lake job gate silver"):
        closing.close(lake, MONTH, APPROVAL)
