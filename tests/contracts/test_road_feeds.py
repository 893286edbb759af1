"""Road feeds as the exchange publishes them: true rows pass, planted ones are refused by the rule that names them."""

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
from infra.crypto.sealing import Sealer
from infra.upstream.exchange.resource import Resource
from infra.upstream.exchange.road import RESOURCES
from infra.upstream.exchange.road.fleets import OTHERS, coach_fleets, distance, truck_fleets, urban_fleets
from infra.upstream.exchange.road.registers import trucks
from infra.upstream.exchange.window import Published, Stated
from infra.upstream.rates import load_rates
from infra.upstream.world.enterprises import sectors
from infra.upstream.world.model import World
from spark_jobs.contracts import contract
from spark_jobs.engine import conform
from spark_jobs.engine.conform import References, Scope
from spark_jobs.ingest.landing import Landing
from spark_jobs.ingest.parsers import parse_payload
from spark_jobs.ingest.submission import submit

SEED, KNOWN, OPERATED = 7, (2026, 10), (2026, 9)
BY_NAME = {one.name: one for one in RESOURCES}
MANY = 3_000  # rows of a long list that a test looks at
SEALER = Sealer(1, b"k" * 16, 1, b"i" * 32)
CONTENT = ("malformed", "impossible", "unit_slip", "broken_identity")
# The rule that names each planted fault; a malformed number is refused by its type.
RULES = {
    ("truck", "gross_mass_t"): "class_of_gross_mass",
    ("truck", "payload_t"): "payload_within_gross",
    ("coach_vehicle", "gross_mass_t"): "gross_mass_plausible",
    ("coach_vehicle", "seats"): "seats_plausible",
    ("urban_vehicle", "gross_mass_t"): "gross_mass_plausible",
    ("urban_vehicle", "places"): "places_plausible",
    ("coach_route_month", "mean_speed_kmh"): "speed_plausible",
    ("coach_route_month", "seat_km"): "seat_km_identity",
    ("urban_route_month", "boardings"): "boardings_within_capacity",
    ("urban_route_month", "mean_speed_kmh"): "speed_plausible",
    ("urban_route_month", "place_km"): "place_km_identity",
    ("urban_fleet_month", "occupied_km"): "occupied_within_distance",
    ("urban_fleet_month", "passengers"): "persons_per_trip_plausible",
    ("urban_fleet_month", "vehicle_km"): "km_per_vehicle_plausible",
    ("truck_fleet_month", "distance_km"): "km_per_vehicle_plausible",
    ("truck_fleet_month", "energy_used"): "energy_per_km_plausible",
    ("truck_fleet_month", "tonne_km"): "tonne_km_identity",
    ("waybill", "cargo_t"): "cargo_within_payload",
    ("waybill", "tonne_km"): "tonne_km_identity",
    ("urea_month", "urea_percent"): "urea_percent_plausible",
    ("urea_month", "urea_solution_t"): "urea_of_diesel_plausible",
    ("coach_route_month", "passenger_km"): ("passengers_within_seats", "mean_journey_plausible"),
    ("charging_month", "energy_kwh"): ("bands_identity", "energy_per_session_plausible", "min_energy_kwh"),
    ("truck_fleet_month", "load_factor"): ("max_load_factor", "min_load_factor"),
}
each = pytest.mark.parametrize("name", list(BY_NAME))


@lru_cache(maxsize=1)
def full() -> World:
    return World(SEED, "full")


def silver(resource: Resource, rows: Iterable[tuple[object, ...]]) -> pa.Table:
    """What the silver step makes of these rows, in one receipt in the list's own character set."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(resource.columns)
    writer.writerows(rows)
    feed = contract(f"road.{resource.name}")
    table = pa.Table.from_batches([parse_payload(feed, gzip.compress(out.getvalue().encode(resource.charset)))])
    size = table.num_rows
    received = pa.array(["2026-10-31T00:00:00+08:00"] * size).cast(pa.timestamp("us", tz="Asia/Shanghai"))
    for name, values in {"payload_sm3": ["p"] * size, "receipt_window": ["2026-10"] * size}.items():
        table = table.append_column(name, pa.array(values))
    return conform.conform(feed, table.append_column("received_at", received), Scope(True), References(), SEALER)


def published(name: str, rate: float, months: tuple[tuple[int, int], ...]) -> list[Stated]:
    one = Published(full(), "road", BY_NAME[name], dict.fromkeys(load_rates()["exchange"], rate))
    return [stated for month in months for stated in islice(one.stated(month), MANY)]


@each
def test_no_true_row_is_refused(name: str) -> None:
    rows = [stated.row for stated in published(name, 0.0, (KNOWN,))]
    found = silver(BY_NAME[name], rows).to_pylist()
    assert [row for row in found if row["rule_ids"]] == []
    assert len(found) == len(rows) >= 100
    period = {"all"} if BY_NAME[name].register else {"2026-09"}
    assert name == "urea_month" or {row["period"] for row in found} == period


@each
def test_what_is_planted_is_refused_by_its_rule_and_nothing_else(name: str) -> None:
    resource = BY_NAME[name]
    share = 10.0 if resource.register or resource.kept else 1.0  # long lists carry a tenth or a fifth of the rates
    months = (KNOWN,) if resource.kept else tuple((2026, month) for month in range(5, 11))
    stated = published(name, 0.02 * share, months)
    found = [row for row in silver(resource, [one.row for one in stated]).to_pylist() if row["rule_ids"]]
    columns = {column: place for place, column in enumerate(resource.columns)}
    expected: dict[tuple[str, ...], tuple[str, ...]] = {}
    for one in stated:
        if one.fault is not None and one.fault.kind in CONTENT:
            key = tuple(str(one.row[columns[k]]) for k in (*resource.key, "version", "updated_at"))
            rules = (f"type_{one.fault.field}",) if one.fault.kind == "malformed" else RULES[name, one.fault.field]
            expected[key] = (rules,) if isinstance(rules, str) else rules
    refused = {tuple(_cell(row, k) for k in (*resource.key, "version", "updated_at")): row for row in found}
    assert len(expected) > 3
    assert set(refused) == set(expected)
    for key, rules in expected.items():
        assert set(rules) & set(refused[key]["rule_ids"]), (key, rules, refused[key]["rule_ids"])
    assert all(row["reason_zh"] for row in found)


@pytest.mark.parametrize("name", [n for n, r in BY_NAME.items() if r.register])
def test_what_a_register_puts_right_is_current(name: str) -> None:
    resource = BY_NAME[name]
    one = Published(full(), "road", resource, dict.fromkeys(load_rates()["exchange"], 0.2))
    wrong = list(islice((s for s in one.stated(KNOWN) if s.fault and s.fault.kind in CONTENT), 200))
    right = {s.row[0]: s.row for s in one.mendings((2026, 11))}
    pairs = [(s.row, right[s.row[0]]) for s in wrong if s.row[0] in right]
    assert len(pairs) > 20
    found = silver(resource, [row for pair in pairs for row in pair]).to_pylist()
    refused, kept = ([row for row in found if bool(row["rule_ids"]) is bad] for bad in (True, False))
    assert len(refused) == len(kept) == len(pairs)
    assert {row["known_to"] for row in kept} == {None}
    newer = {row["version_no"] for row in kept}
    assert newer == {2 * ((KNOWN[0] - 2023) * 12 + KNOWN[1])}, "between two publications"


def _cell(row: dict, name: str) -> str:
    """The cell as the upstream wrote it."""
    return str(json.loads(row["row_json"])[name])


def test_registers_have_their_full_size_and_no_real_plate() -> None:
    world = full()
    assert sum(f.registered for f in truck_fleets(world)) == 140_000
    assert sum(f.registered for f in coach_fleets(world)) == 12_000
    plates = [row[1] for row in trucks(world, KNOWN)]
    assert len(set(plates)) == len(plates) == 140_000
    assert all(str(plate)[1] == "I" for plate in plates), "no Chinese plate has the letter I"


def test_fleets_of_an_enterprise_add_up_to_what_it_reports() -> None:
    world = full()
    fleets = truck_fleets(world) + coach_fleets(world) + urban_fleets(world)
    for e in (e for e in world.enterprises if e.sector in ("coach", "urban_passenger", "road_freight")):
        km = sum(distance(world, fleet, OPERATED) for fleet in fleets if fleet.operator == e.code)
        assert km == pytest.approx(world.physics.activity(e, "vehicle_km", *OPERATED), rel=1e-9), e.name


def test_stations_together_charge_what_the_enterprise_uses_for_transport() -> None:
    world = full()
    charged: Counter[str] = Counter()
    for row in BY_NAME["charging_month"].rows(world, KNOWN):
        charged[str(row[2])] += float(str(row[5]))
    for e in (e for e in world.enterprises if e.sector == "urban_passenger"):
        share = sectors()[e.sector]["energies"]["electricity"]["use"][0]
        used = world.physics.consumption(e, "electricity", *OPERATED) * share * 1000
        assert charged[e.code] == pytest.approx(used, abs=100)


def test_the_rest_of_a_sector_stands_under_one_code_by_district() -> None:
    rest = [fleet for fleet in truck_fleets(full()) if fleet.operator.startswith(OTHERS)]
    assert {fleet.operator for fleet in rest} == {"NONKEY:road_freight"}
    assert len({fleet.district for fleet in rest}) == 15
    assert sum(fleet.registered for fleet in rest) > 100_000


def test_waybills_of_a_month_stay_under_their_limit() -> None:
    rows = list(BY_NAME["waybill"].rows(full(), KNOWN))
    assert 60_000 < len(rows) <= 80_000
    assert len({row[0] for row in rows}) == len(rows)


def test_urea_moves_with_the_status_of_the_report() -> None:
    rows = silver(
        BY_NAME["urea_month"], [s.row for m in range(7, 11) for s in published("urea_month", 0.0, ((2026, m),))]
    )
    july = [row for row in rows.to_pylist() if row["period"] == "2026-07"]
    newest = Counter(row["status"] for row in july if row["known_to"] is None)
    assert newest["approved"] > 40
    assert set(newest) <= {"submitted", "reviewed", "verified", "approved"}
    one = sorted((r for r in july if r["enterprise_code"] == july[0]["enterprise_code"]), key=lambda r: r["version"])
    assert [r["status"] for r in one] == ["submitted", "reviewed", "verified", "approved"][: len(one)]
    assert all(0.038 * 0.9 < row["urea_solution_t"] / row["diesel_t"] < 0.062 * 1.1 for row in july)


def test_an_enterprise_may_hand_in_its_urea_as_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKE_HOME", str(tmp_path))
    monkeypatch.setenv("LAKE_NOW", "2026-10-08T09:00:00+08:00")
    settings_module.settings.cache_clear()
    sheet = tmp_path / "urea.csv"
    sheet.write_text(
        "经营者代码,运营月份,车用尿素溶液消耗量,尿素质量分数,运输用柴油消耗量\n"
        "91310110HGY740C11N,2026-09,12.5,32.5,250\n"
        "91310110HGY740C11N,2026-08,12.5,20,250\n",
        encoding="utf-8",
    )
    receipt = submit(contract("road.urea_month"), sheet, Landing(tmp_path / "landing"))
    settings_module.settings.cache_clear()
    assert (receipt.rows, receipt.accepted) == (2, 1)
    assert [(r.row, r.field, r.reason_zh) for r in receipt.refusals] == [
        (3, "urea_percent", "尿素质量分数不符合车用尿素溶液标准")
    ]
