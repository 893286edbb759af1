"""Previews: what a proposal changes by hand-checked figures, and how a wrong proposal is answered."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest

from factor_library.library import library
from spark_jobs.accounting.approval import ApprovalError, approval
from spark_jobs.accounting.in_force import State, tracked
from spark_jobs.accounting.preview import Preview, preview
from spark_jobs.accounting.proposal import ProposalError, by_value, from_file, slips, with_proposal
from spark_jobs.accounting.text_table import text_table
from spark_jobs.engine.factor_change import Kind, concerned

GRID = "GRID_SH_GUIDE_2022"
STATE = State(factors=tracked(library().all_versions()))


def report(entity: str, month: str, kind: str, quantity: float, unit: str, **more: object) -> dict[str, object]:
    start = datetime(int(month[:4]), int(month[5:]), 1, tzinfo=UTC)
    return {
        "activity_id": f"{entity}-{month}-{kind}", "activity_class": "energy", "activity_type": kind,
        "quantity": quantity, "unit": unit, "period_start": start, "source_record_ids": ["r"], "method": "fuel_report",
        "method_tier": "T2", "entity_id": entity, "sector": "port", "period_month": month, "boundary": "legal_entity",
        "evidence": "computed", "counted_in_city": True, "memo_item": "", "ncv_measured": None,
        "carbon_content_measured": None, "oxidation_measured": None, "known_to": None, **more,
    }  # fmt: skip


SCHEMA = pa.schema(
    [
        *(
            (n, pa.string())
            for n in ("activity_id", "activity_class", "activity_type", "unit", "method", "method_tier")
        ),
        *((n, pa.string()) for n in ("entity_id", "sector", "period_month", "boundary", "evidence", "memo_item")),
        *((n, pa.float64()) for n in ("quantity", "ncv_measured", "carbon_content_measured", "oxidation_measured")),
        *((n, pa.timestamp("us", "UTC")) for n in ("period_start", "known_to")),
        ("source_record_ids", pa.list_(pa.string())),
        ("counted_in_city", pa.bool_()),
    ]
)


def run(proposed: list, *reports: dict[str, object]) -> Preview:
    official = [
        {"entity_id": r["entity_id"], "period_month": r["period_month"], "boundary": r["boundary"],
         "account": "computed:sh_guide", "is_official": True, "known_to": None}
        for r in reports
    ]  # fmt: skip
    with duckdb.connect() as lake:
        lake.execute("SET TimeZone = 'UTC'")
        lake.register("a", pa.Table.from_pylist(list(reports), schema=SCHEMA))
        lake.register("e", pa.Table.from_pylist(official))
        return preview(lake, "a", "e", "TRUE", STATE, with_proposal(STATE, proposed))


def test_a_new_grid_factor_by_enterprise_and_month():
    proposed = by_value(STATE, GRID, 0.5, 0.04, month="2026-06")
    found = run(
        [proposed],
        report("E1", "2026-05", "electricity", 100.0, "MWh"),
        report("E1", "2026-06", "electricity", 100.0, "MWh"),
        report("E2", "2026-07", "electricity", 10.0, "MWh", counted_in_city=False),
        report("E2", "2026-07", "diesel", 10.0, "t"),
        report("E3", "2026-07", "electricity", 10.0, "MWh", known_to=datetime(2026, 8, 1, tzinfo=UTC)),
    )
    rows = {(r["enterprise_code"], r["month"]): r for r in found.change.to_pylist()}
    assert set(rows) == {("E1", "2026-06"), ("E2", "2026-07")}
    first = rows["E1", "2026-06"]
    assert (first["old_t"], first["new_t"], first["change_t"]) == (Decimal(42), Decimal(50), Decimal(8))
    assert (first["account"], first["is_official"], first["change_counted_t"]) == ("computed:sh_guide", True, 8)
    assert rows["E2", "2026-07"]["change_counted_t"] == 0
    assert found.unaccounted == 0


def test_what_a_change_concerns_is_told_by_type_month_and_boundary():
    new = with_proposal(STATE, [by_value(STATE, GRID, 0.5, None, month="2026-06")])
    days = {"2026-05": ("2026-05-01", "2026-05-31"), "2026-06": ("2026-06-01", "2026-06-30")}
    held = [
        Kind("fuel_report", energy, unit, "legal_entity", "computed", month, *day)
        for energy, unit in (("electricity", "MWh"), ("diesel", "t"))
        for month, day in days.items()
    ]
    scope = concerned(STATE, new, held)
    assert (scope.months, scope.types, scope.boundaries) == ({"2026-06"}, {"electricity"}, {"legal_entity"})
    middle = replace(library().factor(GRID), version=2, value=0.5, valid_from="2026-05-10", valid_to="2026-05-20")
    assert concerned(STATE, with_proposal(STATE, [middle]), held).months == {"2026-05", "2026-06"}


def test_an_unknown_factor_names_the_nearest():
    with pytest.raises(ProposalError, match=f"相近的有：.*{GRID}"):
        by_value(STATE, "GRID_SH_GUID_2022", 0.5, None)


@pytest.mark.parametrize(
    ("factor_id", "options", "told"),
    [
        (GRID, {"unit": "kg/GJ"}, "量纲不同"),
        (GRID, {"month": "2026/05"}, "--from 应为月份"),
        (GRID, {"month": "2026-13"}, "--from 应为月份"),
        (GRID, {"value": -1.0}, "不得为负"),
        (GRID, {"rsu": 5.0}, "应在 0 与 1 之间"),
        ("RSU_STATED_CO2", {}, "不由排放核算按日期取用"),
    ],
)
def test_a_wrong_proposal_says_what_is_wrong(factor_id, options, told):
    with pytest.raises(ProposalError, match=told):
        by_value(STATE, factor_id, **{"value": 0.5, "rsu": None, **options})


def test_a_value_in_another_unit_is_converted_and_a_slip_is_noticed():
    same = by_value(STATE, GRID, 420.0, None, unit="kgCO2/MWh")
    assert slips(STATE, [same]) == []
    assert "1000 倍" in slips(STATE, [by_value(STATE, GRID, 420.0, None)])[0]


def proposal_csv(tmp_path, **change: str):
    row = {k: "" if v is None else str(v) for k, v in library().factor(GRID).to_dict().items()}
    row = {k: v for k, v in row.items() if k not in ("publication", "rung")}
    row |= {"version": "", "rsu_verified": "false", **change}
    path = tmp_path / "proposed.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, row)
        writer.writeheader()
        writer.writerow(row)
    return path


def test_a_file_of_proposals(tmp_path):
    (factor,) = from_file(STATE, proposal_csv(tmp_path, value="0.4"))
    assert (factor.version, factor.value, factor.publication) == (2, 0.4, "proposal")
    (new,) = from_file(STATE, proposal_csv(tmp_path, factor_id="GRID_NEW", valid_from="2026-01-01"))
    assert (new.factor_id, new.version) == ("GRID_NEW", 1)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"value": "abc"}, "第 2 行.*could not convert"),
        ({"unit": ""}, "第 2 行.*has no unit"),
        ({"unit": "kg/GJ"}, "量纲不同"),
        ({"version": "1"}, "已有第 1 版"),
        ({"verified": "maybe"}, "第 2 行.*verified must be"),
    ],
)
def test_a_broken_file_says_line_and_reason(tmp_path, change, told):
    with pytest.raises(ProposalError, match=told):
        from_file(STATE, proposal_csv(tmp_path, **change))


def test_a_file_that_is_no_csv(tmp_path):
    path = tmp_path / "p.csv"
    path.write_bytes("因子".encode("gb18030"))
    with pytest.raises(ProposalError, match="UTF-8"):
        from_file(STATE, path)
    with pytest.raises(ProposalError, match="读不出"):
        from_file(STATE, tmp_path / "none.csv")


def test_an_approval_needs_name_role_and_evidence(tmp_path, monkeypatch):
    from infra.settings import settings

    monkeypatch.setenv("LAKE_HOME", str(tmp_path))
    settings.cache_clear()
    paper = tmp_path / "纪要.pdf"
    paper.write_bytes(b"abc")
    granted = approval("王工 / 处长", str(paper))
    assert (granted.by_whom, granted.role, granted.evidence) == ("王工", "处长", "纪要.pdf")
    assert (tmp_path / "evidence" / granted.evidence_sm3).read_bytes() == b"abc"
    assert granted.evidence_sm3 == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"  # SM3("abc")
    for wrong, evidence in (("王工", "x"), ("/处长", "x"), ("王工/", "x"), ("王工/处长", " ")):
        with pytest.raises(ApprovalError):
            approval(wrong, evidence)
    settings.cache_clear()


def test_tables_line_up_with_chinese():
    lines = text_table(("单位", "值"), [("港", 1.5), ("abcdef", 1234.5)]).splitlines()
    assert lines == ["单位           值", "港          1.500", "abcdef  1,234.500"]
