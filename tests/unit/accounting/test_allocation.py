"""Allocation: parts add up to the whole to the last digit, follow the activity, and lead back to the whole."""

from __future__ import annotations

from decimal import Decimal, getcontext

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_jobs.accounting.allocation import KEYS_ZH, WHOLE, apportion, shares

getcontext().prec = 50


def test_largest_remainder_by_hand() -> None:
    assert apportion(10, [1, 1, 1]) == [4, 3, 3]  # 3.33 each: the tie goes to the first
    assert apportion(100, [0.5, 0.25, 0.25]) == [50, 25, 25]
    assert apportion(7, [6, 3, 1]) == [4, 2, 1]  # 4.2, 2.1, 0.7


@given(st.lists(st.floats(0, 1e12, allow_nan=False), min_size=1, max_size=20).filter(lambda w: sum(w) > 0))
def test_parts_always_add_up_and_keep_their_quota(weights: list[float]) -> None:
    parts = apportion(WHOLE, weights)
    assert sum(parts) == WHOLE
    exact = [WHOLE * Decimal(w) / sum(Decimal(v) for v in weights) for w in weights]
    assert all(abs(p - e) < 1 for p, e in zip(parts, exact, strict=True))


@pytest.mark.parametrize("weights", [[0.0, 0.0], [], [1.0, -1.0]])
def test_what_cannot_be_shared_is_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="weights"):
        apportion(10, weights)


def rows(**more: object) -> list[dict]:
    base = {"enterprise_code": "E1", "period_month": "2026-10", "scope": "indirect", "dimension": "district"}
    return [
        base | {"key_code": key, "part": part, "weight": weight} | more
        for key, part, weight in (
            ("territory", "310112", 9.0), ("meter_place", "310115", 1.0), ("meter_place", "310112", 2.0),
            ("object_activity", "310104", 0.0),
        )
    ]  # fmt: skip


def test_the_key_nearest_to_the_activity_counts_alone() -> None:
    found = shares(pa.Table.from_pylist(rows() + rows(scope="direct")[:1])).to_pylist()
    assert [(r["scope"], r["part"], r["share_ppb"]) for r in found] == [
        ("direct", "310112", WHOLE), ("indirect", "310112", 666_666_667), ("indirect", "310115", 333_333_333)
    ]  # fmt: skip
    assert {r["key_zh"] for r in found if r["scope"] == "indirect"} == {KEYS_ZH["meter_place"]}


def test_a_decimal_total_times_its_shares_is_the_total_again() -> None:
    found = shares(pa.Table.from_pylist(rows())).to_pylist()
    total = Decimal("1234567.123456789012345")
    parts = [total * Decimal(r["share_ppb"]) / WHOLE for r in found]
    assert sum(parts) == total
    assert all(part / (Decimal(r["share_ppb"]) / WHOLE) == total for part, r in zip(parts, found, strict=True))


def test_the_order_of_rows_is_of_no_account() -> None:
    assert shares(pa.Table.from_pylist(rows())).equals(shares(pa.Table.from_pylist(rows()[::-1])))
