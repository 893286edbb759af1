"""Files that enterprises submit: CSV, XLSX or JSON; headers in Chinese or English; UTF-8 or GBK.

A row keeps the number it has in the file (CSV line of the record's end, sheet row, place in a JSON list), so that
receipt, bronze and quarantine speak of the same row.
"""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

import pyarrow as pa

from spark_jobs.contracts import Contract, Derived, Field, Submission
from spark_jobs.ingest.parsers.charset import decode
from spark_jobs.ingest.parsers.csv_rows import FIELD_LIMIT
from spark_jobs.ingest.parsers.json_rows import load_json
from spark_jobs.ingest.parsers.rows import ERROR_KEY, FILLED_KEY, GIVEN_KEY, OWN_KEYS, Row, Unparsable, text, to_batch
from spark_jobs.ingest.parsers.workbook import MAX_ROWS, Table, sheets

SUBMISSION_PREFIX = "application/vnd.lake-submission+"
SUBMISSION_KINDS = ("csv", "xlsx", "json")
HEADER_WITHIN = 10


def by_heading(contract: Contract) -> dict[str, str]:
    """Every heading a file may use → contract field: our name, the upstream's, the Chinese label."""
    found: dict[str, str] = {}
    for f in contract.fields:
        for heading in (f.name, f.source_name, f.label_zh, f"{f.label_zh}（{f.name}）", f"{f.label_zh}({f.name})"):
            found.setdefault(heading.lower(), f.name)
    return found


def needed(contract: Contract) -> set[str]:
    """Fields whose columns a file must have: required ones that receipt does not fill."""
    filled = contract.submission or Submission()
    free = {*filled.constants, *filled.receipt_time, filled.receipt_version}
    return {f.name for f in contract.fields if f.required and f.name not in free}


def _heading(cell: str) -> str:
    return cell.strip().strip("*＊").strip().lower()


def _find_header(contract: Contract, table: Table) -> int | None:
    """Index of the first row, among the first few, that holds at least half of the needed fields' headings."""
    known, want = by_heading(contract), needed(contract)
    for index, (_, cells) in enumerate(table[:HEADER_WITHIN]):
        if len(want & {known.get(_heading(c)) for c in cells}) * 2 >= len(want):
            return index
    return None


def _columns(contract: Contract, header: list[str]) -> list[str | None]:
    known = by_heading(contract)
    names = [known.get(_heading(cell)) for cell in header]
    doubled = sorted({n for n in names if n and names.count(n) > 1})
    if doubled:
        raise Unparsable(f"表头重复：{'、'.join(_label(contract, n) for n in doubled)}")
    missing = [f.name for f in contract.fields if f.name in needed(contract) - set(names)]
    if missing:
        raise Unparsable(f"缺少必填列：{'、'.join(_label(contract, n) for n in missing)}")
    return names


def _label(contract: Contract, name: str) -> str:
    return f"{contract.field(name).label_zh}（{name}）"


def _table_rows(contract: Contract, table: Table) -> list[Row]:
    start = _find_header(contract, table)
    if start is None:
        wanted = "、".join(_label(contract, f.name) for f in contract.fields if f.name in needed(contract))
        raise Unparsable(f"前 {HEADER_WITHIN} 行内没有找到表头；必填列为：{wanted}")
    header = table[start][1]
    names = _columns(contract, header)
    return [_row(number, cells, names, header) for number, cells in table[start + 1 :]]


def _row(number: int, cells: list[str], names: list[str | None], header: list[str]) -> Row:
    values = {name: text(cell) for name, cell in zip(names, cells, strict=False) if name}
    extra: dict[str, Any] = {}
    for place, cell in enumerate(cells):
        if (place >= len(names) or names[place] is None) and cell.strip():
            heading = header[place].strip() if place < len(header) else ""
            extra[_unknown(heading) or f"column_{place + 1}"] = cell
    surplus = [c for c in cells[len(header) :] if c.strip()]
    if surplus:
        extra[ERROR_KEY] = f"表头 {len(header)} 列，本行多出 {len(surplus)} 个值"
    return Row(number, values, extra)


def _unknown(heading: str) -> str:
    """An unknown column's name in ``extra``, never one of those that we write there ourselves."""
    return f"file{heading}" if heading in OWN_KEYS else heading


def _csv_table(contract: Contract, content: str) -> Table:
    """The table under the delimiter that makes a header of its first rows; a comma if none does."""
    csv.field_size_limit(FIELD_LIMIT)
    first: Table = []
    for delimiter in ",\t;":
        reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
        table: Table = []
        try:
            for cells in reader:
                if any(c.strip() for c in cells):
                    table.append((reader.line_num, cells))
                if len(table) > MAX_ROWS:
                    raise Unparsable(f"文件超过 {MAX_ROWS} 行，请分批报送")
        except csv.Error as error:
            if delimiter == ",":
                raise Unparsable(f"CSV 第 {reader.line_num} 行无法读取：{error}") from error
            continue
        if _find_header(contract, table) is not None:
            return table
        first = first or table
    return first


def _csv(contract: Contract, data: bytes) -> tuple[list[Row], str]:
    content, used = decode(data)
    if "\x00" in content:
        raise Unparsable("不是文本文件（含有空字节）")
    return _table_rows(contract, _csv_table(contract, content)), used


def _xlsx(contract: Contract, data: bytes) -> tuple[list[Row], str]:
    tables = sheets(data)
    found = [title for title, table in tables.items() if _find_header(contract, table) is not None]
    if len(found) > 1:
        raise Unparsable(f"多个工作表都有报表表头（{'、'.join(found)}），请每次只报送一个")
    return _table_rows(contract, tables[found[0]] if found else next(iter(tables.values()), [])), "utf-8"


def _json(contract: Contract, data: bytes) -> tuple[list[Row], str]:
    content, used = decode(data)
    document = load_json(content)
    records = document.get(contract.format.records or "data") if isinstance(document, dict) else document
    if not isinstance(records, list) or not records:
        raise Unparsable("JSON 应为记录列表，且不得为空")
    if len(records) > MAX_ROWS:
        raise Unparsable(f"文件超过 {MAX_ROWS} 行，请分批报送")
    known = by_heading(contract)
    rows = []
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict):
            rows.append(Row(number, {}, {ERROR_KEY: "记录不是 JSON 对象", "_record": record}))
            continue
        values = {known[_heading(k)]: text(v) for k, v in record.items() if _heading(k) in known}
        rows.append(Row(number, values, {_unknown(k): v for k, v in record.items() if _heading(k) not in known}))
    return rows, used


def _filled(contract: Contract, row: Row, received_at: str) -> Row:
    """The row with what receipt alone says (``Submission``), marked under ``_filled``, whatever the file gives there.

    What a file gives otherwise is kept under ``_given``: no file makes itself approved, older or newer than it is.
    """
    rule = contract.submission or Submission()
    received = datetime.fromisoformat(received_at) if received_at else None
    fill: dict[str, str | None] = dict(rule.constants)
    fill |= dict.fromkeys(rule.receipt_time, received.isoformat(timespec="seconds") if received else None)
    if rule.receipt_version:
        fill[rule.receipt_version] = f"{received:%Y%m%d%H%M%S}" if received else None
    if not fill:
        return row
    extra = {**row.extra, FILLED_KEY: sorted(fill)}
    given = {name: (row.values.get(name) or "").strip() for name in fill}
    replaced = {n: v for n, v in given.items() if v and not _same(contract.field(n), v, fill[n])}
    if replaced:
        extra[GIVEN_KEY] = replaced
    return Row(row.number, {**row.values, **fill}, extra)


def _same(field: Field | Derived, given: str, filled: str | None) -> bool:
    codes = field.codes if isinstance(field, Field) else {}
    return codes.get(given, given) == codes.get(filled or "", filled)


_READERS = {"csv": _csv, "xlsx": _xlsx, "json": _json}


def parse_submission(contract: Contract, data: bytes, media_type: str, received_at: str) -> pa.RecordBatch:
    """Rows of a submitted file in ``bronze_schema``. Unparsable where the file as a whole is refused."""
    kind = media_type.removeprefix(SUBMISSION_PREFIX)
    if contract.submission is None:
        raise Unparsable(f"{contract.feed} 不接受文件报送")
    if kind not in _READERS:
        raise Unparsable(f"不支持的文件格式“{kind}”，请用 {'、'.join(SUBMISSION_KINDS)}")
    if not data.strip():
        raise Unparsable("文件为空")
    rows, charset = _READERS[kind](contract, data)
    if not rows:
        raise Unparsable("表头之后没有数据行")
    return to_batch(contract, [_filled(contract, row, received_at) for row in rows], charset)
