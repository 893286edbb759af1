"""Readings of a range of days → hourly energy, refused readings and a count for the ledger; Arrow in, Arrow out.

Runs in a Spark task over Parquet files of bronze: the text columns stay dictionaries, so that a moment is parsed once
however many meters show it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from spark_jobs.models import counter

NUMBER = r"^[+-]?([0-9]{1,40}([.][0-9]{0,40})?|[.][0-9]{1,40})([eE][+-]?[0-9]{1,2})?$"
MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
COLUMNS = ["meter_id", "read_at", "counter", "payload_sm3", "row_no", "extra_json"]
READ_HOUR_S = 3600
DAY_S = 86_400
SLOT_S = 300  # length of a file where a single one is at hand
KEYS_A_METER = 1_000_000  # more than there are days

# state → (rule, field, reason)
REFUSALS = {
    counter.CONFLICT: ("version_conflict", "counter", "同一器具同一时刻读数不一致，保留先行读数"),
    counter.JUMP: ("jump", "counter", "读数与前后均不衔接（跳变或单位错误）"),
    counter.IMPOSSIBLE: ("counter_out_of_range", "counter", "表底为负或不小于翻转值"),
    10: ("unparsable", "", "报文或行无法解析"),
    11: ("type_read_at", "read_at", "读数时刻（read_at）格式不符"),
    12: ("type_counter", "counter", "表底（counter）为空或格式不符"),
    13: ("reference_meter_id", "meter_id", "计量器具编号不在名录中"),
}


@dataclass(frozen=True)
class Register:
    """Current rows of the meter register; arrays of one length. ``limits``: multiplier, roll-over, largest rate."""

    meter_id: tuple[str, ...]
    enterprise_code: tuple[str, ...]
    medium: tuple[str, ...]
    unit: tuple[str, ...]
    limits: counter.Meters


@dataclass(frozen=True)
class Payloads:
    """The files' payloads: receipt window, moment of receipt (µs), start of the time each covers (s, 0: unknown)."""

    sm3: tuple[str, ...]
    window: tuple[str, ...]
    received_us: tuple[int, ...]
    slot_s: tuple[int, ...]


@dataclass(frozen=True)
class Work:
    """One task: Parquet files, days to write, the share ``part`` of ``parts`` of the meters."""

    files: tuple[str, ...]
    days: tuple[str, ...]
    part: int
    parts: int


@dataclass
class Table:
    """Readings as arrays; ``meter`` is -1 where the register does not know it, times are local seconds."""

    meter: np.ndarray
    meter_id: pa.Array
    at_s: np.ndarray
    value: np.ndarray
    payload: np.ndarray
    row_no: np.ndarray
    state: np.ndarray
    raw_at: pa.Array
    raw_value: pa.Array


def _codes(column: pa.ChunkedArray) -> tuple[np.ndarray, list[str | None]]:
    """Codes and the texts they stand for; a null has the code of None."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    whole = whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()
    texts = whole.dictionary.to_pylist()
    codes = whole.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, [*texts, None]


def _seconds(texts: list[str | None]) -> np.ndarray:
    """Local seconds since 1970 of each text, -1 where it is no moment."""
    kept = [text if text is not None and re.match(MOMENT, text.strip()) else None for text in texts]
    parsed = pd.to_datetime(pd.Series(kept, dtype=object), errors="coerce", format="ISO8601")
    seconds = parsed.to_numpy("datetime64[s]").astype(np.int64)
    return np.where(parsed.isna().to_numpy(), -1, seconds)


def _numbers(column: pa.Array) -> np.ndarray:
    text = pc.utf8_trim_whitespace(column)
    fits = pc.fill_null(pc.match_substring_regex(text, NUMBER), False)
    plain = pc.if_else(fits, text, pa.scalar(None, pa.string()))
    return pc.cast(plain, pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)


def read(work: Work, register: Register, payloads: Payloads) -> Table:
    """This task's readings, unreadable ones marked in ``state``, clocks set by the files' times."""
    parts = [
        pq.read_table(f, columns=COLUMNS, read_dictionary=["meter_id", "read_at", "payload_sm3"], partitioning=None)
        for f in work.files
    ]
    table = pa.concat_tables(parts).unify_dictionaries()
    codes, texts = _codes(table["meter_id"])
    mine = np.array([_share(text, work.parts) == work.part for text in texts])[codes]
    if not mine.all():
        table = table.filter(pa.array(mine))
        codes = codes[mine]
    known = {name: i for i, name in enumerate(register.meter_id)}
    meter = np.array([known.get((text or "").strip(), -1) for text in texts], np.int64)[codes]
    moments, moment_texts = _codes(table["read_at"])
    at_s = _seconds(moment_texts)[moments]
    places, place_texts = _codes(table["payload_sm3"])
    of_payload = {sm3: i for i, sm3 in enumerate(payloads.sm3)}
    payload = np.array([of_payload.get(text or "", -1) for text in place_texts], np.int64)[places]
    raw_value = table["counter"].combine_chunks()
    value = _numbers(raw_value)
    state = np.zeros(len(codes), np.int8)
    state[meter < 0] = 13
    state[np.isnan(value)] = 12
    state[at_s < 0] = 11
    errors = pc.fill_null(pc.match_substring(table["extra_json"], '"_error":'), False).to_numpy(zero_copy_only=False)
    state[errors] = 10
    at_s = _clocks_set(at_s, meter, payload, state, payloads)
    row_no = table["row_no"].to_numpy().astype(np.int64)
    return Table(meter, table["meter_id"], at_s, value, payload, row_no, state, table["read_at"], raw_value)


def _share(meter_id: str | None, parts: int) -> int:
    return sum((meter_id or "").encode()) % parts


def _clocks_set(
    at_s: np.ndarray, meter: np.ndarray, payload: np.ndarray, state: np.ndarray, payloads: Payloads
) -> np.ndarray:
    """Device time less the device's clock error of that day.

    A file of n minutes holds a meter's readings of minutes 0 … n-1, late ones aside; the error is the shift under which
    most of the day's readings stand at one of these minutes of their file.
    """
    slots = np.array(payloads.slot_s, np.int64)
    slot = slots[payload]
    usable = (state == 0) & (slot > 0)
    if not usable.any():
        return at_s
    starts = np.unique(slots[slots > 0])
    minutes = (int(np.diff(starts).min()) if len(starts) > 1 else SLOT_S) // 60
    key = meter * KEYS_A_METER + np.where(slot > 0, slot // DAY_S, 0)
    error = _clock_errors(key[usable], (at_s - slot)[usable], minutes)
    shift = pd.Series(key).map(error).fillna(0).to_numpy(np.int64)
    return np.where(usable, at_s - shift, at_s)


def _clock_errors(key: np.ndarray, distance_s: np.ndarray, minutes: int) -> pd.Series:
    """Clock error in seconds by key; of equally good ones the smallest."""
    counts = pd.DataFrame({"key": key, "far": distance_s}).groupby(["key", "far"]).size()
    score = pd.Series(0, counts.index)
    for minute in range(minutes):
        at = pd.MultiIndex.from_arrays(
            [counts.index.get_level_values(0), counts.index.get_level_values(1) + 60 * minute]
        )
        score += counts.reindex(at, fill_value=0).to_numpy()
    ranked = score.rename("score").reset_index()
    ranked["size"] = ranked["far"].abs()
    ranked = ranked.sort_values(["key", "score", "size", "far"], ascending=[True, False, True, True])
    return ranked.drop_duplicates("key").set_index("key")["far"]


def judge(table: Table, register: Register, days: tuple[str, ...]) -> tuple[np.ndarray, counter.Hours, int]:
    """Sort, count; returns the order of the readable readings, the hours of ``days`` (with gaps) and the first hour."""
    good = np.flatnonzero(table.state == 0)
    order = good[
        np.lexsort((table.row_no[good], table.payload[good], table.value[good], table.at_s[good], table.meter[good]))
    ]
    first = int(np.datetime64(days[0], "s").astype(np.int64)) // READ_HOUR_S
    last = int(np.datetime64(days[-1], "s").astype(np.int64)) // READ_HOUR_S + 24
    readings = counter.Readings(table.meter[order], table.at_s[order], table.value[order])
    state, hours = counter.hourly(readings, register.limits, first, last - first)
    table.state[order] = state
    return order, hours, first
