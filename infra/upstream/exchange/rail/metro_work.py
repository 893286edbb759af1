"""What a metro line and a line-station did in a month: parts of the operator's own work and electricity."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from infra.upstream.exchange.rail.network import Line, Station, lines, stations
from infra.upstream.rng import normals
from infra.upstream.world.climate import cooling_need, heating_need, temperature
from infra.upstream.world.enterprises import Enterprise, sectors
from infra.upstream.world.model import World

Month = tuple[int, int]
SYSTEMS = ("hvac", "lighting", "escalator", "signal", "drainage", "retail")
KM_PER_DEGREE = 111.2


class LineWork(NamedTuple):
    """A line's month; boardings count a transfer again."""

    car_km: float
    train_km: float
    boardings: int
    passenger_km: float
    traction_mwh: float


class StationWork(NamedTuple):
    """A line-station's month: people through the gates, MWh by system."""

    entries: int
    exits: int
    mwh: dict[str, float]


@lru_cache(maxsize=1)
def parameters() -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "metro_parameters.yaml").read_text(encoding="utf-8"))


def operator(world: World, maglev: bool) -> Enterprise:
    """The enterprise behind the lines of one system."""
    metro = [e for e in world.enterprises if e.sector == "metro"]
    return metro[-1 if maglev else 0]


def part(world: World) -> float:
    """Part of the operator's work that this world's lines do."""
    return 1.0 if world.size == "full" else float(parameters()["small_part"])


@lru_cache(maxsize=8)
def line_work(world: World, month: Month) -> dict[str, LineWork]:
    """Work of every line by code; lines of a system add up to their operator's activity."""
    out: dict[str, LineWork] = {}
    for maglev in (False, True):
        chosen = [one for one in lines(world.size) if one.maglev is maglev]
        if chosen:
            out |= _system(world, month, chosen, operator(world, maglev))
    return out


def _system(world: World, month: Month, chosen: list[Line], owner: Enterprise) -> dict[str, LineWork]:
    activity, share = world.physics.activity, part(world)
    busy = {one.code: _busy(world.seed, one, month) for one in chosen}
    run = _shares(
        {one.code: busy[one.code] * one.length_km * one.cars ** _p("lines", "cars_share_power") for one in chosen}
    )
    carry = _shares({one.code: busy[one.code] ** 1.4 * one.stations * math.sqrt(one.length_km) for one in chosen})
    ride = _shares({one.code: carry[one.code] * (3.0 + 0.12 * one.length_km) for one in chosen})
    car_km = {code: activity(owner, "car_km", *month) * share * s for code, s in run.items()}
    used = _shares({one.code: car_km[one.code] * _kwh_per_car_km(world.seed, one, month) for one in chosen})
    traction = _electricity(world, owner, month, 0) * share
    return {
        one.code: LineWork(
            round(car_km[one.code], 1),
            round(car_km[one.code] / one.cars, 2),
            round(activity(owner, "passengers", *month) * share * carry[one.code]),
            round(activity(owner, "passenger_km", *month) * share * ride[one.code], 1),
            round(traction * used[one.code], 3),
        )
        for one in chosen
    }


@lru_cache(maxsize=8)
def station_work(world: World, month: Month) -> dict[str, StationWork]:
    """Work of every line-station by code; stations of a system add up to their operator's station electricity."""
    out: dict[str, StationWork] = {}
    for maglev in (False, True):
        chosen = [one for one in stations(world.size) if one.line.maglev is maglev]
        if chosen:
            out |= _stations(world, month, chosen, operator(world, maglev))
    return out


def _stations(world: World, month: Month, chosen: list[Station], owner: Enterprise) -> dict[str, StationWork]:
    share = part(world)
    names = [one.name for one in chosen]
    crossing = {one.code: names.count(one.name) > 1 for one in chosen}
    power = _shares({one.code: _size(world.seed, one, month, crossing[one.code]) for one in chosen})
    through = _shares({one.code: _gate(world.seed, one, month, crossing[one.code]) for one in chosen})
    transfers = 1.0 if owner is not operator(world, maglev=False) else _p("stations", "transfers")
    trips = world.physics.activity(owner, "passengers", *month) * share / transfers
    total = _electricity(world, owner, month, 1) * share
    out = {}
    for one in chosen:
        z = normals(world.seed, "metro exits", one.code, *month)
        entries = round(trips * through[one.code])
        out[one.code] = StationWork(
            entries, round(entries * (1.0 + 0.008 * z[0])), _by_system(world.seed, one, month, total * power[one.code])
        )
    return out


def _electricity(world: World, owner: Enterprise, month: Month, use: int) -> float:
    """MWh that sub-meters show for traction (use 0) or stations (use 1)."""
    share = sectors()["metro"]["energies"]["electricity"]["use"][use]
    z = normals(world.seed, "metro metering", owner.index, use, *month)[0]
    return world.physics.consumption(owner, "electricity", *month) * share * math.exp(_p("metering_noise") * z)


def _busy(seed: int, line: Line, month: Month) -> float:
    lasting = (
        _p("lines", "maglev_busy") if line.maglev else _lognormal(seed, _p("lines", "busy_spread"), "busy", line.code)
    )
    return lasting * _lognormal(seed, _p("line_noise"), "line month", line.code, *month)


def _kwh_per_car_km(seed: int, line: Line, month: Month) -> float:
    spec, celsius = parameters()["traction"], temperature(seed, *month)
    spacing = line.length_km / max(1, line.stations - 1)
    weather = 1.0 + spec["cooling"] * cooling_need(celsius) + spec["heating"] * heating_need(celsius)
    return (spec["base"] + spec["stop"] / spacing) * weather * _lognormal(seed, spec["habit"], "traction", line.code)


def _size(seed: int, station: Station, month: Month, crossing: bool) -> float:
    own = _lognormal(seed, _p("stations", "size_spread"), "station size", station.code)
    return (
        own
        * (_p("stations", "interchange") if crossing else 1.0)
        * _lognormal(seed, 0.02, "power", station.code, *month)
    )


def _gate(seed: int, station: Station, month: Month, crossing: bool) -> float:
    own = _lognormal(seed, _p("stations", "entry_spread"), "station entries", station.code)
    far = distance_km((station.longitude, station.latitude), tuple(parameters()["stations"]["centre"]))
    near = math.exp(-far / _p("stations", "centre_km"))
    boost = _p("stations", "entry_interchange") if crossing else 1.0
    return own * near * boost * _lognormal(seed, 0.03, "entries", station.code, *month)


def _by_system(seed: int, station: Station, month: Month, mwh: float) -> dict[str, float]:
    celsius = temperature(seed, *month)
    need = {"cooling": cooling_need(celsius), "heating": heating_need(celsius)}
    weights = {
        name: spec["share"]
        * (1.0 + sum(spec[kind] * value for kind, value in need.items()))
        * _lognormal(seed, 0.12, "system", station.code, name)
        for name, spec in parameters()["systems"].items()
    }
    return {name: round(mwh * share, 3) for name, share in _shares(weights).items()}


def distance_km(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Distance of two points (longitude, latitude) on a plane tangent to the city."""
    east = (one[0] - other[0]) * math.cos(math.radians((one[1] + other[1]) / 2.0))
    return KM_PER_DEGREE * math.hypot(east, one[1] - other[1])


@lru_cache(maxsize=1 << 14)
def _lognormal(seed: int, spread: float, *key: object) -> float:
    return math.exp(spread * normals(seed, "metro", *key)[0])


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    total = sum(weights.values())
    return {code: weight / total for code, weight in weights.items()}


def _p(*path: str) -> float:
    found: Any = parameters()
    for name in path:
        found = found[name]
    return float(found)
