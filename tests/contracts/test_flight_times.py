"""Clock times local to each airport become instants: midnight, another zone, a daylight-saving night, cancellation."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from spark_jobs.contract_sql import typed_select
from spark_jobs.contracts import contract
from spark_jobs.ingest.parsers import parse_payload
from spark_jobs.ingest.row_verdicts import connection, register_lookups

FLIGHT = contract("nycflights13.flight")
HEADER = ",".join(f.source_name for f in FLIGHT.fields)
# lines of the real data set: departure and arrival worked out by hand, in UTC
LINES = {
    # Newark 05:17 EST; Houston 08:30 CST
    "2013,1,1,517,515,2,830,819,11,UA,1545,N14228,EWR,IAH,227,1400,5,15,2013-01-01T10:00:00Z": (
        "2013-01-01 10:17", "2013-01-01 14:30"),
    # Kennedy 19:29 EST; Aguadilla (AST) 00:03 on the next day
    "2013,1,1,1929,1920,9,3,7,-4,UA,1071,N23707,EWR,BQN,192,1585,19,20,2013-01-02T00:00:00Z": (
        "2013-01-02 00:29", "2013-01-02 04:03"),
    # Kennedy 20:40 EST on the day daylight saving ended; Los Angeles (PST) 00:13 on the next day
    "2013,11,3,2040,2040,0,13,2359,14,B6,523,N629JB,JFK,LAX,350,2475,20,40,2013-11-04T01:00:00Z": (
        "2013-11-04 01:40", "2013-11-04 08:13"),
    # scheduled 22:50, left two hours later, after midnight
    "2013,1,2,42,2250,112,223,14,129,B6,22,N636JB,JFK,SYR,41,209,22,50,2013-01-03T03:00:00Z": (
        "2013-01-03 05:42", "2013-01-03 07:23"),
    # arrives at 2400, midnight by another name
    "2013,1,1,2131,2105,26,2400,2355,5,B6,527,N1,JFK,MCO,128,944,21,5,2013-01-02T02:00:00Z": (
        "2013-01-02 02:31", "2013-01-02 05:00"),
    # cancelled
    "2013,1,1,NA,1630,NA,NA,1815,NA,EV,4308,N18120,EWR,RDU,NA,416,16,30,2013-01-01T21:00:00Z": (None, None),
}  # fmt: skip


def times(line: str) -> tuple[datetime | None, datetime | None, bool, str]:
    batch = parse_payload(FLIGHT, f"{HEADER}\n{line}\n".encode())
    with connection() as opened:
        register_lookups(opened, FLIGHT)
        opened.register("bronze", pa.Table.from_batches([batch]))
        typed = typed_select(FLIGHT, "bronze", carry=("row_no", "extra_json"))
        row = opened.execute(f"SELECT dep_at, arr_at, is_cancelled, period_text FROM ({typed})").fetchone()
    assert row is not None
    return row


def utc(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("UTC")) if text else None


@pytest.mark.parametrize("line", LINES)
def test_instants(line: str) -> None:
    departed, arrived, cancelled, period = times(line)
    assert (departed, arrived) == tuple(utc(t) for t in LINES[line])
    assert cancelled == (departed is None)
    assert period == ("2013-11" if line.startswith("2013,11") else "2013-01")
