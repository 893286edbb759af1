"""Registers of metro lines and line-stations."""

from __future__ import annotations

from collections.abc import Iterator

from infra.upstream.exchange.rail.network import lines, operator_of, stations
from infra.upstream.exchange.resource import Fault, Month, Resource, Row, known_at, register_version
from infra.upstream.world.model import World


def _lines(world: World, known: Month) -> Iterator[Row]:
    for line in lines(world.size):
        yield (
            line.code,
            line.name,
            operator_of(world, line),
            "磁浮" if line.maglev else "地铁",
            line.length_km,
            sum(s.line is line for s in stations(world.size)),
            line.cars,
            line.colour,
            register_version(known),
            known_at(world.seed, known, "metro_line", line.code),
        )


def _stations(world: World, known: Month) -> Iterator[Row]:
    for station in stations(world.size):
        yield (
            station.code,
            station.name,
            station.line.code,
            station.sequence,
            operator_of(world, station.line),
            station.district,
            station.longitude,
            station.latitude,
            register_version(known),
            known_at(world.seed, known, "metro_station", station.code),
        )


LINE = Resource(
    name="metro_line",
    title_zh="轨道交通线路名录",
    columns=(
        "line_code", "line_name", "enterprise_code", "system", "length_km", "stations", "cars_per_train", "colour",
        "version", "updated_at",
    ),
    rows=_lines,
    key=("line_code",),
    register=True,
)  # fmt: skip
STATION = Resource(
    name="metro_station",
    title_zh="轨道交通车站（按线路计）名录",
    columns=(
        "station_code", "station_name", "line_code", "sequence", "enterprise_code", "district_code", "longitude",
        "latitude", "version", "updated_at",
    ),
    rows=_stations,
    key=("station_code",),
    register=True,
    faults=(Fault("duplicate"),),
)  # fmt: skip
