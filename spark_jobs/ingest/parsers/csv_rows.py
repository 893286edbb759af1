"""CSV payloads. Clean UTF-8 without quotes takes Arrow's reader; everything else Python's, row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
from pyarrow import csv as arrow_csv

from spark_jobs.contracts import Contract
from spark_jobs.ingest.parsers.charset import decode
from spark_jobs.ingest.parsers.rows import ERROR_KEY, Row, Unparsable, bronze_schema, text, to_batch

FIELD_LIMIT = 10 * 1024 * 1024


def header_names(contract: Contract, header: list[str]) -> list[str | None]:
    """For each column the contract field it holds, or None. Unparsable if the payload holds none of them."""
    by_source = {f.source_name: f.name for f in contract.fields}
    names: list[str | None] = []
    for column in header:
        name = by_source.get(column.strip())
        names.append(name if name not in names else None)
    if not any(names):
        raise Unparsable(f"表头中没有一个约定字段：{', '.join(header)[:200]}")
    return names


def row_of(number: int, cells: list[str], names: list[str | None], header: list[str]) -> Row:
    """Cells by their header; surplus or missing cells are kept and marked, so that the row is refused, not lost."""
    values = {name: text(cell) for name, cell in zip(names, cells, strict=False) if name}
    unknown = zip(header, names, cells, strict=False)
    extra: dict[str, Any] = {
        (column or f"column_{i}"): cell for i, (column, name, cell) in enumerate(unknown, 1) if name is None
    }
    if len(cells) != len(header):
        extra[ERROR_KEY] = f"应有 {len(header)} 列，实有 {len(cells)} 列"
        extra["_cells"] = cells
    return Row(number, values, extra)


def _slow(contract: Contract, content: str) -> Iterable[Row]:
    csv.field_size_limit(FIELD_LIMIT)
    reader = csv.reader(io.StringIO(content, newline=""))
    try:
        header = next(reader, None)
        if header is None:
            raise Unparsable("文件为空")
        names = header_names(contract, header)
        number = 0
        for cells in reader:
            if cells:
                number += 1
                yield row_of(number, cells, names, header)
    except csv.Error as error:
        raise Unparsable(f"CSV 第 {reader.line_num} 行无法读取：{error}") from error


def _fast(contract: Contract, data: bytes) -> pa.RecordBatch | None:
    """Arrow's reader, or None where the payload needs the careful one."""
    end = data.find(b"\n")
    if end <= 0 or b'"' in data or b"\x00" in data:
        return None
    header = data[:end].decode("utf-8").rstrip("\r").split(",")
    names = header_names(contract, header)
    if None in names:
        return None
    read = arrow_csv.ReadOptions(use_threads=False, column_names=names, skip_rows=1, block_size=max(len(data), 1))
    parse = arrow_csv.ParseOptions(quote_char=False, ignore_empty_lines=True)
    convert = arrow_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=False
    )
    try:
        table = arrow_csv.read_csv(io.BytesIO(data), read, parse, convert)
    except pa.ArrowInvalid:
        return None
    rows = table.num_rows
    absent = pa.nulls(rows, pa.string())
    columns: list[pa.Array] = [table.column(n).combine_chunks() if n in names else absent for n in contract.field_names]
    columns += [pa.array(range(1, rows + 1), pa.int32()), pa.array(["utf-8"] * rows, pa.string()), absent]
    return pa.RecordBatch.from_arrays([_flat(c) for c in columns], schema=bronze_schema(contract))


def _flat(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    if isinstance(column, pa.ChunkedArray):
        return (
            column.chunk(0)
            if column.num_chunks == 1
            else pa.concat_arrays(column.chunks or [pa.array([], pa.string())])
        )
    return column


def parse_csv(contract: Contract, data: bytes, charset: str) -> pa.RecordBatch:
    """A CSV payload with a header of upstream names. Unparsable as in ``decode`` and ``header_names``."""
    content, used = decode(data, charset)
    if used == "utf-8":
        batch = _fast(contract, data)
        if batch is not None:
            return batch
    return to_batch(contract, list(_slow(contract, content)), used)
