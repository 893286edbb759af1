"""Physical activity and energy of an enterprise in a month: the truth behind every report and meter.

Energy follows from activity by own intensities, weather and habits. Nothing here is a published factor.
"""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path

import yaml

from infra.upstream.clock import days_in
from infra.upstream.rng import draws, normals
from infra.upstream.world.climate import cooling_need, festival_share, heating_need, temperature
from infra.upstream.world.enterprises import Enterprise, sectors

DECIMALS = {"hydrogen": 1, "cng": 3, "natural_gas": 3}
UNITS = {
    **dict.fromkeys(
        ("gasoline", "diesel", "jet_kerosene", "fuel_oil", "marine_gas_oil", "lng", "lpg", "methanol"), "t"
    ),
    "cng": "10kNm3",
    "natural_gas": "10kNm3",
    "electricity": "MWh",
    "heat": "GJ",
    "hydrogen": "kg",
}
STOCKED = ("gasoline", "diesel", "jet_kerosene", "fuel_oil", "marine_gas_oil", "lng", "lpg", "methanol")


@lru_cache(maxsize=1)
def noise() -> dict[str, float]:
    """Stated noise of the world (noise.yaml)."""
    return yaml.safe_load((Path(__file__).parent / "noise.yaml").read_text(encoding="utf-8"))


class Physics:
    """Monthly activity and energy, pure functions of (seed, enterprise, month), remembered for speed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.load = lru_cache(maxsize=20_000)(self._load)
        self.consumption = lru_cache(maxsize=60_000)(self._consumption)

    def _load(self, enterprise: Enterprise, year: int, month: int) -> float:
        """Activity relative to the enterprise's base month of 2023."""
        spec = sectors()[enterprise.sector]
        chance = math.exp(noise()["load"] * normals(self.seed, "load", enterprise.index, year, month)[0])
        growth = (1.0 + enterprise.growth) ** (year - 2023 + (month - 1) / 12.0)
        festival = 1.0 + spec["festival"] * festival_share(year, month)
        return spec["season"][month - 1] * growth * festival * chance * days_in((year, month)) / 30.4

    def activities(self, enterprise: Enterprise) -> dict[str, str]:
        """Activity codes this enterprise reports, with their units."""
        table = sectors()[enterprise.sector]["activities"]
        return {code: unit for code, (_, unit) in table.items() if code not in enterprise.without}

    def activity(self, enterprise: Enterprise, code: str, year: int, month: int) -> float:
        """Activity of a month in the unit of its code."""
        base = enterprise.base.get(code) or sectors()[enterprise.sector]["activities"][code][0] * enterprise.size
        if code == "station_days":
            return float(round(base / 30) * days_in((year, month)))
        spread = noise()["fleet_level" if code in enterprise.base else "activity_level"]
        own = math.exp(spread * normals(self.seed, "activity level", enterprise.index, code)[0])
        chance = math.exp(noise()["activity"] * normals(self.seed, "activity", enterprise.index, code, year, month)[0])
        return float(round(base * own * chance * self.load(enterprise, year, month)))

    def energies(self, enterprise: Enterprise) -> list[str]:
        """Energy codes this enterprise uses."""
        out = []
        for code, spec in sectors()[enterprise.sector]["energies"].items():
            base = enterprise.base.get(code, spec["base"])
            if base > 0 and draws(self.seed, "uses", enterprise.index, code)[0] < spec.get("prob", 1.0):
                out.append(code)
        return out

    def _consumption(self, enterprise: Enterprise, code: str, year: int, month: int) -> float:
        """Energy used in a month, in the platform's unit of the code."""
        spec = sectors()[enterprise.sector]["energies"][code]
        base = enterprise.base.get(code) or spec["base"] * enterprise.size
        spread = noise()["fleet_level" if code in enterprise.base else "intensity_level"]
        own = math.exp(spread * normals(self.seed, "intensity", enterprise.index, code)[0])
        chance = math.exp(
            noise()["consumption"] * normals(self.seed, "consumption", enterprise.index, code, year, month)[0]
        )
        celsius = temperature(self.seed, year, month)
        weather = 1.0 + spec.get("heat", 0.0) * heating_need(celsius) + spec.get("cool", 0.0) * cooling_need(celsius)
        trend = (1.0 + spec.get("trend", 0.0)) ** (year - 2023)
        moving = spec["fixed"] + (1.0 - spec["fixed"]) * self.load(enterprise, year, month)
        return base * own * chance * weather * trend * moving
