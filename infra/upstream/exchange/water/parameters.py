"""Own parameters of the water domain, and who takes part in it."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from infra.upstream.world.enterprises import Enterprise
from infra.upstream.world.fleet import Ship
from infra.upstream.world.model import World

HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def parameters() -> dict[str, Any]:
    """``parameters.yaml``."""
    return yaml.safe_load((HERE / "parameters.yaml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def tracks() -> dict[str, Any]:
    """``tracks.yaml``: way points (longitude, latitude) of routes."""
    return yaml.safe_load((HERE / "tracks.yaml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def port_places() -> dict[str, tuple[float, float]]:
    """Port code → (latitude, longitude) of its schematic berth."""
    with (HERE / "ports.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: (float(row["latitude_deg"]), float(row["longitude_deg"])) for row in csv.DictReader(lines)}


def ports(world: World) -> list[Enterprise]:
    """Port enterprises in register order."""
    return [e for e in world.enterprises if e.sector == "port"]


def sea_ships(world: World) -> list[Ship]:
    """Ships with a timetable of voyages (not inland)."""
    return [s for s in world.fleet if s.trade != "inland"]


def split(total: float, weights: list[float], digits: int) -> list[float]:
    """Parts of a total by weight, rounded; the largest part takes what rounding leaves, so that parts add up."""
    whole = sum(weights)
    parts = [round(total * w / whole, digits) if whole else 0.0 for w in weights]
    if parts:
        largest = max(range(len(parts)), key=lambda i: parts[i])
        parts[largest] = round(parts[largest] + total - sum(parts), digits)
    return parts
