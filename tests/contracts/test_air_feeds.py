"""Air feeds as published: what is planted is refused, what is true is not, and the model is near the true fuel."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

import pyarrow as pa
import pytest

from infra.upstream.exchange.air import RESOURCES
from infra.upstream.exchange.air.flights import flights
from infra.upstream.exchange.resource import Resource
from infra.upstream.exchange.window import Published, Stated
from infra.upstream.rates import load_rates
from infra.upstream.world.model import World
from spark_jobs.contracts import contract
from spark_jobs.engine import conform
from spark_jobs.engine.conform import References, Scope
from spark_jobs.ingest.parsers import parse_payload
from spark_jobs.models.registry import model

SEED, KNOWN, OPERATED = 7, (2026, 10), (2026, 9)
BY_NAME = {one.name: one for one in RESOURCES}
FEW_FLIGHTS = 12_000
ASKED = ("flight_id", "aircraft_type", "origin", "destination", "off_block_at", "takeoff_at", "landing_at",
         "on_block_at", "passengers", "freight_kg")  # fmt: skip
each = pytest.mark.parametrize("name", list(BY_NAME))


@lru_cache(maxsize=1)
def full() -> World:
    return World(SEED, "full")


def silver(resource: Resource, rows: Iterable[tuple[object, ...]], aircraft: pa.Table | None = None) -> pa.Table:
    """What the silver step makes of these rows, in one receipt."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(resource.columns)
    writer.writerows(rows)
    feed = contract(f"air.{resource.name}")
    batch = parse_payload(feed, gzip.compress(out.getvalue().encode(), mtime=0))
    table = pa.Table.from_batches([batch])
    size = table.num_rows
    received = pa.array(["2026-10-31T00:00:00+08:00"] * size).cast(pa.timestamp("us", tz="Asia/Shanghai"))
    given = {"payload_sm3": pa.array(["p"] * size), "receipt_window": pa.array(["2026-10"] * size),
             "received_at": received, "charset": pa.array(["utf-8"] * size)}  # fmt: skip
    for column, values in given.items():
        place = table.schema.get_field_index(column)
        table = table.set_column(place, column, values) if place >= 0 else table.append_column(column, values)
    known = {} if aircraft is None else {"air.aircraft": aircraft}
    return conform.conform(feed, table, Scope(True), References(known))


def register() -> pa.Table:
    """Current rows of the register, from true rows."""
    rows = silver(BY_NAME["aircraft"], BY_NAME["aircraft"].rows(full(), KNOWN))
    return rows.select(["tail", "aircraft_type", "seats", "payload_kg"])


def some(resource: Resource, rows: Iterable[Stated]) -> list[Stated]:
    """All rows; of flights the first ones."""
    return [one for place, one in enumerate(rows) if resource.name != "flight" or place < FEW_FLIGHTS]


@each
def test_no_true_row_is_refused(name: str) -> None:
    resource = BY_NAME[name]
    true = Published(full(), "air", resource, dict.fromkeys(load_rates()["exchange"], 0.0))
    rows = [one.row for one in some(resource, true.stated(KNOWN))]
    found = silver(resource, rows, register() if name == "flight" else None)
    refused = [row for row in found.to_pylist() if row["rule_ids"]]
    assert refused == []
    assert found.num_rows == len(rows) > 10
    assert all(row["period"] == "2026-09" or name == "aircraft" for row in found.to_pylist())


@each
def test_what_is_planted_is_refused_and_nothing_else(name: str) -> None:
    resource = BY_NAME[name]
    rates = dict.fromkeys(load_rates()["exchange"], 0.04)
    planted = Published(full(), "air", resource, rates)
    months = [KNOWN] if resource.kept else [(2026, month) for month in range(3, 11)]
    stated = [one for month in months for one in some(resource, planted.stated(month))]
    found = silver(resource, [one.row for one in stated], register() if name == "flight" else None)
    faults = [one for one in stated if one.fault and one.fault.kind not in ("duplicate", "late", "correction")]
    seen_later = [one for one in faults if one.fault and one.fault.field == "aircraft_type"]  # the model refuses these
    refused = [row for row in found.to_pylist() if row["rule_ids"]]
    assert len(faults) > 8
    assert len(refused) == len(faults) - len(seen_later), Counter(str(r["rule_ids"]) for r in refused)
    twice = sum(1 for one in stated if one.fault and one.fault.kind == "duplicate")
    assert found.num_rows == len(stated) - twice


def test_register_is_as_large_as_asked() -> None:
    rows = list(BY_NAME["aircraft"].rows(full(), KNOWN))
    assert len(rows) == len({row[0] for row in rows}) == 700
    assert len({row[1] for row in rows}) == 8


def test_movements_of_both_airports_are_about_2200_a_day() -> None:
    month = list(flights(full(), OPERATED))
    assert 2_100 < len(month) / 30 < 2_300
    homes = Counter(one.service.home for one in month)
    assert set(homes) == {"PVG", "SHA"}
    keys = {(one.number, one.origin, _day(one)) for one in month}
    assert len(keys) == len(month)


def test_the_model_is_near_the_true_fuel_it_never_saw() -> None:
    """Fleet within 8 %, most flights inside the model's own interval: sanity, no proof of accuracy on real flights."""
    sample = list(flights(full(), OPERATED))[::40]
    records = silver(BY_NAME["flight"], _records(sample), register()).to_pylist()
    by_key = {(r["flight_no"], str(r["flight_date"])): r for r in records}
    asked: dict[str, list[object]] = {name: [] for name in ASKED}
    true = []
    for one in sample:
        record = by_key[one.number, _day(one)]
        for name in asked:
            source = {"flight_id": "record_id", "freight_kg": "cargo_kg"}.get(name, name)
            asked[name].append(record[source])
        true.append(one.fuel.total)
    answer = model("aviation").run(pa.table(asked)).to_pylist()
    computed = [(a, t) for a, t in zip(answer, true, strict=True) if a["reason"] is None]
    assert len(computed) > 0.99 * len(true)
    ratio = sum(a["fuel_kg"] for a, _ in computed) / sum(t for _, t in computed)
    assert 0.92 < ratio < 1.08, ratio
    inside = sum(a["fuel_low_95_kg"] <= t <= a["fuel_high_95_kg"] for a, t in computed) / len(computed)
    assert inside > 0.7, inside


def _day(one) -> str:
    from infra.upstream.exchange.air.flights import day_of

    return day_of(one.planned)


def _records(sample: list) -> Iterable[tuple[object, ...]]:
    from infra.upstream.exchange.air.flights import record

    for one in sample:
        yield (*record(one, _day(one)).values(), 1, "2026-10-03T08:00:00+08:00")
