"""XLSX → tables of text cells. The archive is checked before it is unpacked; a formula gives its stored result."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

from openpyxl import load_workbook

from spark_jobs.ingest.parsers.rows import Unparsable, text

MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 200

Table = list[tuple[int, list[str]]]


def _check_archive(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if sum(m.file_size for m in members) > MAX_UNPACKED_BYTES:
                raise Unparsable(f"工作簿解压后超过 {MAX_UNPACKED_BYTES} 字节，拒绝读取")
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    with archive.open(member) as stream:
                        if b"<!" in stream.read(1024).replace(b"<!--", b""):
                            raise Unparsable("工作簿含有文档类型声明（DOCTYPE），拒绝读取")
    except Unparsable:
        raise
    except Exception as error:  # zipfile and zlib raise whatever a damaged archive made them stumble over
        raise Unparsable(f"不是有效的 XLSX 工作簿：{error}") from error


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d") if value.time() == dt.time(0) else value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, dt.date):
        return value.isoformat()
    return text(value) or ""


def _sheet(formulas: Any, results: Any) -> Table:
    table: Table = []
    formulas.reset_dimensions()
    results.reset_dimensions()
    rows = zip(formulas.iter_rows(max_col=MAX_COLUMNS), results.iter_rows(max_col=MAX_COLUMNS), strict=True)
    for number, (written, stored) in enumerate(rows, 1):
        if number > MAX_ROWS:
            raise Unparsable(f"工作表超过 {MAX_ROWS} 行，请分批报送")
        cells = [_cell(r.value if r.value is not None else w.value) for w, r in zip(written, stored, strict=True)]
        if any(cells):
            table.append((number, cells))
    return table


def sheets(data: bytes) -> dict[str, Table]:
    """Sheet title → (row number, cells) of its non-empty rows; Unparsable if it is no sound workbook.

    A formula without a stored result keeps its own text, so that the row is refused with it in view.
    """
    _check_archive(data)
    try:
        formulas = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        results = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        return {ws.title: _sheet(ws, results[ws.title]) for ws in formulas.worksheets}
    except Unparsable:
        raise
    except Exception as error:  # openpyxl raises whatever a damaged part made it stumble over
        raise Unparsable(f"工作簿损坏，无法读取：{type(error).__name__}") from error
