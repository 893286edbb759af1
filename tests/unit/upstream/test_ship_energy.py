"""Ships: timetables that fit together, the guide's bounds, pages that the XSD accepts."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

import pytest

from infra.upstream.clock import epoch_of
from infra.upstream.ship_energy.source import FEEDS, KEYS, ShipSource
from infra.upstream.ship_energy.voyages import legs_arriving
from infra.upstream.world.model import World
from tests.unit.upstream.conftest import SEED
from tests.unit.upstream.guide import ship_findings, within_binomial

WINDOW = (epoch_of(2026, 2), epoch_of(2026, 5))


@pytest.fixture(scope="module")
def faulty(full: World, many_faults: dict[str, Any]) -> ShipSource:
    return ShipSource(full, many_faults["ship_energy"])


def findings(source: ShipSource, resource: str) -> tuple[int, set[tuple[str, int]]]:
    found, number = set(), 0
    for event in source.index[resource].window(*WINDOW):
        row, ship = source.render(resource, event)[0], event.ref[0]
        number += 1
        span = None
        if resource == "voyage-reports":
            times = [datetime.fromisoformat(row[name]) for name in ("departure_at", "arrival_at")]
            span = (times[1] - times[0]).total_seconds() / 3600
        if ship_findings(row, ship, span):
            found.add((row[KEYS[resource]], row["version"]))
    return number, found


def test_the_fleet_is_several_hundred_ships_of_55_companies(full: World) -> None:
    assert 300 <= len(full.fleet) <= 500
    assert len({s.company.code for s in full.fleet}) == 55
    assert len({s.ship_id for s in full.fleet}) == len(full.fleet)


def test_each_leg_starts_where_and_after_the_last_one_ended(full: World) -> None:
    for ship in [s for s in full.fleet if s.trade != "inland"][::9]:
        legs = legs_arriving(ship, epoch_of(2025, 6), epoch_of(2025, 12), SEED)
        assert legs
        for before, after in itertools.pairwise(legs):
            assert after.leg == before.leg + 1
            assert after.departure > before.arrival > before.departure
            assert after.departure_port == before.arrival_port != before.departure_port


@pytest.mark.parametrize("resource", ["voyage-reports", "annual-reports"])
def test_nothing_breaks_the_guide_where_nothing_was_planted(
    full: World, no_faults: dict[str, Any], resource: str
) -> None:
    number, found = findings(ShipSource(full, no_faults["ship_energy"]), resource)
    assert number > 100 and found == set()


@pytest.mark.parametrize("resource", ["voyage-reports", "annual-reports"])
def test_the_guide_finds_what_was_planted_and_nothing_else(faulty: ShipSource, resource: str) -> None:
    kinds = ("malformed", "impossible", "unit_slip", "broken_identity")
    truth = [t for t in faulty.truth(*WINDOW) if t["feed"] == FEEDS[resource] and t["kind"] in kinds]
    planted = {(t["business_key"][KEYS[resource]], t["version"]) for t in truth}
    assert len(planted) > 5
    assert findings(faulty, resource)[1] == planted


def test_an_answer_does_not_depend_on_what_was_asked_before(many_faults: dict[str, Any]) -> None:
    sources = [ShipSource(World(SEED, "small"), many_faults["ship_energy"]) for _ in range(2)]
    for month in (9, 3, 11):
        sources[0].index["voyage-reports"].window(epoch_of(2024, month), epoch_of(2025, month))
    for resource in FEEDS:
        one, two = ([s.render(resource, e) for e in s.index[resource].window(*WINDOW)] for s in sources)
        assert one == two != []


def test_faults_have_the_stated_rates(faulty: ShipSource) -> None:
    events = [e for e in faulty.index["voyage-reports"].window(*WINDOW) if not e.copy]
    first = [e for e in events if e.version == 1]
    planted = [faulty.render("voyage-reports", e)[1] for e in first]
    for kind in ("malformed", "impossible", "unit_slip", "broken_identity"):
        within_binomial(sum(p is not None and p.kind == kind for p in planted), len(first), faulty.rates[kind])
    copies = len(faulty.index["voyage-reports"].window(*WINDOW)) - len(events)
    within_binomial(copies, len(events), faulty.rates["duplicate"])


def test_every_inland_report_is_confirmed_in_september(small: World, no_faults: dict[str, Any]) -> None:
    source = ShipSource(small, no_faults["ship_energy"])
    events = source.index["annual-reports"].window(epoch_of(2026, 9), epoch_of(2026, 10))
    inland = [s for s in small.fleet if s.trade == "inland"]
    assert inland and sorted(e.ref[0].ship_id for e in events) == sorted(s.ship_id for s in inland)
    assert {e.version for e in events} == {2}
