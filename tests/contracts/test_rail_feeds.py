"""Rail and reference feeds as the exchange publishes them: true rows pass, planted ones are refused; sums by hand."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache

import pyarrow as pa
import pytest

from infra.upstream.clock import days_in
from infra.upstream.exchange import rail, reference
from infra.upstream.exchange.resource import Resource
from infra.upstream.exchange.window import Published, Stated
from infra.upstream.rates import load_rates
from infra.upstream.world.model import World
from spark_jobs.contracts import contract
from spark_jobs.engine import conform
from spark_jobs.engine.conform import References, Scope
from spark_jobs.ingest.parsers import parse_payload

SEED, KNOWN = 7, (2026, 10)
FEEDS = {f"{p.__name__.rpartition('.')[2]}.{r.name}": r for p in (rail, reference) for r in p.RESOURCES}
LINES = "rail.metro_line"
REASONS = {
    "rail.metro_line_month": {"列车走行公里乘以每列编组应等于车公里", "车公里牵引电耗超出"},
    "rail.metro_station_month": {"各系统用电之和应等于车站用电量", "出站与进站人次相差", "不得小于 0"},
    "rail.metro_flow_month": {"工作日与休息日出行人次之和", "不得小于 0"},
    "rail.railway_energy_month": {"货运机车、客运机车、生产与生活用量之和应等于合计", "不得小于 0"},
    "rail.railway_month": {"列车公里乘以列车平均总质量应等于总重吨公里", "列车平均总质量"},
    "rail.railway_station_month": {"车站用电量"},
    "rail.railway_train": {"列车总质量"},
    "reference.weather_day": {"日最高气温", "降水量"},
    "reference.quota_yearly": {"初始配额与调整量之和应等于年度配额"},
}
HARMLESS = ("duplicate", "late", "correction")


@lru_cache(maxsize=1)
def full() -> World:
    return World(SEED, "full")


def silver(feed: str, rows: Iterable[tuple[object, ...]]) -> pa.Table:
    """What the silver step makes of these rows, in one receipt."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(FEEDS[feed].columns)
    writer.writerows(rows)
    data = gzip.compress(out.getvalue().encode(FEEDS[feed].charset), mtime=0)
    batch = parse_payload(contract(feed), data, "application/gzip", FEEDS[feed].charset)
    table = pa.Table.from_batches([batch])
    size = table.num_rows
    received = pa.array(["2026-10-31T00:00:00+08:00"] * size).cast(pa.timestamp("us", tz="Asia/Shanghai"))
    for name, values in {"payload_sm3": ["p"] * size, "receipt_window": ["2026-10"] * size}.items():
        table = table.append_column(name, pa.array(values))
    table = table.append_column("received_at", received)
    known = {LINES: lines()} if feed == "rail.metro_line_month" else {}
    return conform.conform(contract(feed), table, Scope(True), References(known))


@lru_cache(maxsize=1)
def lines() -> pa.Table:
    """Current rows of the register of metro lines."""
    return silver(LINES, FEEDS[LINES].rows(full(), KNOWN)).select(["line_code", "cars_per_train"])


def true_rows(feed: str) -> list[dict[str, object]]:
    """What a month's window of a list holds where nothing is planted."""
    one = FEEDS[feed]
    return [dict(zip(one.columns, row, strict=True)) for row in one.rows(full(), KNOWN)]


def stated(one: Resource, source: str, rate: float, months: int) -> list[Stated]:
    """Rows of the newest windows with faults at this rate."""
    published = Published(full(), source, one, dict.fromkeys(load_rates()["exchange"], rate))
    windows = [KNOWN] if one.kept else [(2026, month) for month in range(11 - months, 11)]
    return [found for window in windows for found in published.stated(window)]


@pytest.mark.parametrize("feed", list(FEEDS))
def test_no_true_row_is_refused(feed: str) -> None:
    rows = [one.row for one in stated(FEEDS[feed], feed.split(".")[0], 0.0, 1)]
    found = silver(feed, rows).to_pylist()
    assert [row for row in found if row["rule_ids"]] == []
    assert len(found) == len(rows) >= 5


@pytest.mark.parametrize("feed", list(REASONS))
def test_what_is_planted_is_refused_with_its_reason_and_nothing_else(feed: str) -> None:
    rate, one = 0.04, FEEDS[feed]
    rows = stated(one, feed.split(".")[0], rate, 10)
    found = silver(feed, [stated.row for stated in rows])
    planted = [s for s in rows if s.fault and s.fault.kind not in HARMLESS]
    place = [one.columns.index(key) for key in (*one.key, "version")]
    wrong = Counter(tuple(str(s.row[i]) for i in place) for s in planted)
    refused = [row for row in found.to_pylist() if row["rule_ids"]]
    assert len(refused) == sum(wrong.values()) >= 8
    assert {s.fault.kind for s in planted if s.fault} == {f.kind for f in one.faults} - set(HARMLESS)
    assert all(s.fault.severity is None or s.fault.severity > 1.0 for s in planted if s.fault)
    told = " ".join(row["reason_zh"] for row in refused)
    assert all(reason in told for reason in REASONS[feed])


@pytest.mark.parametrize("feed", [f for f, r in FEEDS.items() if not r.kept])
def test_a_right_version_follows_and_a_late_row_is_kept(feed: str) -> None:
    rows = stated(FEEDS[feed], feed.split(".")[0], 0.04, 10)
    found = silver(feed, [one.row for one in rows]).to_pylist()
    kinds = Counter(one.fault.kind for one in rows if one.fault)
    good = [row for row in found if not row["rule_ids"]]
    assert set(Counter(row["business_key"] for row in good if row["known_to"] is None).values()) == {1}
    assert kinds["late"] > 0
    second = [row for row in good if row["version_no"] == 2]
    assert second and all(row["known_to"] is None for row in second)


def test_the_network_is_twenty_lines_and_508_line_stations() -> None:
    named, stations = true_rows("rail.metro_line"), true_rows("rail.metro_station")
    assert (len(named), len(stations)) == (20, 508)
    assert [row["line_name"] for row in named if row["system"] == "磁浮"] == ["磁浮线"]
    count = Counter(row["line_code"] for row in stations)
    assert {row["line_code"]: row["stations"] for row in named} == dict(count)
    assert (count["L03"], count["L04"], count["L11"], count["L17"], count["MAG"]) == (29, 17, 39, 13, 2)
    assert Counter(row["district_code"] for row in stations)["outside"] == 3
    square = [row for row in stations if row["station_name"] == "人民广场"]
    assert {row["line_code"] for row in square} == {"L01", "L02", "L08"}
    assert all(row["district_code"] == "310101" for row in square)


def test_lines_and_stations_add_up_to_the_operator() -> None:
    """Work exactly (rounded by line), electricity within the sub-meters' noise of 0.8 % a month."""
    month, metro = (2026, 9), [e for e in full().enterprises if e.sector == "metro"]
    by_line, by_station = true_rows("rail.metro_line_month"), true_rows("rail.metro_station_month")
    for owner in metro:
        mine = [row for row in by_line if row["enterprise_code"] == owner.code]
        activity = full().physics.activity
        assert sum(row["car_km"] for row in mine) == pytest.approx(activity(owner, "car_km", *month), abs=2)
        assert sum(row["boardings"] for row in mine) == pytest.approx(activity(owner, "passengers", *month), abs=20)
        used = full().physics.consumption(owner, "electricity", *month)
        assert sum(row["traction_mwh"] for row in mine) == pytest.approx(0.55 * used, rel=0.025)
        stations = [row for row in by_station if row["enterprise_code"] == owner.code]
        assert sum(row["electricity_mwh"] for row in stations) == pytest.approx(0.40 * used, rel=0.025)
    cars = {row["line_code"]: row["cars_per_train"] for row in true_rows("rail.metro_line")}
    assert all(row["train_km"] * cars[row["line_code"]] == pytest.approx(row["car_km"], abs=0.1) for row in by_line)


def test_flows_leave_a_district_as_people_entered_it() -> None:
    district = {row["station_code"]: row["district_code"] for row in true_rows("rail.metro_station")}
    entered: dict[object, int] = defaultdict(int)
    for row in true_rows("rail.metro_station_month"):
        if not str(row["station_code"]).startswith("MAG"):
            entered[district[row["station_code"]]] += row["entries"]
    left: dict[object, int] = defaultdict(int)
    flows = true_rows("rail.metro_flow_month")
    for row in flows:
        left[row["origin_district"]] += row["passengers"]
        assert row["workday_passengers"] + row["restday_passengers"] == row["passengers"]
    assert len(flows) == len(entered) ** 2 == 225
    assert {d: pytest.approx(n, abs=15) for d, n in left.items()} == dict(entered)


def test_uses_of_the_railway_add_up_to_what_it_consumed() -> None:
    (owner,) = (e for e in full().enterprises if e.sector == "railway")
    for row in true_rows("rail.railway_energy_month"):
        used = full().physics.consumption(owner, row["energy_code"], 2026, 9)
        assert row["total"] == pytest.approx(used, rel=0.06)
        uses = ("freight_locomotive", "passenger_locomotive", "production", "living")
        assert sum(row[use] for use in uses) == pytest.approx(row["total"], abs=0.02)


def test_lines_and_stations_of_the_railway_add_up_to_it() -> None:
    """What is not in the city stands in one row more: nothing of the unit is on no line and at no station."""
    (owner,) = (e for e in full().enterprises if e.sector == "railway")
    activity, work = full().physics.activity, true_rows("rail.railway_month")
    assert sum(r["passenger_km"] or 0 for r in work) == pytest.approx(activity(owner, "passenger_km", 2026, 9), abs=5)
    assert sum(r["tonne_km"] or 0 for r in work) == pytest.approx(activity(owner, "tonne_km", 2026, 9), abs=5)
    assert {r["line_code"] for r in work} == {r["line_code"] for r in true_rows("rail.railway_line")}
    (power,) = (r for r in true_rows("rail.railway_energy_month") if r["energy_code"] == "electricity")
    at_stations = sum(r["electricity_mwh"] for r in true_rows("rail.railway_station_month"))
    assert at_stations == pytest.approx(power["production"] + power["living"], abs=0.01)


def test_golden_week_of_2025_and_its_make_up_days() -> None:
    """国务院办公厅关于2025年部分节假日安排的通知：10 月 1 日至 8 日放假，9 月 28 日、10 月 11 日上班。"""
    days = {row["day"]: row for row in true_rows("reference.calendar_day")}
    off = [f"2025-10-{day:02d}" for day in range(1, 9)]
    assert {days[day]["is_workday"] for day in off} == {"N"}
    assert {days[day]["is_make_up"] for day in ("2025-09-28", "2025-10-11")} == {"Y"}
    assert days["2025-10-09"]["is_workday"] == "Y" and days["2025-10-12"]["is_workday"] == "N"
    assert days["2025-10-01"]["holiday_name"] == "国庆节"
    assert sum(day.startswith("2024") for day in days) == 366


def test_weather_has_the_month_that_the_enterprises_felt() -> None:
    from infra.upstream.world.climate import temperature

    days = true_rows("reference.weather_day")
    assert len(days) == days_in((2026, 9))
    mean = sum(row["mean_c"] for row in days) / len(days)
    assert mean == pytest.approx(temperature(SEED, 2026, 9), abs=0.05)


def test_published_statistics_name_their_source_and_quarters_add_up() -> None:
    rows = {(row["indicator_code"], row["period"]): row for row in true_rows("reference.city_statistic")}
    assert rows["gdp", "2024"]["value"] == 53926.71  # 上海市 2024 年统计公报
    assert rows["inbound_tourists", "2024"]["value"] == 670.59  # 上海市统计局 2024 年 12 月
    parts = [rows["gdp", f"2024Q{quarter}"]["value"] for quarter in range(1, 5)]
    assert sum(parts) == pytest.approx(53926.71)
    assert all(row["simulated"] == "Y" for (_, period), row in rows.items() if "Q" in period or period > "2024")
    assert ("gdp", "2026Q3") in rows and ("gdp", "2026Q4") not in rows and ("gdp", "2026") not in rows
    assert all(row["source_document"] for row in rows.values())


def test_benchmarks_have_a_source_and_only_read_ones_are_verified() -> None:
    rows = true_rows("reference.metro_benchmark")
    assert len({row["benchmark_id"] for row in rows}) == len(rows) >= 8
    assert all(row["source_document"] and row["verified"] in ("yes", "partly", "no") for row in rows)
    (london,) = (row for row in rows if row["benchmark_id"] == "LON-LU-2024")
    assert (london["value"], london["unit"]) == ("0.0278", "kgCO2e/pkm")  # UK DESNZ 2024
