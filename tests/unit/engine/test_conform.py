"""Silver's judgement by hand: versions, duplicates, conflicts, refusals, whatever the order of arrival."""

from __future__ import annotations

import itertools
import json

import pyarrow as pa
import pytest

from spark_jobs.contracts import contract, load_contracts
from spark_jobs.engine import bronze, conform
from spark_jobs.engine.conform import References, Scope
from spark_jobs.engine.layers import bronze_table
from spark_jobs.engine.row_hash import row_sm3

FEED = contract("reporting.energy_monthly")
ENTERPRISE = "91310000MA1FL0000X"


def record(version=1, updated="2026-10-10T08:00:00+08:00", period="2026-09", **other):
    row = {
        "record_id": "r", "enterprise_code": ENTERPRISE, "period": period, "energy_code": "diesel", "unit": "t",
        "opening_stock": 10, "purchased": 100, "resold": 0, "closing_stock": 20, "consumption": 90,
        "use_transport": 80, "use_production": 10, "use_other": 0, "last_year_consumption": 85,
        "status": "报送", "version": version, "updated_at": updated,
    }  # fmt: skip
    return {**row, **other}


def payload(tmp_path, name, window, records, received="2026-10-15T00:00:00+08:00"):
    path = tmp_path / name
    data = records if isinstance(records, bytes) else json.dumps({"data": records}, ensure_ascii=False).encode()
    path.write_bytes(data)
    return bronze.rows_of(
        FEED,
        {"path": str(path), "payload_sm3": name, "receipt_window": window, "media_type": "application/json",
         "charset": "utf-8", "received_at": received},
    )  # fmt: skip


def judged(batches, scope=Scope(True)):
    return conform.conform(FEED, pa.Table.from_batches(batches), scope, References()).to_pylist()


def kept(rows):
    return [row for row in rows if not row["rule_ids"]]


def test_typed_values_units_and_hash(tmp_path):
    (row,) = judged([payload(tmp_path, "a", "2026-10", [record()])])
    assert (row["consumption"], row["status"], row["period"], row["version_no"]) == (90.0, "submitted", "2026-09", 1)
    assert row["business_key"] == f"{ENTERPRISE}|2026-09|diesel"
    assert row["known_from"].isoformat() == "2026-10-10T08:00:00+08:00"
    assert (row["known_to"], row["duplicate_receipts"], row["rule_ids"]) == (None, [], [])
    raw = {f.name: record().get(f.source_name) for f in FEED.fields}
    assert row["row_sm3"] == row_sm3(FEED, {k: None if v is None else str(v) for k, v in raw.items()})


def test_versions_and_duplicates_come_out_alike_in_any_order(tmp_path):
    two = record(2, "2026-11-03T08:00:00+08:00", consumption=95, closing_stock=15, use_transport=85)
    batches = [
        payload(tmp_path, "a", "2026-10", [record(), record()]),
        payload(tmp_path, "b", "2026-11", [two]),
        payload(tmp_path, "c", "2026-11", [record()], "2026-11-05T00:00:00+08:00"),
    ]
    expected = None
    for order in itertools.permutations(batches):
        rows = sorted(judged(list(order)), key=lambda row: row["version_no"])
        assert [row["consumption"] for row in rows] == [90.0, 95.0]
        assert rows[0]["known_to"] == rows[1]["known_from"]
        assert rows[1]["known_to"] is None
        assert rows[0]["duplicate_receipts"] == ["2026-10/a/2", "2026-11/c/1"]
        assert expected in (None, rows)
        expected = rows


def test_same_version_twice_with_other_content_goes_to_the_later_and_refuses_the_other(tmp_path):
    late = record(1, "2026-10-12T08:00:00+08:00", consumption=91, closing_stock=19, use_transport=81)
    for one, other in ((record(), late), (late, record())):
        rows = judged([payload(tmp_path, "a", "2026-10", [one, other])])
        assert [row["consumption"] for row in kept(rows)] == [91.0]
        (refused,) = [row for row in rows if row["rule_ids"]]
        assert refused["rule_ids"] == ["version_conflict"]
        assert json.loads(refused["row_json"])["consumption"] == "90"


@pytest.mark.parametrize(
    ("change", "rule", "field", "value"),
    [
        ({"consumption": "9O"}, "type_consumption", "consumption", "9O"),
        ({"consumption": 900, "use_transport": 890}, "stock_identity", "consumption", "900"),
        ({"unit": "kg"}, "declared_unit", "unit", "kg"),
        ({"status": "草稿"}, "code_status", "status", "草稿"),
        ({"enterprise_code": None}, "required_enterprise_code", "enterprise_code", None),
    ],
)
def test_a_bad_row_is_refused_with_rule_field_and_value(tmp_path, change, rule, field, value):
    (row,) = judged([payload(tmp_path, "a", "2026-10", [record(**change)])])
    assert row["rule_ids"][0] == rule
    assert (row["refused_field"], row["refused_value"]) == (field, value)
    assert row["reason_zh"]


def test_unreadable_period_and_payload_are_kept_under_unknown(tmp_path):
    cut = payload(tmp_path, "cut", "2026-10", b'{"data": [{"record_id"')
    also_cut = payload(tmp_path, "cut2", "2026-10", b'{"data": [{"record_id"')
    rows = judged([payload(tmp_path, "a", "2026-10", [record(period="2026/9")]), cut, also_cut])
    assert len(rows) == 3
    assert {row["period"] for row in rows} == {"unknown"}
    assert sorted(row["rule_ids"][0] for row in rows) == ["type_period", "unparsable", "unparsable"]


def test_only_touched_periods_are_rebuilt(tmp_path):
    old = payload(tmp_path, "a", "2026-10", [record(), record(period="2026-08")])
    new = payload(tmp_path, "b", "2026-11", [record(2, "2026-11-03T08:00:00+08:00", period="2026-08")])
    rows = judged([old, new], Scope(False, ("2026-11",)))
    assert {row["period"] for row in rows} == {"2026-08"}
    assert sorted(row["version_no"] for row in rows) == [1, 2]


@pytest.mark.parametrize("feed", sorted(load_contracts()))
def test_a_receipt_of_any_feed_or_of_what_it_joins_can_be_asked_for(feed):
    asked = contract(feed)
    changed = tuple((join.by, "x") for join in asked.joins)
    empty = pa.schema([pa.field(c.name, conform.ARROW[c.type]) for c in bronze_table(asked).columns]).empty_table()
    rows = conform.conform(asked, empty, Scope(False, ("2026-11",), changed), References(), lambda *_: "")
    assert rows.schema == conform.schema(asked) and len(rows) == 0
