"""The air world: answers depend on nothing but seed and month, identities hold, figures are of the right size."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

import pytest

from infra.upstream.exchange.air import RESOURCES
from infra.upstream.exchange.air.aircraft import fleet
from infra.upstream.exchange.air.burn import burnt
from infra.upstream.exchange.air.flight_faults import disordered
from infra.upstream.exchange.air.flights import TIMES, flights
from infra.upstream.exchange.air.parameters import apportioned, parameters
from infra.upstream.exchange.air.timetable import distance_km, services
from infra.upstream.world.model import World

KNOWN = (2026, 10)
BY_NAME = {one.name: one for one in RESOURCES}


@pytest.mark.parametrize("name", list(BY_NAME))
def test_another_process_would_say_the_same(name: str, small: World) -> None:
    once = list(BY_NAME[name].rows(small, KNOWN))
    assert once == list(BY_NAME[name].rows(World(small.seed, "small"), KNOWN))
    assert 1 <= len(once) < 100
    assert all(len(row) == len(BY_NAME[name].columns) for row in once)


def test_times_of_a_flight_are_in_order_and_become_known_later(small: World) -> None:
    columns = BY_NAME["flight"].columns
    for row in BY_NAME["flight"].rows(small, KNOWN):
        cells: dict[str, Any] = dict(zip(columns, row, strict=True))
        times = [cells[name] for name in TIMES if cells[name] is not None]
        assert times == sorted(times)
        assert cells["flight_date"] < cells["updated_at"][:10]
        assert datetime.fromisoformat(cells["updated_at"]).month == KNOWN[1]


def test_a_provisional_record_is_completed_by_its_second_version(full: World) -> None:
    columns = BY_NAME["flight"].columns
    versions = defaultdict(list)
    for place, row in enumerate(BY_NAME["flight"].rows(full, KNOWN)):
        if place == 5_000:
            break
        cells: dict[str, Any] = dict(zip(columns, row, strict=True))
        versions[cells["flight_date"], cells["flight_no"], cells["origin"]].append(cells)
    twice = [both for both in versions.values() if len(both) == 2]
    assert 30 < len(twice) < 300
    for first, second in twice:
        assert (first["version"], second["version"]) == (1, 2)
        assert first["landing_at"] is None
        assert first["updated_at"] < second["updated_at"]


def test_long_flights_are_flown_by_wide_bodies_and_known_distances_hold(full: World) -> None:
    assert distance_km("SHA", "PEK") == pytest.approx(1076, abs=15)
    assert distance_km("PVG", "JFK") == pytest.approx(11_870, abs=60)
    for service in services(full):
        if service.km > parameters()["long_haul_km"]:
            assert service.spec["body"] == "wide"


def test_fuel_is_of_the_size_that_handbooks_give(full: World) -> None:
    """An A320 burns some 2.3 to 3 t an hour, a 777-300ER 6.5 to 8.5 t."""
    month = list(flights(full, (2026, 9)))[:6000]
    for kind, low, high in (("A320", 2300, 3300), ("B77W", 6500, 9500)):
        some = [one for one in month if one.service.type == kind]
        hours = sum((one.times[2] - one.times[1]) / 3600 for one in some)
        assert low < sum(one.fuel.air for one in some) / hours < high


def test_fuel_by_hand() -> None:
    """50 t on landing over a tenth of the range parameter: 50,000 × (e^0.1 − 1) × (1 + 0.07 × 0.1), and the sums."""
    o = parameters()["operations"]
    spec = {"oew": 50_000 - 10_000 - o["reserve_kg"]["narrow"], "range": 20_000, "climb": 800, "taxi": 12, "apu": 120,
            "body": "narrow"}  # fmt: skip
    found = burnt(spec, 1.0, 2_000, 10_000, 20)
    assert found.air == pytest.approx(50_000 * 0.10517091807564763 * 1.007 + 800)
    assert (found.taxi, found.apu) == (240, 120 * o["apu_min"]["narrow"] / 60)


def test_the_fleet_is_shared_out_whole() -> None:
    assert apportioned(700, {"a": 2.0, "b": 1.0, "c": 1.0}) == {"a": 350, "b": 175, "c": 175}
    assert sum(apportioned(10, {"a": 1.0, "b": 1.0, "c": 1.0}).values()) == 10


def test_engines_fit_their_types(full: World) -> None:
    assert len(fleet(full)) == 700
    assert all(one.payload_kg < one.spec["mtow"] for one in fleet(full))
    assert all(one.seats == 0 for one in fleet(full) if one.operator == "CK")


def test_a_disordered_time_lies_before_the_one_it_follows() -> None:
    row = {name: f"2026-10-05T08:{minute:02d}:00+08:00" for name, minute in zip(TIMES, (0, 15, 40, 50), strict=True)}
    done = disordered(row, (0.9, 0.0, 0.0))
    assert done is not None
    assert (done.field, done.true_value) == ("takeoff_at", "2026-10-05T08:15:00+08:00")
    assert row["takeoff_at"] == "2026-10-05T07:59:00+08:00"
