"""Ports and shipping of the exchange tell of the same month as the reporting and ship platforms, and as the models."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

from infra.upstream.clock import epoch_of, month_start
from infra.upstream.exchange.water import ais, bunker, cranes, fleet_register, port_energy, shore_power, throughput
from infra.upstream.exchange.water.parameters import parameters, port_places, ports, split
from infra.upstream.ship_energy.voyages import HOUR, legs_arriving
from infra.upstream.world.model import World
from spark_jobs.models.registry import model

KNOWN, MONTH = (2026, 10), (2026, 9)
YEAR = [(2025, m) for m in range(1, 13)]


def records(resource, world: World, known=KNOWN) -> list[dict]:
    return [dict(zip(resource.columns, row, strict=True)) for row in resource.rows(world, known)]


def test_throughput_adds_up_to_the_monthly_report(full: World) -> None:
    rows = records(throughput.THROUGHPUT, full)
    for e in ports(full):
        own = [row for row in rows if row["enterprise_code"] == e.code]
        assert sum(row["throughput_t"] for row in own) == full.physics.activity(e, "throughput_t", *MONTH)
        assert sum(row["teu"] or 0 for row in own) == full.physics.activity(e, "teu", *MONTH)
        assert all(row["inbound_t"] + row["outbound_t"] == row["throughput_t"] for row in own)
    assert {row["scope"] for row in rows} == {"内贸", "外贸"}
    assert sum(row["passengers"] or 0 for row in rows) > 50_000


def test_processes_add_up_to_the_monthly_report_and_power_sold_on_is_apart(full: World) -> None:
    sold = defaultdict(float)
    for call in records(shore_power.CALL, full):
        sold[call["enterprise_code"]] += call["energy_kwh"] / 1000.0
    rows = records(port_energy.PORT_ENERGY, full)
    by_code = {e.code: e for e in ports(full)}
    for row in rows:
        used = full.physics.consumption(by_code[row["enterprise_code"]], row["energy_code"], *MONTH)
        assert row["own_use"] == pytest.approx(used, abs=0.01)
        assert sum(row[part] for part in port_energy.PARTS) == pytest.approx(row["own_use"], abs=0.006)
        if row["energy_code"] == "electricity":
            comes, goes = row["purchased"] + row["photovoltaic_mwh"], row["sold_shore_mwh"] + row["sold_tenant_mwh"]
            assert comes == pytest.approx(row["own_use"] + goes, abs=0.02)
            assert row["sold_shore_mwh"] == pytest.approx(sold[row["enterprise_code"]], abs=0.01)
    assert any(row["photovoltaic_mwh"] for row in rows)


def test_a_call_takes_what_the_ship_reports_for_the_voyage(full: World) -> None:
    reported = {
        f"{ship.ship_id}-{leg.leg:05d}": leg.shore_kwh
        for ship in full.fleet
        if ship.trade != "inland" and ship.shore_power
        for leg in legs_arriving(ship, month_start(MONTH), month_start(KNOWN), full.seed)
    }
    calls = [call for call in records(shore_power.CALL, full) if call["company_code"]]
    assert len(calls) > 80
    for call in calls:
        assert call["energy_kwh"] == pytest.approx(reported[call["call_id"]], rel=0.0101)


def test_delivery_notes_of_a_year_are_what_was_burnt(full: World) -> None:
    """A ship's year within its tank (half a mean month's fuel) and 0.3 % noise; the fleet's within 1 %."""
    taken, burnt = defaultdict(float), defaultdict(float)
    ships = full.fleet[::7]
    for month in YEAR:
        for ship in ships:
            for fuel, tonnes in bunker.delivered(full, ship, month).items():
                taken[ship.ship_id, fuel] += tonnes
            for fuel, tonnes in bunker.burnt(full, ship, month).items():
                burnt[ship.ship_id, fuel] += tonnes
    inside = 0
    for ship in ships:
        for fuel, tank in bunker.mean_fuel(ship).items():
            key = (ship.ship_id, fuel)
            inside += abs(taken[key] - burnt[key]) <= parameters()["bunker"]["tank"] * tank + 0.01
    assert inside >= 0.97 * len(taken)  # a month with more stock than need has no delivery below zero
    assert sum(taken.values()) == pytest.approx(sum(burnt.values()), rel=0.01)


def test_fuel_spread_over_months_is_the_fuel_of_the_voyages(full: World) -> None:
    ship = next(s for s in full.fleet if s.trade == "coastal")
    burnt = sum(sum(bunker.burnt(full, ship, month).values()) for month in YEAR)
    legs = legs_arriving(ship, epoch_of(2025, 1), epoch_of(2026, 1), full.seed)
    reported = sum(sum(bunker._by_fuel(ship, leg.main_t, leg.aux_t).values()) for leg in legs)
    assert burnt == pytest.approx(reported, rel=2.0 / len(legs))


def test_notes_weigh_what_volume_and_density_give(full: World) -> None:
    rows = records(bunker.NOTE, full)
    assert len({row["note_id"] for row in rows}) == len(rows) > 600
    assert all(
        row["volume_m3"] * row["density_kg_m3"] / 1000 == pytest.approx(row["mass_t"], abs=0.002) for row in rows
    )


def test_a_track_moves_as_fast_as_it_says_and_ends_at_the_berth(full: World) -> None:
    ship = ais.covered(full)[0]
    voyage = legs_arriving(ship, month_start(MONTH), month_start(KNOWN), full.seed)[0]
    first, later = voyage.departure + HOUR, voyage.departure + HOUR + 600
    lat, lon, knots, status = ais.place(voyage, first, 0.5)
    lat2, lon2, _, _ = ais.place(voyage, later, 0.5)
    miles = 60 * math.hypot(lat2 - lat, (lon2 - lon) * math.cos(math.radians(lat)))
    assert status == "在航"
    assert miles * 6 == pytest.approx(knots, rel=0.05)
    lat, lon, knots, status = ais.place(voyage, voyage.arrival + HOUR, 0.5)
    assert (status, knots < 0.2) == ("靠泊", True)
    assert (lat, lon) == pytest.approx(port_places()[voyage.arrival_port], abs=0.01)


def test_positions_come_from_the_stated_ships_every_ten_minutes(full: World) -> None:
    named = {row["ship_id"] for row in records(fleet_register.FLEET, full) if row["ais_covered"] == "Y"}
    assert len(named) == parameters()["ais"]["ships"]
    times = defaultdict(list)
    for row in records(ais.AIS, full):
        times[row["ship_id"]].append(datetime.fromisoformat(row["positioned_at"]).timestamp())
    assert set(times) == named
    gaps = np.concatenate([np.diff(t) for t in times.values()])
    assert gaps.min() == np.median(gaps) == 600
    assert 0.005 < 1 - sum(map(len, times.values())) / (len(named) * 30 * 144) < 0.02


def test_the_crane_model_is_near_the_meters_of_the_cranes(full: World) -> None:
    """Other equations, parameters off the model's: within 12 % a kind, as RSU_ACTIVITY_modelled says (10 %, k = 1)."""
    rows = [row for row in records(cranes.CRANE_MOVE, full)[::10] if row["metered_kwh"]]
    names = ("move_id", "crane_id", "mass_t", "hoist_m", "trolley_m", "gantry_m", "moves", "teu", "boom_cycles")
    asked = {name: [row[name] for row in rows] for name in names}
    asked |= {"kind": [row["kind"] for row in rows], "time": [row["hour_start"] for row in rows]}
    found = model("bridge-crane").run(pa.table(asked)).to_pylist()
    modelled, metered = defaultdict(float), defaultdict(float)
    for row, answer in zip(rows, found, strict=True):
        modelled[row["kind"]] += answer["electricity_kwh"]
        metered[row["kind"]] += row["metered_kwh"]
    assert set(modelled) == {"岸桥", "轮胎吊", "轨道吊"}
    for kind, kwh in metered.items():
        assert modelled[kind] == pytest.approx(kwh, rel=0.12), kind


def test_parts_add_up_whatever_rounding_leaves() -> None:
    assert split(10.0, [1, 1, 1], 2) == [3.34, 3.33, 3.33]
    assert sum(split(0.07, [1] * 9, 2)) == pytest.approx(0.07)
    assert split(5.0, [0, 0], 2) == [5.0, 0.0]
