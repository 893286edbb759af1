"""Reads and writes the tables of a model run: CSV (UTF-8 or GBK) or Parquet, told apart by the name."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from spark_jobs.models.frame import InputError

PARQUET = {".parquet", ".pq"}
CSV = {".csv", ".txt", ".tsv"}


def read_table(path: Path) -> pa.Table:
    """A table with CSV columns as text (the model types them) or Parquet columns as stored.

    Raises:
        InputError: names the file, and the row where one is at fault.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    if path.suffix.lower() in PARQUET:
        try:
            return pq.read_table(path)
        except (pa.ArrowInvalid, OSError) as error:
            raise InputError(f"{path}: not a Parquet file ({error})") from error
    if path.suffix.lower() not in CSV:
        raise InputError(f"{path}: give a name ending in .csv or .parquet")
    return _read_csv(path)


def _read_csv(path: Path) -> pa.Table:
    text = _decoded(path)
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    header = next(csv.reader(io.StringIO(text), delimiter=delimiter), None)
    if not header or not any(name.strip() for name in header):
        raise InputError(f"{path}: empty; the first line must hold the column names")
    _check_header(path, header)
    options = pacsv.ConvertOptions(
        column_types={name: pa.string() for name in header},
        strings_can_be_null=True,
        null_values=[""],
    )
    try:
        return pacsv.read_csv(
            io.BytesIO(text.encode()),
            parse_options=pacsv.ParseOptions(delimiter=delimiter, newlines_in_values='"' in text),
            convert_options=options,
        )
    except pa.ArrowInvalid as error:
        raise InputError(_ragged(path, text, delimiter, len(header)) or f"{path}: {error}") from error


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    for charset in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(charset)
        except UnicodeDecodeError:
            continue
    bad = data[: _first_bad_byte(data)].count(b"\n") + 1
    raise InputError(f"{path}: row {bad} is neither UTF-8 nor GBK text; save the file as UTF-8")


def _first_bad_byte(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return len(data)


def _check_header(path: Path, header: list[str]) -> None:
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise InputError(f"{path}: column {twice[0]!r} is there {header.count(twice[0])} times; keep one")


def _ragged(path: Path, text: str, delimiter: str, width: int) -> str | None:
    """Names the first line whose number of fields is not the header's."""
    for row, fields in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter)):
        if fields and len(fields) != width:
            return f"{path}: row {row}: {len(fields)} fields where the header has {width}; quote commas inside a value"
    return None


def write_table(table: pa.Table, path: Path, tz: str) -> None:
    """Writes by name; instants are written in ``tz`` with their offset in CSV.

    Raises:
        InputError: the name says neither CSV nor Parquet, or the folder is not there.
    """
    if path.suffix.lower() not in PARQUET | CSV:
        raise InputError(f"{path}: give --out a name ending in .csv or .parquet")
    if not path.parent.is_dir():
        raise InputError(f"{path.parent}: no such folder for --out")
    local = _in_zone(table, tz)
    part = path.with_name(f".{path.name}.part")
    if path.suffix.lower() in PARQUET:
        pq.write_table(local, part)
    else:
        pacsv.write_csv(_times_as_text(local), part, pacsv.WriteOptions(quoting_style="needed"))
    part.replace(path)


def _in_zone(table: pa.Table, tz: str) -> pa.Table:
    for position, column in enumerate(table.schema):
        if pa.types.is_timestamp(column.type):
            zoned = pc.cast(table.column(position), pa.timestamp("us", tz=tz))
            table = table.set_column(position, column.name, zoned)
    return table


def _times_as_text(table: pa.Table) -> pa.Table:
    for position, column in enumerate(table.schema):
        if pa.types.is_timestamp(column.type):
            text = pc.strftime(
                pc.cast(table.column(position), pa.timestamp("s", tz=column.type.tz), safe=False),
                format="%Y-%m-%dT%H:%M:%S%z",
            )
            table = table.set_column(position, column.name, text)
    return table
