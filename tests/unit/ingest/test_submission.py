"""Submitted files: receipts, refusals, and that no file whatever makes a traceback or is lost."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from infra.crypto import sm3_hex
from spark_jobs.commands import submit as command
from spark_jobs.contracts import contract
from spark_jobs.ingest.landing import Landing
from spark_jobs.ingest.parsers import parse_payload, workbook
from spark_jobs.ingest.submission import Receipt, original, submit

FEED = contract("reporting.energy_monthly")
CHINESE = (
    "统一社会信用代码,报告期,能源品种,计量单位,期初库存,购进量,转供量,期末库存,消费量,运输用量,生产辅助用量,其他用量"
)
ENGLISH = (
    "enterprise_code,period,energy_code,unit,opening_stock,purchased,resold,closing_stock,consumption,"
    "use_transport,use_production,use_other"
)
GOOD = "91310000123456789X,2026-10,柴油,吨,1,2,0,1,2,1.5,0.5,0"
BAD_INPUTS = Path(__file__).parents[2] / "fixtures" / "bad_inputs"


def put(home: Path, name: str, data: bytes) -> Path:
    path = home / name
    path.write_bytes(data)
    return path


def receive(landing: Landing, home: Path, name: str, data: bytes) -> Receipt:
    return submit(FEED, put(home, name, data), landing)


def sheet(rows: list[list[object]], more: dict[str, list[list[object]]] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for title, content in (more or {}).items():
        other = book.create_sheet(title)
        for row in content:
            other.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("header", [CHINESE, ENGLISH, CHINESE.replace("消费量", "消费量（consumption）*")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_csv_in_every_encoding_and_header(landing: Landing, home: Path, header: str, encoding: str) -> None:
    receipt = receive(landing, home, "a.csv", f"{header}\n{GOOD}\n".encode(encoding))
    assert (receipt.rows, receipt.accepted, receipt.exit_code) == (1, 1, 0)


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_other_delimiters(landing: Landing, home: Path, delimiter: str) -> None:
    text = f"{CHINESE}\n{GOOD}\n".replace(",", delimiter)
    assert receive(landing, home, "a.csv", text.encode()).accepted == 1


def test_refused_row_has_number_field_value_rule(landing: Landing, home: Path) -> None:
    text = f"{CHINESE}\n{GOOD}\n" + GOOD.replace(",2,1.5,", ",2x,1.5,") + "\n"
    receipt = receive(landing, home, "a.csv", text.encode())
    (refusal,) = receipt.refusals
    assert (receipt.rows, receipt.accepted, receipt.refused) == (2, 1, 1)
    assert (refusal.row, refusal.field, refusal.value, refusal.rule) == (3, "consumption", "2x", "type_consumption")
    assert receipt.exit_code == 0


def test_identities_of_the_contract_are_checked(landing: Landing, home: Path) -> None:
    text = f"{CHINESE}\n{GOOD}\n91310000123456789X,2026-09,柴油,吨,1,5,0,1,2,2,0,0\n"
    rules = {r.rule for r in receive(landing, home, "a.csv", text.encode()).refusals}
    assert rules == {"stock_identity"}  # 1 + 5 − 0 − 1 = 5, not 2


def parsed(landing: Landing, receipt: Receipt) -> list[dict]:
    data = landing.read(FEED.feed, receipt.window, receipt.sm3)
    entry = landing.entries(FEED.feed, receipt.window)[0]
    return parse_payload(FEED, data, entry.media_type, entry.charset, entry.received_at).to_pylist()


def test_status_version_and_time_are_the_receipts_own(landing: Landing, home: Path) -> None:
    text = (
        f"{CHINESE},审核状态,版本,更新时间\n{GOOD},,,\n"
        f"{GOOD.replace('2026-10', '2026-09')},审定,9,2020-01-01T00:00:00+08:00\n"
        f"{GOOD.replace('2026-10', '2026-08')},submitted,不详,\n"
    )
    receipt = receive(landing, home, "a.csv", text.encode())
    rows = parsed(landing, receipt)
    assert receipt.accepted == 3, "a version that cannot be read is not taken either"
    assert {r["status"] for r in rows} == {"报送"}
    assert {r["version"] for r in rows} == {"20261122080000"}
    assert {r["updated_at"] for r in rows} == {"2026-11-22T08:00:00+08:00"}
    extras = [json.loads(r["extra_json"]) for r in rows]
    assert all(extra["_filled"] == ["status", "updated_at", "version"] for extra in extras)
    assert [extra.get("_given") for extra in extras] == [
        None,
        {"status": "审定", "updated_at": "2020-01-01T00:00:00+08:00", "version": "9"},
        {"version": "不详"},
    ]
    told = {w.field: (w.row, w.value, w.rule) for w in receipt.warnings}
    assert told == {
        "status": (3, "审定", "set_by_receipt"),
        "updated_at": (3, "2020-01-01T00:00:00+08:00", "set_by_receipt"),
        "version": (3, "9", "set_by_receipt"),
    }
    assert "共 2 行；已填“20261122080000”" in next(w.reason_zh for w in receipt.warnings if w.field == "version")
    assert "[set_by_receipt]" in command.receipt_text(receipt)


def test_a_files_own_columns_are_not_taken_for_our_marks(landing: Landing, home: Path) -> None:
    receipt = receive(landing, home, "a.csv", f"{CHINESE},_given,_filled,_error\n{GOOD},x,y,z\n".encode())
    assert (receipt.accepted, receipt.warnings) == (1, [])
    extra = json.loads(parsed(landing, receipt)[0]["extra_json"])
    assert (extra["file_given"], extra["file_filled"], extra["file_error"]) == ("x", "y", "z")
    assert extra["_filled"] == ["status", "updated_at", "version"]


def test_the_same_file_again_is_told(landing: Landing, home: Path) -> None:
    data = f"{CHINESE}\n{GOOD}\n".encode()
    assert receive(landing, home, "a.csv", data).first_received_at == ""
    assert receive(landing, home, "b.csv", data).first_received_at != ""


def test_repeated_key_is_told(landing: Landing, home: Path) -> None:
    receipt = receive(landing, home, "a.csv", f"{CHINESE}\n{GOOD}\n{GOOD}\n".encode())
    assert [(w.row, w.rule) for w in receipt.warnings] == [(3, "repeated_key")]


def test_a_unit_outside_the_register_is_told_and_taken_in(landing: Landing, home: Path) -> None:
    from tests.fixtures.lake.delta import write_version
    from tests.fixtures.lake.dictionary import tables

    stranger = GOOD.replace("91310000123456789X", "91310000000000000X")
    text = f"{CHINESE}\n{GOOD}\n{stranger}\n{stranger.replace('2026-10', '2026-09')}\n".encode()
    assert receive(landing, home, "a.csv", text).warnings == [], "no register yet"
    row = dict.fromkeys((column["name"] for column in tables()["silver.enterprise"]), None)
    place = home / "warehouse" / "silver" / "enterprise"
    write_version(place, tables()["silver.enterprise"], [row | {"enterprise_code": "91310000123456789X"}])
    receipt = receive(landing, home, "b.csv", text)
    assert (receipt.accepted, receipt.exit_code) == (3, 0)
    (warning,) = receipt.warnings
    assert (warning.row, warning.rule, warning.value) == (3, "unregistered", "91310000000000000X")
    assert "共 2 行" in warning.reason_zh
    assert "[unregistered]" in command.receipt_text(receipt)
    next((place / "_delta_log").glob("*.json")).write_text("{", encoding="utf-8")
    (unread,) = receive(landing, home, "c.csv", text).warnings
    assert "未核对" in unread.reason_zh
    assert "整个文件" in command.receipt_text(receive(landing, home, "c.csv", text))


HEADER_CELLS: list[object] = list(CHINESE.split(","))
ROW_CELLS: list[object] = ["91310000123456789X", "2026-10", "柴油", "吨", 1, 2, 0, 1, 2.0, 1.5, 0.5, 0]


def test_workbook_with_title_rows_keeps_sheet_row_numbers(landing: Landing, home: Path) -> None:
    bad = [*ROW_CELLS[:8], "两吨", *ROW_CELLS[9:]]
    receipt = receive(landing, home, "a.xlsx", sheet([["月度报表"], [], HEADER_CELLS, ROW_CELLS, [], bad]))
    assert (receipt.rows, receipt.accepted) == (2, 1)
    assert [(r.row, r.value) for r in receipt.refusals] == [(6, "两吨")]


def test_workbook_formula_without_result_is_refused_with_its_text(landing: Landing, home: Path) -> None:
    row = [*ROW_CELLS[:8], "=E2+F2-G2-H2", *ROW_CELLS[9:]]
    receipt = receive(landing, home, "a.xlsx", sheet([HEADER_CELLS, row]))
    assert ("consumption", "=E2+F2-G2-H2") in {(r.field, r.value) for r in receipt.refusals}


def test_workbook_merged_cells_leave_holes_that_are_refused(landing: Landing, home: Path) -> None:
    book = openpyxl.Workbook()
    for row in (HEADER_CELLS, ROW_CELLS, [None, "2026-09", *ROW_CELLS[2:]]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    stream = io.BytesIO()
    book.save(stream)
    receipt = receive(landing, home, "a.xlsx", stream.getvalue())
    assert [(r.row, r.rule) for r in receipt.refusals] == [(3, "required_enterprise_code")]


def test_workbook_with_two_reports_is_refused(landing: Landing, home: Path) -> None:
    receipt = receive(landing, home, "a.xlsx", sheet([HEADER_CELLS, ROW_CELLS], {"二": [HEADER_CELLS, ROW_CELLS]}))
    assert "多个工作表" in receipt.file_error
    assert receipt.exit_code == 65


def test_workbook_bomb_is_refused_before_it_is_unpacked(
    landing: Landing, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MAX_UNPACKED_BYTES", 1 << 20)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * ((1 << 20) + 1))
    assert len(stream.getvalue()) < 1 << 14
    assert "解压后超过" in receive(landing, home, "bomb.xlsx", stream.getvalue()).file_error


def test_workbook_with_entities_is_refused(landing: Landing, home: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sheet([HEADER_CELLS]))) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            body = source.read(name)
            if name == "xl/workbook.xml":
                body = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>' + body
            target.writestr(name, body)
    assert "DOCTYPE" in receive(landing, home, "a.xlsx", stream.getvalue()).file_error


def test_json_list_and_wrapped_list(landing: Landing, home: Path) -> None:
    record = dict(zip(CHINESE.split(","), ROW_CELLS, strict=True))
    assert receive(landing, home, "a.json", json.dumps([record]).encode()).accepted == 1
    assert receive(landing, home, "b.json", json.dumps({"data": [record, 3]}).encode()).rows == 2


WHOLE = {
    "empty": b"",
    "blank": b" \n\n",
    "binary": bytes(range(256)) * 20,
    "pdf": b"%PDF-1.7\n...",
    "old excel": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "not a zip": b"PK\x03\x04garbage",
    "other table": b"a,b\n1,2\n",
    "header only": CHINESE.encode(),
    "missing column": (CHINESE.rsplit(",", 1)[0] + "\n" + GOOD + "\n").encode(),
    "doubled column": (CHINESE + ",消费量\n" + GOOD + ",1\n").encode(),
    "open quote": (CHINESE + '\n"' + GOOD).encode(),
    "huge cell": (CHINESE + "\n" + "9" * 11_000_000).encode(),
    "json scalar": b"[1e999999, {}]"[:0] + b'{"data": 5}',
    "deep json": b"[" * 50_000,
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_refused_as_a_whole_exits_65_and_can_be_had_back(home: Path, name: str) -> None:
    path = put(home, "file", WHOLE[name])
    result = CliRunner().invoke(_typer(), ["reporting.energy_monthly", str(path)])
    assert result.exit_code == 65, result.output
    assert "文件整体退回" in result.output
    assert original(sm3_hex(WHOLE[name])) == WHOLE[name]


def _typer() -> object:
    import typer

    application = typer.Typer()
    application.command()(command.app)
    return application


def test_wrong_calls_say_what_to_do(home: Path) -> None:
    run = CliRunner()
    for arguments, words in (
        (["reporting.nothing", "x"], "known:"),
        (["metering.meter", "x"], "可报送"),
        (["reporting.energy_monthly", str(home / "absent.csv")], "没有这个文件"),
        (["reporting.energy_monthly", str(home)], "无法读取"),
        ([], "用法"),
        (["--get", "../../etc/passwd"], "不是 SM3"),
        (["--get", "0" * 64], "没有收存过"),
    ):
        result = run.invoke(_typer(), arguments)
        assert result.exit_code == 2, arguments
        assert words in result.output


def test_naughty_strings_reach_the_receipt_and_nothing_else(landing: Landing, home: Path) -> None:
    naughty = json.loads((BAD_INPUTS / "blns.json").read_text(encoding="utf-8"))
    record = dict(zip(ENGLISH.split(","), ROW_CELLS, strict=True))
    records = [
        {**record, field: text} for text in naughty for field in ("enterprise_code", "energy_code", "consumption")
    ]
    receipt = receive(landing, home, "a.json", json.dumps(records).encode())
    assert receipt.rows == len(records)
    assert not receipt.file_error
    assert all(c.isprintable() for r in receipt.refusals for c in r.value)
    by_field = {(r.row, r.field) for r in receipt.refusals}
    assert all((n, "energy_code") in by_field for n in range(2, len(records) + 1, 3))


@pytest.mark.parametrize("path", sorted((BAD_INPUTS / "csv_spectrum").glob("*.csv")), ids=lambda p: p.stem)
def test_csv_torture_set_is_refused_in_words(landing: Landing, home: Path, path: Path) -> None:
    receipt = receive(landing, home, path.name, path.read_bytes())
    assert receipt.exit_code == 65
    assert receipt.file_error


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    data=st.one_of(
        st.binary(max_size=300), st.text(max_size=200).map(lambda t: f"{CHINESE}\n{t}".encode("utf-8", "replace"))
    )
)
def test_no_file_makes_a_traceback(landing: Landing, home: Path, data: bytes) -> None:
    receipt = receive(landing, home, "fuzz", data)
    assert receipt.file_error or receipt.rows == receipt.accepted + receipt.refused
    assert landing.read(FEED.feed, receipt.window, receipt.sm3) == data


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.integers(min_value=0), value=st.integers(min_value=0, max_value=255))
def test_damaged_workbook_is_refused_in_words(landing: Landing, home: Path, place: int, value: int) -> None:
    data = bytearray(sheet([HEADER_CELLS, ROW_CELLS]))
    data[place % len(data)] = value
    receipt = receive(landing, home, "a.xlsx", bytes(data))
    assert receipt.file_error or receipt.rows == receipt.accepted + receipt.refused
