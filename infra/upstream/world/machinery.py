"""What the auxiliary engines and boilers of simulated ships take, by type, size and state."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

STATES = ("sea", "manoeuvre", "anchor", "berth")


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "machinery.yaml").read_text(encoding="utf-8"))


def electric_kw(ship_type: str, deadweight_t: float, state: str) -> float:
    """Electricity that a ship takes in a state, kW."""
    one = _data()["types"][ship_type]
    return one["kw"] * (deadweight_t / _data()["middle_t"]) ** one["kw_power"] * _share(ship_type, state)["kw"]


def boiler_kg_h(ship_type: str, deadweight_t: float, state: str) -> float:
    """Fuel of the boilers in a state, kg of oil equivalent an hour."""
    one = _data()["types"][ship_type]
    size = (deadweight_t / _data()["middle_t"]) ** one["boiler_power"]
    return one["boiler"] * size * _share(ship_type, state)["boiler"]


def auxiliary_kg_h(ship_type: str, deadweight_t: float, state: str) -> float:
    """Fuel of auxiliary engines and boilers in a state, kg of oil equivalent an hour."""
    return electric_kw(ship_type, deadweight_t, state) * kg_per_kwh() + boiler_kg_h(ship_type, deadweight_t, state)


def kg_per_kwh() -> float:
    """Fuel of auxiliary engines, kg of oil equivalent a kWh."""
    return float(_data()["kg_per_kwh"])


def _share(ship_type: str, state: str) -> dict[str, float]:
    own = _data()["at_berth"].get(ship_type) if state == "berth" else None
    return own or _data()["states"][state]
