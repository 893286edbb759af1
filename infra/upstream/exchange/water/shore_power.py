"""Shore-power facilities of the ports and the calls of ships that took power from them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from infra.upstream.clock import days_in, iso, month_start, shift
from infra.upstream.exchange.resource import Fault, Month, Resource, Row, known_at, operated
from infra.upstream.exchange.water.parameters import parameters, ports, sea_ships
from infra.upstream.rng import draws
from infra.upstream.ship_energy.voyages import HOUR, legs_arriving
from infra.upstream.world.enterprises import Enterprise
from infra.upstream.world.model import World

FACILITY_COLUMNS = (
    "facility_id", "enterprise_code", "berth", "voltage_kv", "frequency_hz", "capacity_kva", "commissioned_on",
    "version", "updated_at",
)  # fmt: skip
CALL_COLUMNS = (
    "call_id", "facility_id", "enterprise_code", "ship_id", "ship_name", "company_code", "connected_at",
    "disconnected_at", "connected_hours", "energy_kwh", "version", "updated_at",
)  # fmt: skip


class Facility(NamedTuple):
    """One shore connection: kV, Hz, kVA."""

    facility_id: str
    owner: Enterprise
    berth: str
    voltage: float
    frequency: int
    capacity: int
    commissioned: str


class Call(NamedTuple):
    """One connection of a ship; ``company`` is empty for ships that are in no register here."""

    call_id: str
    facility: Facility
    ship_id: str
    ship_name: str
    company: str
    start: int
    stop: int
    kwh: float


@lru_cache(maxsize=4)
def facilities(world: World) -> tuple[Facility, ...]:
    """All facilities, in order of their owners."""
    spec, found = parameters()["shore_power"], []
    for e in ports(world):
        number = spec["small"] if world.size == "small" else max(2, round(spec["facilities_per_size"] * e.size))
        for i in range(number):
            u = draws(world.seed, "facility", e.index, i)
            capacity = spec["capacity_kva"][min(int(u[0] ** 1.5 * 5), 4)]
            high = capacity >= 2000
            voltage, frequency = (6.6 if u[1] < 0.5 else 11.0, 60) if high else (0.4, 50)
            began = f"{2016 + int(9 * u[2])}-{1 + int(12 * u[3]):02d}-01"
            found.append(
                Facility(f"SP{e.index:03d}{i + 1:02d}", e, f"{i + 1}号泊位", voltage, frequency, capacity, began)
            )
    return tuple(found)


def facility_rows(world: World, known: Month) -> Iterator[Row]:
    """The register as confirmed in a month."""
    version = (known[0] - 2023) * 12 + known[1]
    for f in facilities(world):
        at = known_at(world.seed, known, f.facility_id, last_day=3)
        yield (
            f.facility_id, f.owner.code, f.berth, f.voltage, f.frequency, f.capacity, f.commissioned, version, at
        )  # fmt: skip


@lru_cache(maxsize=4)
def calls(world: World, month: Month) -> tuple[Call, ...]:
    """Calls that ended their connection in a month: ships of the fleet first, then visitors."""
    return (*_fleet_calls(world, month), *_visitors(world, month))


def _fleet_calls(world: World, month: Month) -> Iterator[Call]:
    since, before = month_start(month), month_start(shift(month, 1))
    for ship in (s for s in sea_ships(world) if s.shore_power):
        for voyage in legs_arriving(ship, since, before, world.seed):
            if voyage.arrival_port != ship.home or not voyage.shore_kwh:
                continue
            u = draws(world.seed, "shore call", ship.index, voyage.leg)
            hours = voyage.berth_hours * 0.8
            kwh = round(voyage.shore_kwh * (0.99 + 0.02 * u[1]), 1)
            start = voyage.arrival + int((0.5 + u[2]) * HOUR)
            where = _facility(world, u[0], kwh / hours)
            key = f"{ship.ship_id}-{voyage.leg:05d}"
            yield Call(key, where, ship.ship_id, ship.name, ship.company.code, start, start + int(hours * 60) * 60, kwh)


def _visitors(world: World, month: Month) -> Iterator[Call]:
    spec = parameters()["shore_power"]
    for i in range(3 if world.size == "small" else spec["visitors"]):
        u = draws(world.seed, "visitor", i, *month)
        hours = spec["visitor_hours"][0] + u[0] * (spec["visitor_hours"][1] - spec["visitor_hours"][0])
        kw = spec["visitor_kw"][0] + u[1] * (spec["visitor_kw"][1] - spec["visitor_kw"][0])
        start = month_start(month) + int(u[2] * (days_in(month) * 24 - hours - 1) * HOUR)
        name = f"访轮{i + 1:03d}（模拟）"
        key = f"V{month[0]:04d}{month[1]:02d}{i + 1:04d}"
        yield Call(
            key, _facility(world, u[3], kw), "", name, "", start, start + int(hours * 60) * 60, round(kw * hours, 1)
        )


def _facility(world: World, u: float, kw: float) -> Facility:
    """A facility that can carry the load."""
    wanted = kw / parameters()["shore_power"]["power_factor"] * 1.05
    able = [f for f in facilities(world) if f.capacity >= wanted]
    able = able or sorted(facilities(world), key=lambda f: f.capacity)[-1:]
    return able[int(u * len(able))]


def call_rows(world: World, known: Month) -> Iterator[Row]:
    """Calls of the month before."""
    for call in calls(world, operated(known)):
        at = known_at(world.seed, known, call.call_id, last_day=10)
        hours = round((call.stop - call.start) / HOUR, 2)
        yield (
            call.call_id, call.facility.facility_id, call.facility.owner.code, call.ship_id, call.ship_name,
            call.company, iso(call.start), iso(call.stop), hours, call.kwh, 1, at,
        )  # fmt: skip


FACILITY = Resource(
    name="shore_power_facility",
    title_zh="港口岸电设施名录",
    columns=FACILITY_COLUMNS,
    rows=facility_rows,
    key=("facility_id",),
    register=True,
    faults=(Fault("duplicate"),),
)
CALL = Resource(
    name="shore_power_call",
    title_zh="船舶岸电使用记录",
    columns=CALL_COLUMNS,
    rows=call_rows,
    key=("call_id",),
    period="connected_at",
    faults=(
        Fault("duplicate"), Fault("late"), Fault("correction", ("energy_kwh",)),
        Fault("malformed", ("energy_kwh", "connected_hours")),
        Fault("broken_identity", ("connected_hours",), relative=0.01, absolute=0.05),
        Fault("impossible", ("energy_kwh",), low=0.0),
    ),
)  # fmt: skip
