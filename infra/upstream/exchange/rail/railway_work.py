"""The railway's lines and stations and their work in a month: parts of the one key unit's own."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from infra.upstream.rng import normals
from infra.upstream.world.enterprises import Enterprise
from infra.upstream.world.model import World

HERE = Path(__file__).parent
Month = tuple[int, int]
SERVICES = {"passenger": "客运", "freight": "货运"}
DIRECTIONS = ("下行", "上行")
SMALL_LINES = ("JHG", "JHX", "JSX")
CITY_PART = {"full": 0.18, "small": 0.05}  # part of the bureau's work on its lines in the city
ELSEWHERE = "OTH"  # the bureau's other lines, and its other stations and depots, in one row each


@dataclass(frozen=True)
class RailLine:
    """A railway line; weights share out the bureau's work."""

    code: str
    name: str
    kind: str
    electrified: str
    length_km: float | None
    weight: dict[str, float]


@dataclass(frozen=True)
class RailStation:
    """A railway station; freight stations have no coordinates."""

    code: str
    name: str
    kind: str
    lines: tuple[str, ...]
    longitude: float | None
    latitude: float | None
    district: str
    weight: float


class RailWork(NamedTuple):
    """One line, service and direction in a month. ``volume``: persons or tonnes; ``turnover``: person- or tonne-km."""

    train_km: float
    mean_train_mass_t: float
    gross_tonne_km: float
    volume: int
    turnover: float


@lru_cache(maxsize=1)
def parameters() -> dict[str, Any]:
    return yaml.safe_load((HERE / "railway_parameters.yaml").read_text(encoding="utf-8"))


def bureau(world: World) -> Enterprise:
    """The one key unit of the railway."""
    return next(e for e in world.enterprises if e.sector == "railway")


@lru_cache(maxsize=2)
def rail_lines(size: str) -> tuple[RailLine, ...]:
    """Lines of a world of this size in the city, and the bureau's other lines as one."""
    found = (
        RailLine(
            one["code"], one["name"], one["kind"], one["electrified"], float(one["length_km"]),
            {service: float(one[service]) for service in SERVICES},
        )
        for one in parameters()["lines"]
    )  # fmt: skip
    city = tuple(one for one in found if size == "full" or one.code in SMALL_LINES)
    return (*city, RailLine(ELSEWHERE, "局管内其他线路（市外）", "其他", "Y", None, dict.fromkeys(SERVICES, 0.0)))


@lru_cache(maxsize=2)
def rail_stations(size: str) -> tuple[RailStation, ...]:
    """Stations of a world of this size: those on its lines, and the bureau's other stations and depots as one."""
    known = {one.code for one in rail_lines(size)}
    with (HERE / "railway_stations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = (
        RailStation(
            row["station_code"], row["station_name"], row["kind"],
            tuple(code for code in row["lines"].split("|") if code in known), _number(row["longitude"]),
            _number(row["latitude"]), row["district_code"], float(row["weight"]),
        )
        for row in rows
    )  # fmt: skip
    other = RailStation(ELSEWHERE, "局管内其他车站与基地（市外）", "其他", (ELSEWHERE,), None, None, "outside", 0.0)
    return (*(one for one in found if one.lines), other)


def rail_work(world: World, month: Month) -> dict[tuple[str, str, str], RailWork]:
    """Work by (line, service, direction), adding up to the bureau's; a line without a service has none."""
    spec, out = parameters()["work"], {}
    owner, part = bureau(world), CITY_PART[world.size]
    totals = {
        "passenger": [world.physics.activity(owner, code, *month) for code in ("passengers", "passenger_km")],
        "freight": [0.0, world.physics.activity(owner, "tonne_km", *month)],
    }
    totals["freight"][0] = totals["freight"][1] / spec["freight"]["haul_km"]
    for service in SERVICES:
        weights = {one.code: one.weight[service] for one in rail_lines(world.size) if one.weight[service] > 0}
        shares = {code: part * weight / sum(weights.values()) for code, weight in weights.items()}
        for code, share in {**shares, ELSEWHERE: 1.0 - sum(shares.values())}.items():
            for direction, lean in zip(DIRECTIONS, _directions(world.seed, code, service, month), strict=True):
                volume, turnover = (total * share * lean for total in totals[service])
                out[code, service, direction] = _work(
                    world.seed, spec[service], volume, turnover, code, direction, month
                )
    return out


def _work(
    seed: int, spec: dict[str, float], volume: float, turnover: float, code: str, direction: str, month: Month
) -> RailWork:
    """Trains follow from load; gross mass is the train's own and its load's."""
    z = normals(seed, "rail train", code, direction, *month)
    load = spec["load"] * math.exp(0.03 * z[0])  # persons or tonnes a train
    mass = round(spec["empty_mass_t"] + load * spec["mass_of_load_t"] + 5.0 * z[1], 1)
    train_km = round(turnover / load, 1)
    return RailWork(train_km, mass, round(train_km * mass, 1), round(volume), round(turnover, 1))


def _directions(seed: int, code: str, service: str, month: Month) -> tuple[float, float]:
    spread = 0.01 if service == "passenger" else 0.12
    lean = 0.5 + spread * normals(seed, "rail direction", code, service)[0] / 2.0
    lean += 0.005 * normals(seed, "rail direction", code, service, *month)[0]
    return lean, 1.0 - lean


def _number(text: str) -> float | None:
    return float(text) if text else None
