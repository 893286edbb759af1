"""Content faults of the ship platform: changes a true record in place and says what was changed."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from infra.upstream.planting import Planted, beyond, malformed_number
from infra.upstream.ship_energy.voyages import HOUR
from infra.upstream.world.fleet import Ship

KINDS = ("malformed", "impossible", "unit_slip", "broken_identity")
FUELS = ("hfo_t", "lfo_t", "mdo_t", "lng_t", "methanol_t")
OIL_EQUIVALENT = {"hfo_t": 1.0, "lfo_t": 1.0, "mdo_t": 1.0, "lng_t": 1.2, "methanol_t": 0.48}
FUEL_SLIPS, DISTANCE_SLIPS = (1000.0, 0.001, 10.0, 0.1), (10.0, 0.1)


@lru_cache(maxsize=1)
def bounds() -> dict[str, Any]:
    """The guide's bounds as numbers."""
    return yaml.safe_load((Path(__file__).parent / "bounds.yaml").read_text(encoding="utf-8"))


def plant(kind: str, row: dict[str, Any], ship: Ship, u: tuple[float, ...], span_s: int | None) -> Planted:
    """Plants one fault; ``span_s`` is the time from departure to arrival of a voyage, None for a year."""
    if kind == "malformed":
        fields = ("distance_nm", "cargo_t", _main_column(row))
        name = fields[int(u[0] * len(fields))]
        true = row[name]
        row[name] = malformed_number(float(true), u[1])
        return Planted(kind, name, true, row[name])
    if kind == "broken_identity":
        return _broken(row, u)
    if kind == "unit_slip":
        return _slip(row, ship, u)
    choice = ("speed", "fuel", "cargo", "hours", "negative")[int(u[0] * 5)]
    return _impossible(choice, row, ship, beyond(u[1]), u[2] < 0.5, span_s)


def fuel_severity(row: dict[str, Any], ship: Ship) -> float:
    """Fuel per nautical mile against the guide: 1 at either bound."""
    oil_kg = sum(OIL_EQUIVALENT[f] * row.get(f, 0.0) for f in FUELS) * 1000.0
    table = bounds()
    ratio = oil_kg / row["distance_nm"] / (table["fuel_k"][ship.ship_type] * ship.deadweight**0.5)
    return max(ratio, 1.0 / ratio) / table["fuel_ratio"]


def speed_severity(row: dict[str, Any], ship: Ship) -> float:
    """Speed against the guide: 1 at the nearer bound."""
    low, high = bounds()["speed_knots"][ship.ship_type]
    knots = row["distance_nm"] / row["hours_under_way"]
    return max(knots / high, low / knots)


def _main_column(row: dict[str, Any]) -> str:
    return max((f for f in FUELS if f in row), key=lambda f: row[f])


def _broken(row: dict[str, Any], u: tuple[float, ...]) -> Planted:
    """Transport work moved away from cargo × distance by a multiple of its tolerance (relative to the product)."""
    limits, true, times = bounds()["work"], row["transport_work_tnm"], beyond(u[0])
    tolerance = max(limits["relative"] * true, limits["absolute"])
    row["transport_work_tnm"] = round(true + tolerance * times, 6)
    return Planted("broken_identity", "transport_work_tnm", true, row["transport_work_tnm"], times)


def _slip(row: dict[str, Any], ship: Ship, u: tuple[float, ...]) -> Planted:
    if u[0] < 0.7:
        name, factor = _main_column(row), FUEL_SLIPS[int(u[1] * 4)]
        true = row[name]
        _scale_fuels(row, factor)
        if fuel_severity(row, ship) <= 1.0:  # within the guide: nobody could see it, so the slip is made twice
            _scale_fuels(row, factor)
        return Planted("unit_slip", name, true, row[name], fuel_severity(row, ship))
    true, factor = row["distance_nm"], DISTANCE_SLIPS[int(u[1] * 2)]
    _set_distance(row, true * factor)
    return Planted("unit_slip", "distance_nm", true, row["distance_nm"], speed_severity(row, ship))


def _impossible(choice: str, row: dict[str, Any], ship: Ship, times: float, up: bool, span_s: int | None) -> Planted:
    kind, table = "impossible", bounds()
    if choice == "speed":
        low, high = table["speed_knots"][ship.ship_type]
        true = row["distance_nm"]
        _set_distance(row, row["hours_under_way"] * (high * times if up else low / times))
        return Planted(kind, "distance_nm", true, row["distance_nm"], times)
    if choice == "fuel":
        name = _main_column(row)
        true, now = row[name], fuel_severity(row, ship)
        oil = sum(OIL_EQUIVALENT[f] * row.get(f, 0.0) for f in FUELS) * 1000.0
        ratio = oil / row["distance_nm"] / (table["fuel_k"][ship.ship_type] * ship.deadweight**0.5)
        wanted = table["fuel_ratio"] * times
        _scale_fuels(row, (wanted if up else 1.0 / wanted) / ratio)
        return Planted(kind, name, true, row[name], max(times, now))
    if choice == "cargo":
        true, row["cargo_t"] = row["cargo_t"], round(table["cargo_share"] * ship.deadweight * times, 6)
        row["transport_work_tnm"] = round(row["cargo_t"] * row["distance_nm"], 6)
        return Planted(kind, "cargo_t", true, row["cargo_t"], times)
    if choice == "hours":
        most = table["year_hours"] if span_s is None else table["hours_share"][1] * span_s / HOUR
        true, row["hours_under_way"] = row["hours_under_way"], round(most * times, 6)
        return Planted(kind, "hours_under_way", true, row["hours_under_way"], times)
    name = _main_column(row)
    true, row[name] = row[name], -row[name]
    return Planted(kind, name, true, row[name])


def _scale_fuels(row: dict[str, Any], factor: float) -> None:
    for name in FUELS:
        if name in row:
            row[name] = round(row[name] * factor, 9)


def _set_distance(row: dict[str, Any], distance: float) -> None:
    row["distance_nm"] = round(distance, 6)
    row["transport_work_tnm"] = round(row["cargo_t"] * row["distance_nm"], 6)
