"""What a task of the meters engine gives back, in one schema: hours, refused readings, counts by receipt window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from spark_jobs.engine import meter_kernel as kernel
from spark_jobs.engine.meter_kernel import DAY_S, READ_HOUR_S, REFUSALS, Payloads, Register, Work
from spark_jobs.engine.silver_sql import UNKNOWN_PERIOD
from spark_jobs.models import counter

LOCAL_OFFSET_S = 8 * 3600  # Asia/Shanghai has no summer time
_INSTANT = pa.timestamp("us", tz="Asia/Shanghai")
_TEXTS = pa.list_(pa.string())
HOUR_COLUMNS = {
    "meter_id": pa.string(), "enterprise_code": pa.string(), "medium": pa.string(), "hour": pa.string(),
    "day": pa.string(), "hour_start": _INSTANT, "quantity": pa.float64(), "unit": pa.string(),
    "covered_share": pa.float64(), "estimated_quantity": pa.float64(), "readings": pa.int32(), "resets": pa.int32(),
    "rollovers": pa.int32(), "jumps": pa.int32(), "stuck_minutes": pa.int32(), "quarantined": pa.int32(),
    "first_counter": pa.float64(), "last_counter": pa.float64(), "payload_sm3s": _TEXTS, "known_from": _INSTANT,
}  # fmt: skip
REFUSED_COLUMNS = {
    "period": pa.string(), "receipt_window": pa.string(), "payload_sm3": pa.string(), "row_no": pa.int64(),
    "business_key": pa.string(), "rule_ids": _TEXTS, "reason_zh": pa.string(), "field": pa.string(),
    "value": pa.string(), "row_json": pa.string(), "duplicate_receipts": _TEXTS,
}  # fmt: skip
COUNT_COLUMNS = {"rows_accepted": pa.int64(), "rows_duplicate": pa.int64(), "rows_quarantined": pa.int64()}
SCHEMA = pa.schema([("kind", pa.string()), *HOUR_COLUMNS.items(), *REFUSED_COLUMNS.items(), *COUNT_COLUMNS.items()])
_SPARK = {pa.string(): "STRING", pa.float64(): "DOUBLE", pa.int32(): "INT", pa.int64(): "BIGINT",
          _INSTANT: "TIMESTAMP", _TEXTS: "ARRAY<STRING>"}  # fmt: skip
DDL = ", ".join(f"`{f.name}` {_SPARK[f.type]}" for f in SCHEMA)


def task_of(
    works: tuple[Work, ...], register: Register, payloads: Payloads
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Worker function for ``mapInArrow`` over rows that name the position of a work."""

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for position in batch.column("work").to_pylist():
                yield from rows_of(works[position], register, payloads).to_batches(50_000)

    return task


def rows_of(work: Work, register: Register, payloads: Payloads) -> pa.Table:
    """All rows of one task in ``SCHEMA``."""
    table = kernel.read(work, register, payloads)
    order, hours, first = kernel.judge(table, register, work.days)
    parts = [
        _hours(table, order, hours, first, work, register, payloads),
        _refused(table, work, payloads),
        _counts(table, payloads),
    ]
    return pa.concat_tables([part for part in parts if part is not None])


def _filled(kind: str, columns: dict[str, list | pa.Array | np.ndarray]) -> pa.Table:
    size = len(next(iter(columns.values())))
    arrays = []
    for field in SCHEMA:
        if field.name == "kind":
            arrays.append(pa.array([kind] * size, pa.string()))
        elif field.name in columns:
            values = columns[field.name]
            array = values if isinstance(values, pa.Array) else pa.array(values, from_pandas=True)
            arrays.append(array.cast(field.type))
        else:
            arrays.append(pa.nulls(size, field.type))
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _hours(
    table: kernel.Table,
    order: np.ndarray,
    hours: counter.Hours,
    first: int,
    work: Work,
    register: Register,
    payloads: Payloads,
) -> pa.Table | None:
    """One row for each meter and hour of the days with a reading, or with energy filled in."""
    span = hours.quantity.shape[1]
    in_days = np.isin((first + np.arange(span)) // 24, [_day_number(day) for day in work.days])
    seen = ((hours.readings > 0) | (hours.quantity > 0)) & in_days[None, :]
    meter, k = np.nonzero(seen)
    if not len(meter):
        return None
    number = first + k
    start_s = number * READ_HOUR_S
    label = np.datetime_as_string(start_s.astype("datetime64[s]"), "h")
    evidence, known = _evidence(table, order, first, span, payloads)
    wanted = meter * span + k
    take = {
        name: [getattr(register, name)[m] for m in meter] for name in ("meter_id", "enterprise_code", "medium", "unit")
    }
    fields = ("readings", "resets", "rollovers", "jumps", "quarantined")
    known_us = [known.get(w) for w in wanted.tolist()]
    latest = max(payloads.received_us)
    return _filled("hour", {
        **take,
        "hour": label,
        "day": [text[:10] for text in label.tolist()],
        "hour_start": pa.array((start_s - LOCAL_OFFSET_S) * 1_000_000, pa.timestamp("us", tz="UTC")),
        "quantity": hours.quantity[meter, k],
        "covered_share": np.minimum(hours.covered_s[meter, k] / READ_HOUR_S, 1.0),
        "estimated_quantity": np.minimum(hours.estimated[meter, k], hours.quantity[meter, k]),
        **{name: getattr(hours, name)[meter, k] for name in fields},
        "stuck_minutes": hours.stuck_s[meter, k] // 60,
        "first_counter": hours.first_counter[meter, k],
        "last_counter": hours.last_counter[meter, k],
        "payload_sm3s": pa.array([evidence.get(w, []) for w in wanted.tolist()], _TEXTS),
        "known_from": pa.array([latest if us is None else us for us in known_us], pa.timestamp("us", tz="UTC")),
    })  # fmt: skip


def _evidence(
    table: kernel.Table, order: np.ndarray, first: int, span: int, payloads: Payloads
) -> tuple[dict[int, list[str]], dict[int, int]]:
    """By meter × hour: payloads its readings came in, and when the last of them was received."""
    k = table.at_s[order] // READ_HOUR_S - first
    keep = (k >= 0) & (k < span)
    cell = (table.meter[order] * span + k)[keep]
    places = len(payloads.sm3)
    pairs = np.unique(cell * places + table.payload[order][keep])
    cells, of = pairs // places, pairs % places
    cuts = np.flatnonzero(np.diff(cells)) + 1
    received = np.array(payloads.received_us, np.int64)
    evidence, known = {}, {}
    for group in np.split(np.arange(len(cells)), cuts) if len(cells) else []:
        cell_no, members = int(cells[group[0]]), of[group]
        evidence[cell_no] = sorted(payloads.sm3[p] for p in members.tolist())
        known[cell_no] = int(received[members].max())
    return evidence, known


def _refused(table: kernel.Table, work: Work, payloads: Payloads) -> pa.Table | None:
    """Quarantine rows of the days; a reading without a readable moment belongs to its receipt's day."""
    bad = np.flatnonzero((table.state != counter.ACCEPTED) & (table.state != counter.DUPLICATE))
    days = [_period(table, i, payloads) for i in bad.tolist()]
    kept = [(i, day) for i, day in zip(bad.tolist(), days, strict=True) if day in work.days]
    if not kept:
        return None
    at = [i for i, _ in kept]
    rules = [REFUSALS[int(table.state[i])] for i in at]
    texts = {
        name: pa.array(column.take(pa.array(at)).to_pylist(), pa.string())
        for name, column in (("meter_id", table.meter_id), ("read_at", table.raw_at), ("counter", table.raw_value))
    }
    rows = [
        dict(zip(texts, values, strict=True)) for values in zip(*(t.to_pylist() for t in texts.values()), strict=True)
    ]
    return _filled("refused", {
        "period": [day for _, day in kept],
        "receipt_window": [payloads.window[table.payload[i]] for i in at],
        "payload_sm3": [payloads.sm3[table.payload[i]] for i in at],
        "row_no": table.row_no[at],
        "business_key": [f"{row['meter_id'] or ''}|{row['read_at'] or ''}" for row in rows],
        "rule_ids": pa.array([[rule] for rule, _, _ in rules], _TEXTS),
        "reason_zh": [reason for _, _, reason in rules],
        "field": [field for _, field, _ in rules],
        "value": pa.array([row.get(field) for row, (_, field, _) in zip(rows, rules, strict=True)], pa.string()),
        "row_json": [_json(row) for row in rows],
        "duplicate_receipts": pa.array([[] for _ in at], _TEXTS),
    })  # fmt: skip


def _counts(table: kernel.Table, payloads: Payloads) -> pa.Table:
    """Accepted, repeated and refused readings by receipt window, of all readings in the files."""
    windows = sorted(set(payloads.window))
    number = np.array([windows.index(window) for window in payloads.window])[table.payload]

    def count(mask: np.ndarray) -> np.ndarray:
        return np.bincount(number[mask], minlength=len(windows))

    accepted, repeated = table.state == counter.ACCEPTED, table.state == counter.DUPLICATE
    return _filled("count", {
        "receipt_window": windows,
        "rows_accepted": count(accepted),
        "rows_duplicate": count(repeated),
        "rows_quarantined": count(~accepted & ~repeated),
    })  # fmt: skip


def _period(table: kernel.Table, i: int, payloads: Payloads) -> str:
    if table.at_s[i] >= 0 and table.state[i] not in (10, 11):
        return str(np.datetime64(int(table.at_s[i]), "s"))[:10]
    return payloads.window[table.payload[i]] or UNKNOWN_PERIOD


def _day_number(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) // DAY_S


def _json(row: dict[str, str | None]) -> str:
    import json

    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))
