"""Real metro lines and stations (SOURCE.md); the small world has the three lines with fewest stations."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from infra.upstream.world.model import World

HERE = Path(__file__).parent
SMALL_LINES = ("L16", "L17", "PJL")


@dataclass(frozen=True)
class Line:
    """A metro line; ``length_km`` follows from coordinates."""

    code: str
    name: str
    colour: str
    length_km: float
    stations: int
    cars: int
    maglev: bool


@dataclass(frozen=True)
class Station:
    """A line-station: an interchange is one per line. WGS-84."""

    code: str
    name: str
    line: Line
    sequence: int
    longitude: float
    latitude: float
    district: str


@lru_cache(maxsize=2)
def lines(size: str) -> tuple[Line, ...]:
    """Lines of a world of this size, in order."""
    found = [
        Line(
            row["line_code"],
            row["line_name"],
            row["colour"],
            float(row["length_km"]),
            int(row["stations"]),
            int(row["cars_per_train"]),
            row["maglev"] == "Y",
        )
        for row in _table("metro_lines.csv")
    ]
    return tuple(one for one in found if size == "full" or one.code in SMALL_LINES)


@lru_cache(maxsize=2)
def stations(size: str) -> tuple[Station, ...]:
    """Line-stations of a world of this size, by line and sequence."""
    known = {one.code: one for one in lines(size)}
    return tuple(
        Station(
            f"{row['line_code']}{int(row['sequence']):02d}",
            row["station_name"],
            known[row["line_code"]],
            int(row["sequence"]),
            float(row["longitude"]),
            float(row["latitude"]),
            row["district_code"],
        )
        for row in _table("metro_stations.csv")
        if row["line_code"] in known
    )


@lru_cache(maxsize=64)
def operator_of(world: World, line: Line) -> str:
    """Credit code of the enterprise that runs a line: the second metro enterprise runs the maglev."""
    metro = [e for e in world.enterprises if e.sector == "metro"]
    return metro[-1 if line.maglev else 0].code


def _table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
