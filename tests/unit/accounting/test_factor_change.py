"""States in force: what a factor or method change splits, what it leaves alone, and the register that keeps them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factor_library.library import library
from spark_jobs.accounting.factor_register import Approval, Register, RegisterError
from spark_jobs.accounting.in_force import State, tracked
from spark_jobs.engine.reckoned import last_state, reckon
from tests.unit.accounting.rows import activity

KNOWN = datetime(2026, 6, 10, tzinfo=UTC)
ADOPTED = datetime(2026, 7, 1, tzinfo=UTC)
LATER = datetime(2026, 7, 20, tzinfo=UTC)
APPROVAL = Approval("王工", "处长", "会议纪要", "0" * 64)
GRID = "GRID_SH_GUIDE_2022"


def known(table: pa.Table, *spans: tuple[datetime, datetime | None], method: str = "fuel_report") -> pa.Table:
    """The activity with the columns of time and method that a build has."""
    kind = pa.timestamp("us", "UTC")
    rows = table.append_column("known_from", pa.array([s[0] for s in spans], kind))
    rows = rows.append_column("known_to", pa.array([s[1] for s in spans], kind))
    rows = rows.append_column("method", pa.array([method] * len(spans)))
    return rows.append_column("method_tier", pa.array(["T2"] * len(spans)))


def timeline(factor_id: str, **change: object) -> tuple[State, ...]:
    """The library's state, and one in which a factor has a second version."""
    base = tracked(library().all_versions())
    second = replace(library().factor(factor_id), version=2, **change)
    return State(factors=base), State(ADOPTED, "change", tracked((*base, second)))


def rows(table: pa.Table, states: tuple[State, ...], part: str = "emission") -> list[dict]:
    found = []
    for piece in reckon(table, states, part):
        for i, row in enumerate(piece.found.to_pylist()):
            begin, end, change = (c[i].as_py() for c in (piece.known_from, piece.known_to, piece.change_id))
            method = piece.activity["method"][piece.activity["activity_id"].to_pylist().index(row["activity_id"])]
            found.append({**row, "from": begin, "to": end, "change": change, "method": method.as_py()})
    return sorted(found, key=lambda r: (r["activity_id"], r.get("gas"), r.get("electricity_series"), r["from"]))


def power(*spans: tuple[datetime, datetime | None], date: str = "2026-05-01") -> pa.Table:
    quantity = [{"activity_type": "electricity", "quantity": 100.0, "unit": "MWh", "date": date} for _ in spans]
    return known(activity(*quantity), *spans)


def test_a_new_version_ends_the_old_row_and_begins_another():
    old, new = rows(power((KNOWN, None)), timeline(GRID, value=0.5))
    assert (old["mass_kg"], old["from"], old["to"], old["change"]) == (pytest.approx(42000), KNOWN, ADOPTED, "")
    assert (new["mass_kg"], new["from"], new["to"], new["change"]) == (pytest.approx(50000), ADOPTED, None, "change")
    assert (old["factor_version"], new["factor_version"]) == ("1", "2")


def test_what_was_superseded_before_or_known_after_has_one_row():
    early, late = rows(power((KNOWN, ADOPTED), (LATER, None)), timeline(GRID, value=0.5))
    assert (early["mass_kg"], early["to"], early["change"]) == (pytest.approx(42000), ADOPTED, "")
    assert (late["mass_kg"], late["from"], late["change"]) == (pytest.approx(50000), LATER, "")


def test_a_version_that_begins_later_leaves_the_time_before():
    states = timeline(GRID, value=0.5, valid_from="2026-06-01")
    assert [r["factor_version"] for r in rows(power((KNOWN, None)), states)] == ["1"]
    assert [r["factor_version"] for r in rows(power((KNOWN, None), date="2026-06-30"), states)] == ["1", "2"]


def test_only_the_rows_that_used_the_factor_are_split():
    fuel = activity({"activity_type": "diesel", "quantity": 10.0, "unit": "t"})
    states = timeline(_ch4(), value=9.0)
    found = rows(known(fuel, (KNOWN, None)), states)
    assert sorted((r["gas"], r["change"]) for r in found) == [("CH4", ""), ("CH4", "change"), ("CO2", ""), ("N2O", "")]
    assert len(rows(known(fuel, (KNOWN, None)), states, "energy")) == 1


def _ch4() -> str:
    return library().lookup("ch4_factor", "diesel", "2026-05-01", "CN-SH", "ipcc_2006").factor_id


def test_a_method_that_takes_anothers_place_has_its_name_from_then_on():
    base = tracked(library().all_versions())
    states = State(factors=base), State(ADOPTED, "m", base, (("fuel_report", "metered_energy"),))
    found = rows(power((KNOWN, None)), states)
    assert [(r["method"], r["from"], r["mass_kg"]) for r in found] == [
        ("fuel_report", KNOWN, pytest.approx(42000)),
        ("metered_energy", ADOPTED, pytest.approx(42000)),
    ]


def test_a_factor_that_appears_begins_a_row_and_ends_the_quarantine():
    base = tuple(f for f in tracked(library().all_versions()) if f.quantity_kind != "electricity_co2")
    states = State(factors=base), State(ADOPTED, "c", tracked(library().all_versions()))
    (row,) = rows(power((KNOWN, None)), states)
    assert (row["from"], row["to"], row["change"]) == (ADOPTED, None, "c")
    assert [s.change_id for _, s in last_state(power((KNOWN, None), (KNOWN, ADOPTED)), states)] == ["", "c"]


moments = st.datetimes(datetime(2026, 6, 1), datetime(2026, 9, 1), timezones=st.just(UTC))
values = st.lists(st.sampled_from([0.4, 0.42, 0.5]), min_size=1, max_size=4)
spans_of = st.lists(st.tuples(moments, moments), min_size=1)


@settings(deadline=None, max_examples=40)
@given(
    values, st.lists(moments, min_size=4, max_size=4, unique=True), st.lists(st.tuples(moments, moments), min_size=1)
)
def test_at_any_moment_one_row_holds_and_it_is_that_of_the_state_in_force(grid, since, lives):
    base = tracked(library().all_versions())
    changes = zip(grid, sorted(since), range(2, 9), strict=False)
    states, held = [State(factors=base)], base
    for value, moment, version in changes:
        held = tracked((*held, replace(library().factor(GRID), version=version, value=value)))
        states.append(State(moment, f"c{version}", held))
    spans = [(min(a, b), max(a, b) if a != b else None) for a, b in lives]
    found = rows(power(*spans), tuple(states))
    edges = sorted({e for span in spans for e in span if e} | {s.since for s in states[1:]})
    for i, (begin, end) in enumerate(spans):
        mine = [r for r in found if r["activity_id"] == f"a{i}"]
        for moment in edges:
            valid = [r for r in mine if r["from"] <= moment and (r["to"] is None or r["to"] > moment)]
            if not (begin <= moment and (end is None or moment < end)):
                assert valid == []
                continue
            (state,) = [s for s in states if s.since <= moment][-1:]
            day = ("electricity_co2", "electricity", "2026-05-01", "CN-SH", "sh_guide")
            assert [r["factor_version"] for r in valid] == [str(state.library.lookup(*day).version)]
        assert sum(r["change"] == "" for r in mine) == 1


def test_the_register_keeps_what_was_in_force(tmp_path):
    register = Register(tmp_path)
    assert register.receive() is not None and register.receive() is None
    register.adopt([replace(library().factor(GRID), version=2, value=0.5)], APPROVAL, ADOPTED)
    first, second = Register(tmp_path).timeline()
    day = ("electricity_co2", "electricity", "2026-05-01", "CN-SH", "sh_guide")
    assert (first.library.lookup(*day).value, second.library.lookup(*day).value) == (0.42, 0.5)
    assert (second.since, second.change_id) == (ADOPTED, register.head)
    with pytest.raises(RegisterError, match="has a version 2 already"):
        register.adopt([replace(library().factor(GRID), version=2, value=0.6)], APPROVAL, LATER)


def test_a_changed_line_of_the_register_is_refused(tmp_path):
    register = Register(tmp_path)
    register.adopt([replace(library().factor(GRID), version=2, value=0.5)], APPROVAL, ADOPTED)
    text = register.path.read_text(encoding="utf-8").replace('"value":0.5,', '"value":0.4,')
    register.path.write_text(text, encoding="utf-8")
    with pytest.raises(RegisterError, match="line 2: the chain is broken"):
        Register(tmp_path).timeline()
