"""True fuel of a flight in the simulated world: the mass that a cruise leaves, and round sums for what is not cruise.

The aircraft lands with its empty mass, payload and reserve, and has burnt what the range equation asks for over the
way flown through the air: landing mass × (e^(way ÷ range parameter) − 1). Take-off, climb and approach cost a fixed
sum; taxi and the auxiliary power unit burn by the minute. Parameters are round figures of the size that handbooks give,
so a model is near this truth if it is sane; how near says nothing of real flights. Known to scores only; no list shows
it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Any

from infra.upstream.exchange.air.parameters import parameters


@dataclass(frozen=True)
class Burnt:
    """Fuel in kg."""

    air: float
    taxi: float
    apu: float

    @property
    def total(self) -> float:
        """Gate to gate, with the auxiliary power unit."""
        return self.air + self.taxi + self.apu


def burnt(spec: dict[str, Any], wear: float, air_km: float, load_kg: float, taxi_min: float) -> Burnt:
    """Fuel of one flight: ``air_km`` through the air, wind included; ``load_kg`` passengers, bags and cargo."""
    o = parameters()["operations"]
    landing = spec["oew"] + load_kg + o["reserve_kg"][spec["body"]]
    cruise = landing * (exp(air_km / spec["range"]) - 1.0) * (1.0 + o["reserve_share"] * air_km / spec["range"])
    apu = spec["apu"] * o["apu_min"][spec["body"]] / 60.0
    return Burnt((cruise + spec["climb"]) * wear, spec["taxi"] * taxi_min, apu)
