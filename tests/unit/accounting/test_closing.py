"""Closings without a Spark server: what is refused and why, signatures, wrong calls, and the text of a bridge."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from infra.crypto.keys import KeyStore
from infra.crypto.provider import provider
from infra.settings import LOCAL_TZ, settings
from spark_jobs.accounting import closing, closing_bridge, closing_text
from spark_jobs.accounting.closing_checks import check
from tests.fixtures.lake.build import build, rewrite
from tests.fixtures.lake.delta import write_version
from tests.fixtures.lake.dictionary import tables
from tests.fixtures.lake.published import at_home

AFTER = datetime(2026, 11, 22, 8, tzinfo=LOCAL_TZ)


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """The fixture lake: two closings of 2026-10 stand in it."""
    folder = tmp_path_factory.mktemp("closing")
    build(folder)
    return folder


@pytest.fixture
def lake(home: Path) -> Iterator[Path]:
    with at_home(home):
        yield home


def put(home: Path, name: str, rows: list[dict[str, object]]) -> None:
    layer, table = name.split(".")
    write_version(home / "warehouse" / layer / table, tables()[name], rows)


def test_a_sound_month_may_be_closed(lake):
    assert check("2026-10", AFTER) == []


@pytest.mark.parametrize(
    ("month", "told"),
    [("2026-11", "2026-12-01 零时以后"), ("2020-01", "先装载该月数据"), ("2026/10", "写成 2026-10 这样")],
)
def test_a_month_that_is_not_over_or_not_there(lake, month, told):
    ((reason, mend),) = check(month, AFTER)
    assert month in reason
    assert told in mend


def test_the_last_month_of_a_year_ends_with_the_year(lake):
    ((_, mend),) = check("2026-12", AFTER)
    assert mend.startswith("2027-01-01")


def test_open_ledgers_and_closed_gates_are_all_told(home, tmp_path):
    shutil.copytree(home / "warehouse", tmp_path / "warehouse")
    entry = {
        "feed": "f",
        "period_month": "2026-10",
        "activity_in": 3,
        "accounted": 1,
        "quarantined": 1,
        "closes": False,
    }
    put(tmp_path, "ops.activity_ledger", [entry, {**entry, "period_month": "2026-09"}])
    rewrite(tmp_path, "ops.ledger", lambda row: {**row, "rows_accepted": 0, "closes": False})
    gate = {
        "run_id": "r", "table_name": "silver.ship", "suite": "s", "periods": ["all"], "expectations": 1,
        "failed_warning": 0, "failed_blocking": 1, "passed": False, "detail_zh": "单位不符", "checked_at": AFTER,
    }  # fmt: skip
    mended = {**gate, "run_id": "q", "table_name": "silver.meter", "passed": True, "checked_at": AFTER}
    former = {**gate, "run_id": "p", "table_name": "silver.meter", "checked_at": AFTER.replace(day=20)}
    put(tmp_path, "ops.gate", [gate, mended, former])
    with at_home(tmp_path):
        reasons = check("2026-10", AFTER)
        with pytest.raises(closing.ClosingRefused) as refused:
            closing.run("2026-10", None)  # type: ignore[arg-type]  # refused before the approval is looked at
    assert [reason.split("（")[0] for reason, _ in reasons] == [
        "2026-10 的核算台账不平",
        "接收台账不平",
        "silver.ship 的质量闸门未放行",
    ]
    assert "lake job gate silver.ship" in str(refused.value)


def test_a_change_that_is_not_reckoned_yet(home, tmp_path):
    from spark_jobs.accounting.factor_register import Approval, Register

    shutil.copytree(home / "warehouse", tmp_path / "warehouse")
    with at_home(tmp_path):
        register = Register()
        register.receive()
        register.mark_applied()
        assert check("2026-10", AFTER) == []
        register.replace_method("fuel_report", "metered_energy", Approval("a", "b", "c", "d"), AFTER)
        ((reason, mend),) = check("2026-10", AFTER)
    assert reason.startswith("有 1 项因子或方法变更")
    assert mend == "先执行 lake job emission all"


def test_wrong_ids_are_answered_with_what_there_is(lake):
    for wrong in ("2026-10.9", "2026-10"):
        with pytest.raises(closing.ClosingError, match=r"已有：2026-10\.1、2026-10\.2"):
            closing.find(wrong)
    with pytest.raises(closing.ClosingError, match=r"请写成 lake bridge 2026-10\.1 2026-10\.2"):
        closing.pair("2026-10.2", "2026-10.1", "legal_entity")
    with pytest.raises(closing.ClosingError, match="没有核算边界 'city'"):
        closing.pair("2026-10.1", "2026-10.2", "city")


def test_the_signature_covers_every_word(lake):
    KeyStore(settings().run / "secrets").ensure_all()
    held = closing.find("2026-10.1")
    signed = replace(held, signature_json=json.dumps(provider().sign(held.signed())))
    assert signed.signature_holds
    for change in ({"approved_by": "李工"}, {"figures_sm3": "0"}, {"closed_at": AFTER}, {"signature_json": "{}"}):
        assert not replace(signed, **change).signature_holds
    assert "无效" in closing_text.list_text(closing.closings())


def test_a_changed_figure_is_noticed(home, tmp_path):
    shutil.copytree(home / "warehouse", tmp_path / "warehouse")
    with at_home(tmp_path):
        held = closing.find("2026-10.1")
        sound = replace(held, figures_sm3=closing._digest(held.closing_id)[0])
        assert closing.figures_hold(sound)
        rewrite(tmp_path, "ops.closing_figure", lambda row: {**row, "mass_t": row["mass_t"] + 1})
        assert not closing.figures_hold(sound)


def test_the_bridge_is_told_by_sector_and_enterprise(lake, tmp_path):
    former, later = closing.pair("2026-10.1", "2026-10.2", "legal_entity")
    rows = closing_bridge.between(former, later)
    told = closing_text.bridge_text(former, later, rows, "legal_entity", "official", 2)
    lines = [line.split() for line in told.splitlines()]
    assert ["港口", "1,945.100", "0.000", "0.000", "674.100", "0.000", "0.000", "2,619.200"] in lines
    assert "变动最大的 2 家单位，共 3 家有变动" in told
    assert told.endswith("分毫不差")
    same = closing_text.bridge_text(later, later, closing_bridge.between(later, later), "legal_entity", "official", 2)
    assert "没有任何变动" in same
    closing_text.write(rows, tmp_path / "b.csv")
    assert len((tmp_path / "b.csv").read_text(encoding="utf-8").splitlines()) == rows.num_rows + 1
    with pytest.raises(closing.ClosingError, match=r"以 \.csv 或 \.parquet 结尾"):
        closing_text.write(rows, tmp_path / "b.xlsx")
