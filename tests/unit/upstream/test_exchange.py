"""The data exchange: its answers over HTTP, what stands in a window, what is planted, and what a list may not be."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx
import pytest

from infra.upstream.clock import Clock
from infra.upstream.exchange.app import SOURCES, exchange_truth, resources
from infra.upstream.exchange.faults import planted
from infra.upstream.exchange.rail.metro_operations import LINE_MONTH, STATION_MONTH
from infra.upstream.exchange.rail.railway_registers import TRAIN
from infra.upstream.exchange.resource import Fault, Month, Resource, Row, known_at, operated
from infra.upstream.exchange.window import Published
from infra.upstream.rates import load_rates
from infra.upstream.world.model import World
from tests.unit.upstream.conftest import NOW, Servers

CLOCK = Clock(datetime.fromisoformat(NOW))


def ask(servers: Servers, path: str, key: str = "") -> httpx.Response:
    headers = {"X-Exchange-Key": key or servers.credentials["exchange"]["key"]}
    return servers.http.get(servers.url["exchange"] + "/exchange/v1/" + path, headers=headers)


def table(body: bytes, charset: str = "utf-8") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(gzip.decompress(body).decode(charset))))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("rail/metro_line_month/2026-10", 200),
        ("rail/metro_line_month/2023-02", 200),
        ("rail/metro_line_month/2022-12", 204),
        ("rail/metro_line_month/2026-12", 404),
        ("rail/metro_station/2026-10", 200),
        ("rail/metro_station/2026-09", 204),
        ("rail/metro_station/2026-11", 204),
        ("rail/nothing/2026-10", 404),
        ("nobody/metro_station/2026-10", 404),
        ("rail/metro_station/2026-13", 400),
        ("rail/metro_station/October", 400),
    ],
)
def test_status_by_window(servers: Servers, path: str, status: int) -> None:
    answer = ask(servers, path)
    assert answer.status_code == status
    if status in (400, 404):
        assert answer.json()["error"]
    if status == 204:
        assert answer.content == b""


def test_only_with_the_key(servers: Servers) -> None:
    assert ask(servers, "rail/metro_station/2026-10", key="guess").status_code == 401
    assert servers.http.get(servers.url["exchange"] + "/exchange/v1/").status_code == 401


def test_the_overview_names_every_list_of_the_five_sources(servers: Servers) -> None:
    found = ask(servers, "").json()["data"]
    assert {(one["source"], one["resource"]) for one in found} == set(resources())
    assert {one["source"] for one in found} == set(SOURCES)
    document = servers.http.get(servers.url["exchange"] + "/openapi.json").json()
    assert "/exchange/v1/{source}/{resource}/{window}" in document["paths"]


def test_text_comes_in_the_charset_of_the_list(servers: Servers) -> None:
    answer = ask(servers, f"rail/{TRAIN.name}/2026-10")
    assert answer.headers["content-type"] == "application/gzip; charset=gb18030"
    rows = table(answer.content, "gb18030")
    assert {row["service"] for row in rows} == {"客运", "货运"}
    with pytest.raises(UnicodeDecodeError):
        table(answer.content)


def test_an_open_month_holds_what_is_known_by_now(servers: Servers) -> None:
    rows = table(ask(servers, "rail/metro_line_month/2026-11").content)
    assert rows and {row["period"] for row in rows} == {"2026-10"}
    assert all("2026-11-01" <= row["updated_at"] <= NOW for row in rows)
    early = Clock(datetime.fromisoformat("2026-11-02T00:00:00+08:00"))
    world, rates = World(7, "full"), load_rates()["exchange"]
    published = Published(world, "rail", STATION_MONTH, rates)
    some = published.text((2026, 11), early).splitlines()
    assert 1 < len(some) < len(published.text((2026, 11), CLOCK).splitlines())


@pytest.mark.parametrize("resource", list(resources().values()), ids=lambda one: one.name)
def test_rows_fit_their_columns_and_the_month_they_become_known(resource: Resource) -> None:
    world = World(7, "small")
    rows = [row for row, _ in zip(resource.rows(world, (2026, 10)), range(300), strict=False)]
    again = [row for row, _ in zip(resource.rows(World(7, "small"), (2026, 10)), range(300), strict=False)]
    assert rows == again
    at, version = resource.columns.index("updated_at"), resource.columns.index("version")
    assert all(len(row) == len(resource.columns) for row in rows)
    assert all(str(row[at]).startswith("2026-10-") and str(row[at]).endswith("+08:00") for row in rows)
    assert all(isinstance(row[version], int) and row[version] >= 1 for row in rows)


def _numbers(world: World, known: Month) -> Iterator[Row]:
    for i in range(2000):
        month = f"{operated(known)[0]}-{operated(known)[1]:02d}"
        yield (f"n{i}", month, 100.0, 1, known_at(world.seed, known, i))


NUMBERS = Resource(
    name="number",
    title_zh="数",
    columns=("id", "period", "value", "version", "updated_at"),
    rows=_numbers,
    key=("id", "period"),
    period="period",
    faults=(
        Fault("duplicate"),
        Fault("late"),
        Fault("correction", ("value",)),
        Fault("malformed", ("value",)),
        Fault("impossible", ("value",), low=10.0, high=1000.0),
        Fault("unit_slip", ("value",), low=50.0, high=500.0),
        Fault("broken_identity", ("value",)),
    ),
)


def test_faults_come_at_their_rates_beyond_their_bounds() -> None:
    world = World(7, "small")
    published = Published(world, "test", NUMBERS, {fault.kind: 0.05 for fault in NUMBERS.faults})
    stated = [s for s in published.stated((2026, 5)) if s.fault]
    kinds = Counter(s.fault.kind for s in stated if s.fault)
    assert set(kinds) == {fault.kind for fault in NUMBERS.faults}
    assert all(70 <= n <= 135 for n in kinds.values()), kinds  # 5 % of 2000, 3.5 standard deviations
    for one in stated:
        assert one.fault is not None
        value = one.row[2]
        if one.fault.kind in ("impossible", "unit_slip"):
            low, high = (10.0, 1000.0) if one.fault.kind == "impossible" else (50.0, 500.0)
            assert value < low or value > high
            assert one.fault.severity == pytest.approx(max(value / high, low / value), rel=1e-4)
        if one.fault.kind == "broken_identity":
            assert one.fault.severity == pytest.approx((value - 100.0) / 0.5) and one.fault.severity > 1.0


def test_a_slip_of_a_whole_number_is_a_whole_number() -> None:
    fault = Fault("unit_slip", ("riders",), low=50.0, high=5000.0)
    row: dict[str, Any] = {"riders": 1234}
    found = {type(planted(fault, row | {}, (0.0, 0.0, u, 0.0)).planted_value) for u in (0.0, 0.3, 0.6, 0.9)}
    assert found == {int}
    tiny = planted(fault, row | {"riders": 3}, (0.0, 0.0, 0.0, 0.0))
    assert tiny is not None and tiny.planted_value > 0  # a slip to nothing would be no slip


def test_a_wrong_version_is_mended_a_month_later_and_a_late_row_comes_then() -> None:
    world = World(7, "small")
    published = Published(world, "test", NUMBERS, {fault.kind: 0.05 for fault in NUMBERS.faults})
    first, later = list(published.stated((2026, 5))), list(published.stated((2026, 6)))
    april = [s for s in later if s.row[1] == "2026-04"]
    assert all(str(s.row[4]).startswith("2026-06") for s in april)
    mended = {s.row[0] for s in april if s.row[3] == 2}
    late = {s.row[0] for s in april if s.fault and s.fault.kind == "late"}
    assert all(s.row[2] == 100.0 for s in april)
    wrong = {s.row[0]: s.fault.kind for s in first if s.fault and s.row[1] == "2026-04"}
    assert {i for i, kind in wrong.items() if kind == "correction"} <= mended <= set(wrong)
    assert late and late.isdisjoint({s.row[0] for s in first if s.row[1] == "2026-04"})
    assert len(first) == 2000 - len(late) + sum(k == "duplicate" for k in wrong.values()) + sum(
        s.row[1] == "2026-03" for s in first
    )


def test_a_register_puts_its_wrong_rows_right_in_the_open_month() -> None:
    kinds = ("late", "correction")
    register = replace(NUMBERS, register=True, faults=tuple(f for f in NUMBERS.faults if f.kind not in kinds))
    rates = {fault.kind: 0.05 for fault in register.faults}
    published = Published(World(7, "small"), "test", register, rates)
    whole = list(published.stated((2026, 10)))
    wrong = {s.row[0] for s in whole if s.fault and s.fault.kind != "duplicate"}
    assert {s.row[3] for s in whole} == {1}
    rows = list(csv.DictReader(io.StringIO(published.text((2026, 11), CLOCK))))
    right = {row["id"] for row in rows}
    assert 0.5 * len(wrong) < len(right) < 0.7 * len(wrong) and right < wrong  # three of five
    assert {(row["value"], row["version"], row["updated_at"][:7]) for row in rows} == {("100.0", "2", "2026-11")}
    assert all(row["updated_at"] <= NOW for row in rows)
    start, stop = (int(datetime.fromisoformat(t).timestamp()) for t in ("2026-11-01T00:00:00+08:00", NOW))
    told = list(published.truth((2026, 11), start, stop + 1, CLOCK))
    assert {(line["kind"], line["version"]) for line in told} == {("mended", 2)}
    assert {line["business_key"]["id"] for line in told} == right


def test_the_truth_is_what_the_windows_show() -> None:
    world, rates = World(7, "small"), dict.fromkeys(load_rates()["exchange"], 0.05)
    start = int(datetime.fromisoformat("2026-01-01T00:00:00+08:00").timestamp())
    lines = [
        line
        for line in exchange_truth(world, rates, (start, CLOCK.epoch() + 1), CLOCK)
        if line["feed"] == f"rail.{LINE_MONTH.name}"
    ]
    published = Published(world, "rail", LINE_MONTH, rates)
    for line in lines:
        rows = list(csv.DictReader(io.StringIO(published.text(tuple(map(int, line["window"].split("-"))), CLOCK))))
        (row, *copies) = [
            r
            for r in rows
            if (r["line_code"], r["period"], int(r["version"])) == (*line["business_key"].values(), line["version"])
        ]
        assert len(copies) == (line["kind"] == "duplicate")
        if line["field"] not in ("", "updated_at"):
            assert row[line["field"]] == str(line["planted_value"]) != str(line["true_value"])
    assert len(lines) >= 5


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"key": ("nobody",)}, "no column nobody"),
        ({"period": "week"}, "no column week"),
        ({"keeps_months": 1}, "keeps_months 0"),
        ({"register": True}, "keeps_months 0"),
    ],
)
def test_a_list_that_cannot_be_is_refused(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        replace(NUMBERS, **wrong)


def test_a_fault_that_cannot_be_is_refused() -> None:
    for kind, fields in (("mistake", ("value",)), ("malformed", ()), ("impossible", ("value",))):
        with pytest.raises(ValueError, match=kind):
            Fault(kind, fields)
