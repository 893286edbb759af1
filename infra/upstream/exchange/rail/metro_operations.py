"""Monthly lists of the metro: lines, line-stations, flows between districts."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from infra.upstream.clock import days_in, label
from infra.upstream.exchange.rail.metro_work import (
    SYSTEMS,
    distance_km,
    line_work,
    operator,
    parameters,
    station_work,
)
from infra.upstream.exchange.rail.network import lines, operator_of, stations
from infra.upstream.exchange.resource import Fault, Month, Resource, Row, known_at, operated
from infra.upstream.world.climate import is_rest_day
from infra.upstream.world.model import World

KWH_PER_CAR_KM = (0.8, 8.0)
EXITS_RATIO = (0.5, 2.0)
STATION_MWH = 1500.0
RELATIVE = 0.005


def _line_months(world: World, known: Month) -> Iterator[Row]:
    month = operated(known)
    work = line_work(world, month)
    for line in lines(world.size):
        done = work[line.code]
        yield (
            line.code, label(month), operator_of(world, line), done.traction_mwh, done.train_km, done.car_km,
            done.boardings, done.passenger_km, 1, known_at(world.seed, known, "metro line", line.code),
        )  # fmt: skip


def _station_months(world: World, known: Month) -> Iterator[Row]:
    month = operated(known)
    work = station_work(world, month)
    for station in stations(world.size):
        done = work[station.code]
        yield (
            station.code, label(month), operator_of(world, station.line), round(sum(done.mwh.values()), 3),
            *(done.mwh[name] for name in SYSTEMS), done.entries, done.exits, 1,
            known_at(world.seed, known, "metro station", station.code),
        )  # fmt: skip


def _flow_months(world: World, known: Month) -> Iterator[Row]:
    """Trips by district of entry and exit: as willing as near, and as many as entered. The maglev is not in it."""
    month = operated(known)
    entries, exits, places = _districts(world, month)
    spec, rest = parameters()["flows"], _restday_share(month)
    code = operator(world, maglev=False).code
    for origin in sorted(entries):
        pulls = {
            to: exits[to]
            * math.exp(-distance_km(places[origin], places[to]) / spec["decay_km"])
            * (spec["own_district"] if to == origin else 1.0)
            for to in sorted(exits)
        }
        for to, pull in pulls.items():
            trips = round(entries[origin] * pull / sum(pulls.values()))
            restday = round(trips * rest)
            km = spec["access_km"] + spec["detour"] * distance_km(places[origin], places[to])
            yield (
                origin, to, label(month), code, trips, trips - restday, restday, round(trips * km, 1), 1,
                known_at(world.seed, known, "metro flow", origin, to),
            )  # fmt: skip


def _districts(world: World, month: Month) -> tuple[dict[str, float], dict[str, float], dict[str, tuple[float, float]]]:
    """Entries, exits and the middle of the stations, by district."""
    work = station_work(world, month)
    entries: dict[str, float] = defaultdict(float)
    exits: dict[str, float] = defaultdict(float)
    points: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for station in stations(world.size):
        if not station.line.maglev:
            entries[station.district] += work[station.code].entries
            exits[station.district] += work[station.code].exits
            points[station.district].append((station.longitude, station.latitude))
    middles = {d: (sum(p[0] for p in ps) / len(ps), sum(p[1] for p in ps) / len(ps)) for d, ps in points.items()}
    return entries, exits, middles


def _restday_share(month: Month) -> float:
    rest = sum(is_rest_day(date(*month, day)) for day in range(1, days_in(month) + 1))
    weight = parameters()["flows"]["restday_weight"] * rest
    return weight / (weight + days_in(month) - rest)


def _traction(kwh_per_car_km: float) -> Any:
    return lambda row: row["car_km"] * kwh_per_car_km / 1000.0


def _parts(factor: float) -> Any:
    return lambda row: factor * sum(row[f"{name}_mwh"] for name in SYSTEMS)


def _exits(ratio: float) -> Any:
    return lambda row: row["entries"] * ratio


def _whole(factor: float) -> Any:
    def bound(row: Mapping[str, Any]) -> float:
        return factor * row["passengers"]

    return bound


EVERY = (Fault("duplicate"), Fault("late"))
LINE_MONTH = Resource(
    name="metro_line_month",
    title_zh="轨道交通线路月度运行与牵引用电",
    columns=(
        "line_code", "period", "enterprise_code", "traction_mwh", "train_km", "car_km", "boardings", "passenger_km",
        "version", "updated_at",
    ),
    rows=_line_months,
    key=("line_code", "period"),
    period="period",
    faults=(
        *EVERY,
        Fault("correction", ("traction_mwh",)),
        Fault("malformed", ("traction_mwh", "passenger_km", "car_km")),
        Fault("impossible", ("traction_mwh",), low=_traction(KWH_PER_CAR_KM[0]), high=_traction(KWH_PER_CAR_KM[1])),
        Fault("unit_slip", ("traction_mwh",), low=_traction(KWH_PER_CAR_KM[0]), high=_traction(KWH_PER_CAR_KM[1])),
        Fault("broken_identity", ("train_km",)),
    ),
)  # fmt: skip
STATION_MONTH = Resource(
    name="metro_station_month",
    title_zh="轨道交通车站（按线路计）月度用电与客流",
    columns=(
        "station_code", "period", "enterprise_code", "electricity_mwh", *(f"{name}_mwh" for name in SYSTEMS), "entries",
        "exits", "version", "updated_at",
    ),
    rows=_station_months,
    key=("station_code", "period"),
    period="period",
    faults=(
        *EVERY,
        Fault("correction", ("electricity_mwh", *(f"{name}_mwh" for name in SYSTEMS))),
        Fault("malformed", ("electricity_mwh", "hvac_mwh", "entries")),
        Fault("impossible", ("exits",), low=_exits(EXITS_RATIO[0]), high=_exits(EXITS_RATIO[1])),
        Fault("impossible", ("hvac_mwh", "lighting_mwh"), low=0.0),
        Fault("unit_slip", ("electricity_mwh",), low=_parts(1 - RELATIVE), high=_parts(1 + RELATIVE)),
        Fault("broken_identity", ("electricity_mwh",)),
    ),
)  # fmt: skip
FLOW_MONTH = Resource(
    name="metro_flow_month",
    title_zh="轨道交通区间客流（按进站区与出站区）",
    columns=(
        "origin_district", "destination_district", "period", "enterprise_code", "passengers", "workday_passengers",
        "restday_passengers", "passenger_km", "version", "updated_at",
    ),
    rows=_flow_months,
    key=("origin_district", "destination_district", "period"),
    period="period",
    faults=(
        *EVERY,
        Fault("malformed", ("passengers", "passenger_km")),
        Fault("impossible", ("workday_passengers",), low=0.0),
        Fault("unit_slip", ("passengers",), low=_whole(1 - RELATIVE), high=_whole(1 + RELATIVE)),
        Fault("broken_identity", ("passengers",), absolute=2.0),
    ),
)  # fmt: skip
