"""Parsers: recorded and broken payloads, and the property that no payload makes them raise."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_jobs.contracts import contract, load_contracts
from spark_jobs.ingest.parsers import bronze_schema, parse_payload
from spark_jobs.ingest.parsers.charset import decode, decompress
from spark_jobs.ingest.parsers.rows import Unparsable

READINGS = contract("metering.reading_minute")
SNAPSHOT = contract("pollutant.total_halfhour")
SHIPS = contract("ship_energy.ship")
ENERGY = contract("reporting.energy_monthly")


def rows(feed: str, data: bytes, charset: str = "") -> list[dict[str, Any]]:
    return parse_payload(contract(feed), data, "", charset).to_pylist()


def csv_payload(text: str, encoding: str = "utf-8") -> bytes:
    return gzip.compress(text.encode(encoding))


def error(row: dict[str, Any]) -> str:
    return json.loads(row["extra_json"])["_error"]


def test_csv_rows_are_text_as_written() -> None:
    found = rows(
        "metering.reading_minute", csv_payload("meter_id,read_at,counter,quality\nM1,2026-11-21 10:05:00,007.50,0\n")
    )
    assert found == [
        {
            "meter_id": "M1", "read_at": "2026-11-21 10:05:00", "counter": "007.50", "quality": "0",
            "row_no": 1, "charset": "utf-8", "extra_json": None,
        }
    ]  # fmt: skip


def test_csv_paths_agree() -> None:
    """The fast reader and the careful one give the same rows."""
    lines = ["meter_id,read_at,counter,quality", "M1,t,1,0", "M2,t,,1", "", "M3,t, 3 ,0"]
    fast = rows("metering.reading_minute", csv_payload("\n".join(lines) + "\n"))
    careful = rows("metering.reading_minute", csv_payload("\n".join(lines).replace("M1", '"M1"') + "\n"))
    assert fast == careful
    assert [r["row_no"] for r in fast] == [1, 2, 3]


def test_csv_row_with_wrong_number_of_cells_is_kept_and_marked() -> None:
    found = rows(
        "metering.reading_minute", csv_payload("meter_id,read_at,counter,quality\nM1,t,1,0\nM2,t\nM3,t,1,0,9\n")
    )
    assert [r["meter_id"] for r in found] == ["M1", "M2", "M3"]
    assert error(found[1]) == "应有 4 列，实有 2 列"
    assert json.loads(found[2]["extra_json"])["_cells"] == ["M3", "t", "1", "0", "9"]


def test_csv_unknown_column_goes_to_extra_and_missing_one_is_null() -> None:
    found = rows("metering.reading_minute", csv_payload("meter_id,read_at,volt\nM1,t,380\n"))
    assert found[0]["counter"] is None
    assert json.loads(found[0]["extra_json"]) == {"volt": "380"}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"meter_id\nM1\n", "应为 gzip"),
        (csv_payload("meter_id,read_at,counter,quality\nM1,t,1,0\n")[:-12], "gzip 数据损坏"),
        (csv_payload(""), "文件为空"),
        (csv_payload("a,b\n1,2\n"), "没有一个约定字段"),
        (gzip.compress(b"meter_id\n\xff\xff\xff\n"), "无法识别字符编码"),
    ],
)
def test_unparsable_payload_is_one_row_with_the_reason(data: bytes, why: str) -> None:
    (row,) = rows("metering.reading_minute", data)
    assert row["row_no"] == 0
    assert why in error(row)


def test_json_keeps_numbers_as_written_and_shares_the_snapshot() -> None:
    text = '{"snapshot_at":"s","revision":2,"updated_at":"u","items":[{"source":"ship","kg":1.50,"grid":{"x":1}}]}'
    (row,) = rows("pollutant.total_halfhour", text.encode())
    assert (row["snapshot_at"], row["revision"], row["emitter"]) == ("s", "2", "ship")
    assert row["kg"] == "1.50"
    assert json.loads(row["extra_json"]) == {"grid": {"x": "1"}}


def test_json_record_that_is_no_object_is_kept_and_marked() -> None:
    found = rows("reporting.energy_monthly", b'{"data":[{"period":"2026-09"},7]}')
    assert [r["row_no"] for r in found] == [1, 2]
    assert error(found[1]) == "记录不是 JSON 对象"


def test_json_lone_surrogate_and_huge_number_survive() -> None:
    (row,) = rows(
        "reporting.energy_monthly",
        b'{"data":[{"unit":"\\ud800","consumption":1e99999,"version":' + b"9" * 5000 + b"}]}",
    )
    assert row["unit"] == "\\ud800"
    assert row["consumption"] == "1e99999"
    assert len(row["version"]) == 5000


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b'{"data":{}}', b"[" * 100_000, b'{"data":null}'])
def test_json_without_records_is_unparsable(data: bytes) -> None:
    (row,) = rows("reporting.energy_monthly", data)
    assert row["row_no"] == 0


GBK_XML = '<?xml version="1.0" encoding="GBK"?><R total="1"><Page/><Record><ship_name>东方</ship_name></Record></R>'


@pytest.mark.parametrize("charset", ["", "gbk", "GB2312", "utf-8", "nonsense"])
def test_xml_in_gbk_whatever_is_declared(charset: str) -> None:
    (row,) = rows("ship_energy.ship", GBK_XML.encode("gbk"), charset)
    assert (row["ship_name"], row["charset"]) == ("东方", "gb18030")


def test_xml_repeated_field_is_marked_not_overwritten() -> None:
    (row,) = rows("ship_energy.ship", b"<R><Record><ship_id>1</ship_id><ship_id>2</ship_id></Record></R>")
    assert row["ship_id"] == "1"
    assert "多次" in error(row)


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><R><Record><ship_id>&x;</ship_id></Record></R>',
        '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><R><Record><ship_id>&b;</ship_id></Record></R>',
        "<R><Record>",
        "",
        "<R>&undefined;</R>",
    ],
)
def test_xml_with_entities_or_broken_is_refused(text: str) -> None:
    (row,) = rows("ship_energy.ship", text.encode())
    assert row["row_no"] == 0
    assert row["ship_id"] is None


@pytest.mark.parametrize(
    ("data", "declared", "expected"),
    [
        ("电".encode(), "", ("电", "utf-8")),
        ("电".encode("gbk"), "", ("电", "gb18030")),
        ("电".encode("gbk"), "utf-8", ("电", "gb18030")),
        ("电".encode("utf-8-sig"), "", ("电", "utf-8-sig")),
        ("电".encode("utf-16"), "", ("电", "utf-16")),
        (b"x", "klingon", ("x", "utf-8")),
    ],
)
def test_charset_declared_then_utf8_then_gb18030(data: bytes, declared: str, expected: tuple[str, str]) -> None:
    assert decode(data, declared) == expected


def test_decompression_is_bounded() -> None:
    with pytest.raises(Unparsable, match="超过"):
        decompress(gzip.compress(b"0" * 100_000), limit=1000)


@settings(max_examples=150, deadline=None)
@given(
    data=st.binary(max_size=400), zipped=st.booleans(), charset=st.sampled_from(["", "utf-8", "gbk", "utf-16", "\x00"])
)
def test_no_payload_makes_a_parser_raise(data: bytes, zipped: bool, charset: str) -> None:
    for feed in ("metering.reading_minute", "pollutant.total_halfhour", "ship_energy.ship", "nycflights13.plane"):
        batch = parse_payload(contract(feed), gzip.compress(data) if zipped else data, "", charset)
        assert batch.schema == bronze_schema(contract(feed))


cell = st.text(st.characters(codec="utf-8", exclude_characters='\r\n",\x00'), max_size=8)


@settings(max_examples=100, deadline=None)
@given(table=st.lists(st.tuples(cell, cell, cell, cell), max_size=20))
def test_csv_round_trip(table: list[tuple[str, ...]]) -> None:
    lines = [",".join(("meter_id", "read_at", "counter", "quality")), *(",".join(r) for r in table)]
    found = rows("metering.reading_minute", csv_payload("\n".join(lines) + "\n"))
    assert [tuple(r[n] for n in READINGS.field_names) for r in found] == list(table)


@settings(max_examples=100, deadline=None)
@given(items=st.lists(st.dictionaries(st.sampled_from([f.source_name for f in SNAPSHOT.fields]), st.text(max_size=5))))
def test_json_round_trip(items: list[dict[str, str]]) -> None:
    found = rows("pollutant.total_halfhour", json.dumps({"items": items}).encode())
    assert len(found) == len(items)
    for row, item in zip(found, items, strict=True):
        for f in SNAPSHOT.fields:
            want = item.get(f.source_name)
            assert row[f.name] == (want if want is None else want.encode("utf-8", "backslashreplace").decode())


def test_every_contract_has_a_parser() -> None:
    for each in load_contracts().values():
        assert parse_payload(each, b"\x00\x01").schema == bronze_schema(each)


PAYLOADS = Path(__file__).parents[2] / "fixtures" / "payloads"


def test_recorded_snapshot_in_undeclared_gbk() -> None:
    found = rows("pollutant.total_halfhour", (PAYLOADS / "pollutant_gbk_undeclared.json").read_bytes())
    assert {row["charset"] for row in found} == {"gb18030"}
    assert {row["emitter"] for row in found} == {"motor_vehicle", "aircraft", "ship"}
    assert all(row["extra_json"] is None for row in found)


def test_recorded_ships_in_gbk() -> None:
    data = (PAYLOADS / "ship_gbk.xml").read_bytes()
    found = rows("ship_energy.ship", data, "gbk")
    assert len(found) == data.count(b"<Record>")
    assert [row["row_no"] for row in found] == list(range(1, len(found) + 1))
    assert {row["charset"] for row in found} == {"gb18030"}
    assert all(row["ship_name"].endswith("（模拟）") for row in found)


@pytest.mark.parametrize("cut", [0.25, 0.5, 0.75, 0.99])
@pytest.mark.parametrize("name", ["pollutant_gbk_undeclared.json", "ship_gbk.xml"])
def test_recorded_payload_cut_short_is_unparsable_not_shorter(name: str, cut: float) -> None:
    data = (PAYLOADS / name).read_bytes()
    feed = "ship_energy.ship" if name.endswith("xml") else "pollutant.total_halfhour"
    (row,) = rows(feed, data[: int(len(data) * cut)])
    assert row["row_no"] == 0
