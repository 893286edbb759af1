"""Port and shipping feeds as the exchange publishes them: true rows pass, planted ones are refused with reason."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pytest

from infra import settings as settings_module
from infra.upstream.exchange.resource import Resource
from infra.upstream.exchange.water import RESOURCES
from infra.upstream.exchange.window import Published, Stated
from infra.upstream.rates import load_rates
from infra.upstream.world.model import World
from spark_jobs.contracts import contract
from spark_jobs.engine import conform
from spark_jobs.engine.conform import References, Scope
from spark_jobs.ingest.landing import Landing
from spark_jobs.ingest.parsers import parse_payload
from spark_jobs.ingest.submission import submit

SEED, KNOWN = 7, (2026, 10)
BY_NAME = {one.name: one for one in RESOURCES}
FACILITY = "water.shore_power_facility"
MANY = 5_000  # rows of a long list that a test looks at
REASONS = {
    "port_throughput_month": {"进港量＋出港量应等于货物吞吐量", "每标准箱货重超出填报指南的合理范围"},
    "port_energy_month": {"各环节用量之和应等于自用量合计"},
    "crane_move": {"标准箱数超过作业次数的两倍", "吊具下平均载荷（mass_t）不得大于 65"},
    "shore_power_call": {"接电时长应等于接电与断电时间之差", "用电量（energy_kwh）不得小于 0"},
    "fuel_delivery_note": {"体积乘以密度应等于质量", "硫含量（sulphur_pct）不得大于 5"},
    "ais_position": {"纬度（latitude_deg）不得大于 90", "航速"},
}
each = pytest.mark.parametrize("name", list(BY_NAME))


@lru_cache(maxsize=1)
def full() -> World:
    return World(SEED, "full")


def silver(resource: Resource, rows: Iterable[tuple[object, ...]]) -> pa.Table:
    """What the silver step makes of these rows, in one receipt."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(resource.columns)
    writer.writerows(rows)
    feed = contract(f"water.{resource.name}")
    table = pa.Table.from_batches([parse_payload(feed, gzip.compress(out.getvalue().encode(), mtime=0))])
    size = table.num_rows
    received = pa.array(["2026-10-31T00:00:00+08:00"] * size).cast(pa.timestamp("us", tz="Asia/Shanghai"))
    for name, values in {"payload_sm3": ["p"] * size, "receipt_window": ["2026-10"] * size}.items():
        table = table.append_column(name, pa.array(values))
    table = table.append_column("received_at", received)
    known = {FACILITY: facilities()} if resource.name == "shore_power_call" else {}
    return conform.conform(feed, table, Scope(True), References(known))


@lru_cache(maxsize=1)
def facilities() -> pa.Table:
    """Current rows of the facility register."""
    rows = BY_NAME["shore_power_facility"].rows(full(), KNOWN)
    return silver(BY_NAME["shore_power_facility"], rows).select(["facility_id", "capacity_kva"])


def stated(resource: Resource, rate: float, months: int) -> list[Stated]:
    """Rows of the newest windows with faults at this rate; of long lists the first ones."""
    published = Published(full(), "water", resource, dict.fromkeys(load_rates()["exchange"], rate))
    windows = [KNOWN] if resource.kept else [(2026, month) for month in range(11 - months, 11)]
    return [one for window in windows for one in islice(published.stated(window), MANY)]


@each
def test_no_true_row_is_refused(name: str) -> None:
    rows = [one.row for one in stated(BY_NAME[name], 0.0, 1)]
    found = silver(BY_NAME[name], rows).to_pylist()
    assert [row for row in found if row["rule_ids"]] == []
    assert len(found) == len(rows) > 30
    register = BY_NAME[name].register
    assert {row["period"] for row in found} <= ({"all"} if register else {"2026-09", "2026-08"})


@pytest.mark.parametrize("name", list(REASONS))
def test_what_is_planted_is_refused_with_its_reason_and_nothing_else(name: str) -> None:
    rows = stated(BY_NAME[name], 0.03, 8)
    found = silver(BY_NAME[name], [one.row for one in rows])
    planted = [one for one in rows if one.fault and one.fault.kind not in ("duplicate", "late", "correction")]
    place = [BY_NAME[name].columns.index(key) for key in (*BY_NAME[name].key, "version")]
    wrong = Counter(tuple(str(one.row[i]) for i in place) for one in planted)
    refused = [row for row in found.to_pylist() if row["rule_ids"]]
    assert len(refused) == sum(wrong.values()) > 10
    kinds = {one.fault.kind for one in planted if one.fault}
    assert kinds == {f.kind for f in BY_NAME[name].faults} - {"duplicate", "late", "correction"}
    told = " ".join(row["reason_zh"] for row in refused)
    assert all(reason in told for reason in REASONS[name])


@pytest.mark.parametrize("name", [n for n, r in BY_NAME.items() if not r.kept])
def test_a_correction_is_the_current_version_and_a_late_row_is_kept(name: str) -> None:
    rows = stated(BY_NAME[name], 0.03, 8)
    found = silver(BY_NAME[name], [one.row for one in rows]).to_pylist()
    kinds = Counter(one.fault.kind for one in rows if one.fault)
    assert kinds["correction"] > 0 < kinds["late"]
    good = [row for row in found if not row["rule_ids"]]
    current = Counter(row["business_key"] for row in good if row["known_to"] is None)
    assert set(current.values()) == {1}
    mended = [row for row in good if row["version_no"] == 2]
    assert len(mended) >= kinds["correction"] * 0.5
    assert all(row["known_to"] is None for row in mended)


def test_ships_and_companies_are_those_of_the_other_platforms() -> None:
    world = full()
    fleet = {row[0]: row for row in BY_NAME["fleet_register"].rows(world, KNOWN)}
    assert set(fleet) == {ship.ship_id for ship in world.fleet}
    assert {row[3] for row in fleet.values()} == {e.code for e in world.enterprises if e.sector == "shipping"}
    notes = list(BY_NAME["fuel_delivery_note"].rows(world, KNOWN))
    assert {row[2] for row in notes} <= set(fleet)
    assert all(fleet[row[2]][3] == row[1] for row in notes)


def test_the_same_question_has_the_same_answer() -> None:
    again = World(SEED, "full")
    for resource in RESOURCES:
        first = list(islice(resource.rows(full(), KNOWN), 200))
        assert first == list(islice(resource.rows(again, KNOWN), 200))


def test_lists_are_as_long_as_stated() -> None:
    sizes = {name: sum(1 for _ in one.rows(full(), (2026, 2))) for name, one in BY_NAME.items()}
    assert 40_000 <= sizes["crane_move"] <= 50_000
    assert 80_000 <= sizes["ais_position"] <= 100_000
    small = World(SEED, "small")
    assert all(1 <= sum(1 for _ in one.rows(small, KNOWN)) < 100 for one in RESOURCES)


def test_an_enterprise_may_submit_the_list_as_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One month of energy, codes in Chinese; a row whose processes do not add up is refused with its reason."""
    monkeypatch.setenv("LAKE_HOME", str(tmp_path))
    monkeypatch.setenv("LAKE_NOW", "2026-11-22T08:00:00+08:00")
    settings_module.settings.cache_clear()
    feed = contract("water.port_energy_month")
    parts = ["handling", "transport", "yard", "lighting", "reefer", "office", "workshop", "craft", "other"]
    row = {"enterprise_code": "91310000123456789X", "period": "2026-10", "energy_code": "柴油", "unit": "吨"}
    row |= {f"{part}_quantity": "0" for part in parts} | {"transport_quantity": "8.5", "yard_quantity": "1.5"}
    rows = [{**row, "own_use": "10"}, {**row, "own_use": "10.5", "period": "2026-09"}]
    file = tmp_path / "energy.json"
    file.write_text(json.dumps(rows), encoding="utf-8")
    receipt = submit(feed, file, Landing(tmp_path / "landing"))
    settings_module.settings.cache_clear()
    assert (receipt.rows, receipt.accepted) == (2, 1)
    assert [(r.row, r.field, r.reason_zh) for r in receipt.refusals] == [
        (2, "own_use", "各环节用量之和应等于自用量合计")
    ]
