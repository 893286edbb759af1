"""Register of ships and what each burns; several hundred in the full world, ten in the small one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from infra.upstream.rng import draws, log_uniform, normals
from infra.upstream.world.enterprises import Enterprise
from infra.upstream.world.machinery import auxiliary_kg_h, electric_kw, kg_per_kwh

HERE = Path(__file__).parent
TKM_PER_TNM = 1.852
HOURS_PER_MONTH = 730.0
INLAND_UNDER_WAY = 0.38  # share of the year, in the mean
INLAND_IDLE_HOURS = 1500.0  # of auxiliaries in port, a year
MEAN_SLOWING = 1.02  # time under way over that at service speed
MEAN_ON_SHORE = 0.48  # of the time at berth, of ships that can
MEAN_BURN = {"international": 0.87, "coastal": 0.87, "inland": 0.79}  # relative to laden at service speed


@dataclass(frozen=True)
class Ship:
    """One ship. Speeds in knots, fuel in kg oil equivalent per nautical mile, leg and berth in hours.

    What auxiliary engines and boilers take is in ``machinery``.
    """

    index: int
    ship_id: str
    name: str
    ship_type: str
    company: Enterprise
    trade: str
    deadweight: int
    gross_tonnage: int
    built_year: int
    engine_kw: int
    knots: float
    kg_per_nm: float
    fuel: str
    shore_power: bool
    home: str
    away: str
    distance: float
    berth_hours: float

    @property
    def leg_hours(self) -> float:
        """Time from one departure to the next of the ship's timetable."""
        return self.distance / self.knots * 1.28 + self.berth_hours + 16.0

    def auxiliary_t(self, hours: Mapping[str, float], on_shore: float = 0.0) -> float:
        """Oil equivalent (t) of auxiliary engines and boilers in hours by state, ``on_shore`` of those at berth."""
        burnt = sum(span * auxiliary_kg_h(self.ship_type, self.deadweight, state) for state, span in hours.items())
        spared = on_shore * electric_kw(self.ship_type, self.deadweight, "berth") * kg_per_kwh()
        return (burnt - spared) / 1000.0


@lru_cache(maxsize=1)
def fleet_data() -> dict[str, Any]:
    return yaml.safe_load((HERE / "fleet.yaml").read_text(encoding="utf-8"))


def imo_number(index: int) -> str:
    """Seven digits whose check digit is wrong on purpose, so that it can be no real ship's."""
    body = f"{920000 + index * 37:06d}"
    right = sum(int(d) * w for d, w in zip(body, range(7, 1, -1), strict=True)) % 10
    return body + str((right + 5) % 10)


def build_fleet(seed: int, world: str, enterprises: list[Enterprise]) -> list[Ship]:
    """Ships of all shipping companies in a fixed order."""
    data = fleet_data()
    plans = data["small_companies"] if world == "small" else data["companies"]
    ships: list[Ship] = []
    for turn, company in enumerate(e for e in enterprises if e.sector == "shipping"):
        for trade, number in plans[turn % len(plans)].items():
            for i in range(number):
                ships.append(_ship(seed, data, company, trade, i))
    return ships


def _ship(seed: int, data: dict[str, Any], company: Enterprise, trade: str, turn: int) -> Ship:
    slot = (trade, turn)
    u, z = draws(seed, "ship", company.index, *slot), normals(seed, "ship own", company.index, *slot)
    v = draws(seed, "ship more", company.index, *slot)
    index = company.index * 20 + {"international": 0, "coastal": 7, "inland": 13}[trade] + turn
    ship_type, spec = _pick(data["classes"][trade], u[0])
    deadweight = int(round(log_uniform(u[1], *spec["dwt"]) / 10) * 10)
    middle = math.sqrt(spec["dwt"][0] * spec["dwt"][1])
    routes = data["routes"].get(trade, [["CNSHA", "CNSHA", 60]])
    home, away, distance = routes[int(u[2] * len(routes))]
    words = data["ship_words"]
    return Ship(
        index=index,
        ship_id=imo_number(index) if trade == "international" else f"CN{2010 + index % 12}{index:06d}",
        name=f"{words[int(u[3] * len(words))]}{words[int(u[4] * len(words))]}{index % 97 + 1:02d}（模拟）",
        ship_type=ship_type,
        company=company,
        trade=trade,
        deadweight=deadweight,
        gross_tonnage=int(deadweight * spec["gt"] * (0.95 + 0.1 * u[5])),
        built_year=2000 + int(22 * u[6]),
        engine_kw=int(round(spec["engine"] * deadweight**0.7 / 10) * 10),
        knots=spec["knots"] * (1.0 + 0.03 * z[0]),
        kg_per_nm=spec["fuel_kg_nm"] * (deadweight / middle) ** 0.55 * math.exp(0.08 * z[1]),
        fuel=_main_fuel(trade, v[0]),
        shore_power=v[1] < 0.35,
        home=home,
        away=away,
        distance=float(distance),
        berth_hours=18.0 + 40.0 * v[2] if trade == "international" else 10.0 + 22.0 * v[2],
    )


def _pick(classes: dict[str, Any], u: float) -> tuple[str, dict[str, Any]]:
    for name, spec in classes.items():
        u -= spec["share"]
        if u < 0:
            return name, spec
    return name, spec


def _main_fuel(trade: str, u: float) -> str:
    if trade == "inland":
        return "lng" if u < 0.08 else "mdo"
    if trade == "coastal":
        return "lng" if u < 0.03 else "mdo" if u < 0.45 else "lfo"
    return "methanol" if u < 0.03 else "lng" if u < 0.08 else "hfo" if u < 0.35 else "lfo"


def company_bases(seed: int, fleet: list[Ship], company: Enterprise) -> dict[str, float]:
    """Base month of a shipping company, by activity and energy code, from the timetable of its ships."""
    base = dict.fromkeys(("tonne_km", "throughput_t", "fuel_oil", "marine_gas_oil", "diesel", "lng", "methanol"), 0.0)
    for ship in (s for s in fleet if s.company.index == company.index):
        distance, legs, auxiliary = mean_month(ship)
        cargo = 0.68 * ship.deadweight
        base["tonne_km"] += cargo * distance * TKM_PER_TNM
        base["throughput_t"] += legs * cargo
        main = ship.kg_per_nm * distance * MEAN_BURN[ship.trade] / 1000.0
        for code, tonnes in _by_report_code(ship, main, auxiliary):
            base[code] += tonnes
    base["value_added_10kcny"] = 60.0 + base["tonne_km"] * 4e-6
    return base


def mean_month(ship: Ship) -> tuple[float, float, float]:
    """Distance (nm), legs and fuel of auxiliaries and boilers (t of oil equivalent) in a mean month of a ship."""
    if ship.trade == "inland":
        hours = INLAND_UNDER_WAY * HOURS_PER_MONTH
        distance = hours * ship.knots
        return distance, distance / ship.distance, ship.auxiliary_t({"sea": hours, "berth": INLAND_IDLE_HOURS / 12.0})
    legs, sea = HOURS_PER_MONTH / ship.leg_hours, ship.distance / ship.knots * MEAN_SLOWING
    spans = {"sea": sea, "anchor": ship.leg_hours - sea - ship.berth_hours, "berth": ship.berth_hours}
    leg = ship.auxiliary_t(spans, MEAN_ON_SHORE * ship.berth_hours if ship.shore_power else 0.0)
    return legs * ship.distance, legs, legs * leg


def _by_report_code(ship: Ship, main: float, aux: float) -> list[tuple[str, float]]:
    """Tonnes under the codes of the monthly report: heavy and light fuel oil are fuel_oil, distillates by trade."""
    distillate = "diesel" if ship.trade == "inland" else "marine_gas_oil"
    if ship.fuel == "mdo":
        return [(distillate, main + aux)]
    if ship.fuel == "lng":
        return [("lng", main / 1.2), (distillate, aux)]
    if ship.fuel == "methanol":
        return [("methanol", main / 0.48), (distillate, aux)]
    return [("fuel_oil", main), (distillate, aux)]
