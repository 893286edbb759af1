"""Registers of railway lines, stations and trains (timetable and train types)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.upstream.exchange.rail.railway_work import RailLine, bureau, parameters, rail_lines, rail_stations
from infra.upstream.exchange.resource import Fault, Month, Resource, Row, known_at, register_version
from infra.upstream.rng import draws
from infra.upstream.world.model import World

DAY_MINUTES = 24 * 60
FREIGHT_KINDS = {"Y": "freight_electric", "N": "freight_diesel"}
SPEED_KMH = {"高速": 230, "城际": 150, "市域": 90, "普速": 85}
MASS_T = 10_000.0


def _lines(world: World, known: Month) -> Iterator[Row]:
    for one in rail_lines(world.size):
        yield (
            one.code, one.name, one.kind, one.electrified, one.length_km, bureau(world).code, register_version(known),
            known_at(world.seed, known, "railway line", one.code),
        )  # fmt: skip


def _stations(world: World, known: Month) -> Iterator[Row]:
    for one in rail_stations(world.size):
        yield (
            one.code, one.name, one.kind, "|".join(one.lines), bureau(world).code, one.district, one.longitude,
            one.latitude, register_version(known), known_at(world.seed, known, "railway station", one.code),
        )  # fmt: skip


def _trains(world: World, known: Month) -> Iterator[Row]:
    """Trains by line and service in the measure of the line's work; numbers, times and places are drawn."""
    wanted = parameters()["trains_full" if world.size == "full" else "trains_small"]
    chosen = [
        (one, service, weight) for one in rail_lines(world.size) for service, weight in one.weight.items() if weight
    ]
    whole, number = sum(weight for _, _, weight in chosen), 0
    for line, service, weight in chosen:
        for _ in range(max(1, round(wanted * weight / whole))):
            number += 1
            yield _train(world, known, line, service, number)


def _train(world: World, known: Month, line: RailLine, service: str, number: int) -> Row:
    u = draws(world.seed, "train", number)
    table = parameters()["trains"][line.kind if service == "passenger" else FREIGHT_KINDS[line.electrified]]
    letter, model, power, cars, seats, mass, _ = _of_type(table, u[0])
    places = parameters()["places"][line.kind if service == "passenger" else "freight"]
    away = places[int(u[1] * len(places))]
    here = [s for s in rail_stations(world.size) if line.code in s.lines]
    home = here[int(u[2] * len(here))].code if here else ""
    leaves = int(u[3] * (DAY_MINUTES - 360)) + 360 if service == "passenger" else int(u[3] * DAY_MINUTES)
    minutes = max(5, round((line.length_km or 0.0) / (SPEED_KMH[line.kind] if service == "passenger" else 60) * 60))
    outward = number % 2 == 1
    return (
        f"{letter}{1000 + number}", bureau(world).code, line.code, "客运" if service == "passenger" else "货运",
        "下行" if outward else "上行", home, away, _clock(leaves), _clock(leaves + minutes), model, power, cars, seats,
        mass, "每日" if u[4] < 0.8 else "周末及高峰", register_version(known),
        known_at(world.seed, known, "train", number),
    )  # fmt: skip


def _of_type(table: list[list[Any]], u: float) -> list[Any]:
    for row in table:
        u -= row[-1]
        if u < 0:
            return row
    return table[-1]


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


LINE = Resource(
    name="railway_line",
    title_zh="铁路线路名录",
    columns=(
        "line_code", "line_name", "kind", "electrified", "length_km", "enterprise_code", "version", "updated_at",
    ),
    rows=_lines,
    key=("line_code",),
    register=True,
)  # fmt: skip
STATION = Resource(
    name="railway_station",
    title_zh="铁路车站名录",
    columns=(
        "station_code", "station_name", "kind", "line_codes", "enterprise_code", "district_code", "longitude",
        "latitude", "version", "updated_at",
    ),
    rows=_stations,
    key=("station_code",),
    register=True,
)  # fmt: skip
TRAIN = Resource(
    name="railway_train",
    title_zh="列车排班计划表和车型",
    columns=(
        "train_no", "enterprise_code", "line_code", "service", "direction", "station_code", "far_place", "departs",
        "arrives", "train_type", "power", "cars", "seats", "gross_mass_t", "runs", "version", "updated_at",
    ),
    rows=_trains,
    key=("train_no",),
    register=True,
    charset="gb18030",
    faults=(
        Fault("duplicate"),
        Fault("malformed", ("gross_mass_t",)),
        Fault("impossible", ("gross_mass_t",), high=MASS_T),
    ),
)  # fmt: skip
