"""Landed files of positions (JT/T 808 fields) as Arrow batches: Parquet by row group, gzipped CSV by block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from infra.settings import LOCAL_TZ

RAW = pa.schema([
    ("terminal_id", pa.int64()), ("time", pa.int64()), ("latitude", pa.int32()), ("longitude", pa.int32()),
    ("altitude", pa.int32()), ("speed", pa.int32()), ("direction", pa.int32()), ("status", pa.int32()),
    ("alarm", pa.int32()),
])  # fmt: skip
CSV_BLOCK = 32 << 20
OFFSET_S = 8 * 3600  # Asia/Shanghai has had no summer time since 1991
_WINDOW = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2})(?:-(\d{2}))?")


class UnreadableFile(ValueError):
    """A landed file that is none of the two formats, or lacks a column."""


def _window(path: str) -> re.Match[str]:
    found = _WINDOW.search(Path(path).name)
    if not found:
        raise UnreadableFile(f"{path}: the name must hold the hour of receipt, for example 2026-11-20T07")
    return found


def window(path: str) -> str:
    """Window of receipt in the file's name: 2026-11-20T07 or, of a minute, 2026-11-20T07-05; raises UnreadableFile."""
    return _window(path)[0]


def received_until(path: str) -> int:
    """Local second (since 1970, local clock) at which the receipt window in the file's name ends.

    Raises:
        UnreadableFile: the name holds no window like 2026-11-20T07 or 2026-11-20T07-05.
    """
    found = _window(path)
    begin = datetime.fromisoformat(f"{found[1]}:{found[2] or '00'}:00").replace(tzinfo=LOCAL_TZ)
    return int(begin.timestamp()) + OFFSET_S + (60 if found[2] else 3600)


def batches(path: str, rows: int) -> Iterator[pa.Table]:
    """Tables of ``RAW`` columns in file order, ``time`` as local second since 1970.

    Raises:
        UnreadableFile: names the file and what is wrong with it.
    """
    try:
        yield from (_parquet(path, rows) if path.endswith(".parquet") else _csv(path))
    except (pa.ArrowInvalid, pa.ArrowKeyError, OSError, EOFError) as error:
        raise UnreadableFile(f"{path}: {error}; land the file again") from error


def _parquet(path: str, rows: int) -> Iterator[pa.Table]:
    with pq.ParquetFile(path) as file:
        missing = set(RAW.names) - set(file.schema_arrow.names)
        if missing:
            raise UnreadableFile(f"{path}: lacks {', '.join(sorted(missing))}; land the file again")
        groups: list[int] = []
        held = 0
        for group in range(file.num_row_groups):
            groups.append(group)
            held += file.metadata.row_group(group).num_rows
            if held >= rows or group + 1 == file.num_row_groups:
                yield _typed(file.read_row_groups(groups, RAW.names, use_threads=False))
                groups, held = [], 0


def _typed(table: pa.Table) -> pa.Table:
    time = table["time"].cast(pa.timestamp("s", "UTC"), safe=False).cast(pa.int64())
    local = pa.compute.add(time, OFFSET_S)
    others = [table[name].cast(RAW.field(name).type) for name in RAW.names if name != "time"]
    return pa.table([others[0], local, *others[1:]], schema=RAW)


def _csv(path: str) -> Iterator[pa.Table]:
    options = pc.ConvertOptions(column_types={f.name: f.type for f in RAW}, include_columns=RAW.names)
    with pa.input_stream(path, compression="gzip") as stream:
        reader = pc.open_csv(stream, pc.ReadOptions(use_threads=False, block_size=CSV_BLOCK), convert_options=options)
        for batch in reader:
            table = pa.Table.from_batches([batch])
            yield table.set_column(1, RAW.field("time"), pa.array(_seconds(table["time"].to_numpy())))


def _seconds(digits: np.ndarray) -> np.ndarray:
    """JT/T 808 clock digits yymmddhhmmss → local seconds since 1970; a date that does not exist gives 0."""
    clock, date = digits % 1_000_000, digits // 1_000_000
    days, of = np.unique(date, return_inverse=True)
    starts = np.array([_day(int(d)) for d in days])[of]
    return np.where(starts > 0, starts + clock // 10000 * 3600 + clock // 100 % 100 * 60 + clock % 100, 0)


def _day(digits: int) -> int:
    try:
        day = datetime(2000 + digits // 10000, digits // 100 % 100, digits % 100, tzinfo=LOCAL_TZ)
    except ValueError:
        return 0
    return int(day.timestamp()) + OFFSET_S
