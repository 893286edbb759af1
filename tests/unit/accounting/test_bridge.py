"""The bridge between two closings: every cause its own, zero where nothing changed, and always adding up exactly."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_jobs.accounting.bridge import CAUSES, bridge, with_ids

FIRST = datetime(2026, 11, 5, tzinfo=UTC)
AS_OF = datetime(2026, 11, 10, tzinfo=UTC)
AFTER = datetime(2026, 11, 20, tzinfo=UTC)
SCHEMA = pa.schema(
    [
        *((n, pa.string()) for n in ("emission_id", "activity_id", "boundary", "account", "entity_id", "object_id")),
        *((n, pa.string()) for n in ("sector", "period", "activity_type", "scope", "gas", "chain", "unit", "method")),
        *((n, pa.string()) for n in ("factor_id", "factor_version")),
        ("quantity", pa.float64()),
        ("mass_t", pa.decimal128(38, 15)),
        ("counted", pa.bool_()),
        ("is_official", pa.bool_()),
        ("source_record_ids", pa.list_(pa.string())),
        ("known_from", pa.timestamp("us", "UTC")),
        ("activity_known_from", pa.timestamp("us", "UTC")),
    ]
)


def line(entity: str = "E1", kind: str = "diesel", mass: object = 10, **more: Any) -> dict[str, Any]:
    """A line of a closing; its record is named after enterprise and kind."""
    base = {
        "emission_id": f"{entity}-{kind}", "activity_id": f"{entity}-{kind}", "boundary": "legal_entity",
        "account": "computed:sh_guide", "entity_id": entity, "object_id": entity, "sector": "port", "period": "2026-10",
        "activity_type": kind, "scope": "direct", "gas": "CO2", "chain": "TTW", "unit": "t", "method": "fuel_report",
        "factor_id": "NCV*CC*OX", "factor_version": "1*1*1", "quantity": float(Decimal(mass)), "mass_t": Decimal(mass),
        "counted": True, "is_official": True, "source_record_ids": [f"r-{entity}-{kind}"], "known_from": FIRST,
        "activity_known_from": FIRST,
    }  # fmt: skip
    return {**base, **more}


def between(former: list[dict], later: list[dict]) -> pa.Table:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'Asia/Shanghai'")
        connection.register("f", pa.Table.from_pylist(former, schema=SCHEMA))
        connection.register("l", pa.Table.from_pylist(later, schema=SCHEMA))
        return bridge(connection, "f", "l", AS_OF)


def causes(former: list[dict], later: list[dict], account: str = "official", measure: str = "change_counted_t") -> dict:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in between(former, later).to_pylist():
        if row["account"] == account:
            found[row["cause"]] += row[measure]
    return {cause: float(value) for cause, value in found.items() if value}


def test_no_change_is_a_bridge_of_nothing():
    lines = [line(), line("E2", "electricity", 7)]
    assert between(lines, lines).num_rows == 0


def test_a_report_that_came_late():
    late = line("E2", mass=4, known_from=AFTER, activity_known_from=AFTER)
    assert causes([line()], [line(), late]) == {"late_data": 4.0}


def test_a_correction_and_a_withdrawal():
    corrected = line(mass=12, source_record_ids=["r2"], emission_id="e2", activity_id="a2")
    assert causes([line(), line("E2", mass=3)], [corrected]) == {"correction": 2.0 - 3.0}


def test_a_factor_change():
    assert causes([line()], [line(mass=11, quantity=10.0, factor_version="1*2*1")]) == {"factor": 1.0}


def test_correction_and_factor_in_one_line_are_parted():
    later = line(mass="26.4", quantity=12.0, factor_version="1*2*1", source_record_ids=["r2"])
    former = line(mass="20", quantity=10.0)
    assert causes([former], [later]) == pytest.approx({"correction": 4.0, "factor": 2.4})


def test_measured_parts_that_come_with_a_correction_are_no_factor_change():
    former = line(factor_id="measured:r1*CC*OX")
    later = line(mass=11, quantity=10.0, factor_id="measured:r2*CC*OX", source_record_ids=["r2"])
    assert causes([former], [later]) == {"correction": 1.0}
    assert causes([line()], [later]) == {"correction": 1.0}


def test_a_factor_for_what_none_answered():
    answered = line("E1", "hydrogen", 2, known_from=AFTER)
    assert causes([line()], [line(), answered]) == {"factor": 2.0}


def test_a_method_change_and_a_switch_of_the_official_account():
    assert causes([line()], [line(mass=9, quantity=9.0, method="metered_energy")]) == {"method": -1.0}
    stated = line(mass=8, account="reported", factor_id="reported", factor_version="", is_official=False)
    former, later = [line(), stated], [line(is_official=False), {**stated, "is_official": True}]
    assert causes(former, later) == {"method": -2.0}
    assert causes(former, later, "reported") == {}
    new = {**stated, "is_official": True, "known_from": AFTER, "activity_known_from": AFTER}
    assert causes([line()], [line(is_official=False), new]) == {"method": -2.0}


def test_what_the_total_no_longer_counts_is_the_boundary():
    assert causes([line()], [line(mass=12, source_record_ids=["r2"], counted=False)]) == {"boundary": -10.0}
    whole = causes([line()], [line(mass=12, source_record_ids=["r2"], counted=False)], measure="change_t")
    assert whole == {"correction": 2.0}
    assert causes([line(counted=False)], [line(mass=12, quantity=12.0, source_record_ids=["r2"])]) == {
        "boundary": 10.0,
        "correction": 2.0,
    }


def test_another_sector_and_another_boundary():
    rows = between([line()], [line(sector="coach")]).to_pylist()
    told = {(r["sector"], r["cause"], float(r["change_t"])) for r in rows if r["account"] == "official"}
    assert told == {("port", "boundary", -10.0), ("coach", "boundary", 10.0)}
    territorial = line(boundary="territorial", emission_id="t")
    assert causes([line()], [line(), territorial]) == {"boundary": 10.0}


amounts = st.decimals(min_value=0, max_value=10**7, places=9, allow_nan=False)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[dict], list[dict]]:
    """Two closings of a few enterprises in which anything may have changed."""
    sides: tuple[list[dict], list[dict]] = ([], [])
    for entity in ("E1", "E2", "E3"):
        officials = [draw(st.sampled_from(["computed:sh_guide", "reported"])) for _ in sides]
        for account in ("computed:sh_guide", "reported"):
            for kind in ("diesel", "electricity"):
                for side, (lines, official) in enumerate(zip(sides, officials, strict=True)):
                    if not draw(st.booleans()):
                        continue
                    since = draw(st.sampled_from([FIRST, AFTER])) if side else FIRST
                    lines.append(
                        line(
                            entity,
                            kind,
                            draw(amounts),
                            account=account,
                            quantity=draw(st.floats(0, 1e6)),
                            boundary=draw(st.sampled_from(["legal_entity", "territorial"])),
                            sector=draw(st.sampled_from(["port", "coach"])),
                            counted=draw(st.booleans()),
                            is_official=account == official,
                            method=draw(st.sampled_from(["fuel_report", "metered_energy"])),
                            factor_id=draw(st.sampled_from(["NCV*CC*OX", "measured:r*CC*OX"])),
                            factor_version=draw(st.sampled_from(["1*1*1", "1*2*1"])),
                            source_record_ids=[draw(st.sampled_from(["r1", "r2", f"r-{entity}"]))],
                            known_from=since,
                            activity_known_from=draw(st.sampled_from([FIRST, since])),
                        )
                    )
    return sides


def totals(lines: list[dict], account: str, key: str) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    found: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for row in lines:
        if account in (row["account"], "official" if row["is_official"] else ""):
            found[row["boundary"], row[key]][0] += row["mass_t"]
            found[row["boundary"], row[key]][1] += row["mass_t"] if row["counted"] else Decimal(0)
    return {k: (v[0], v[1]) for k, v in found.items()}


@settings(deadline=None, max_examples=60)
@given(histories())
def test_the_bridge_adds_up_exactly(history: tuple[list[dict], list[dict]]):
    former, later = history
    rows = between(former, later).to_pylist()
    assert {row["cause"] for row in rows} <= CAUSES.keys()
    for account in ("computed:sh_guide", "reported", "official"):
        for key in ("sector", "entity_id"):
            before, after = totals(former, account, key), totals(later, account, key)
            changed: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
            for row in rows:
                if row["account"] == account:
                    changed[row["boundary"], row[key]][0] += row["change_t"]
                    changed[row["boundary"], row[key]][1] += row["change_counted_t"]
            for place in before.keys() | after.keys() | changed.keys():
                for i in (0, 1):
                    old, new = before.get(place, (0, 0))[i], after.get(place, (0, 0))[i]
                    assert old + changed[place][i] == new


def test_rows_have_ids_of_their_own():
    rows = between([line(), line("E2")], [line(mass=11), line("E2", mass=12)])
    ids = with_ids(rows, "2026-10.1", "2026-10.2")["bridge_id"].to_pylist()
    assert len(set(ids)) == len(ids) == 4
