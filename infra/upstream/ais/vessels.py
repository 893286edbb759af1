"""The ships of the area: sizes, engines, identities; a fixed function of seed and number."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from infra.upstream.rng import draws, log_uniform, normals
from infra.upstream.world.fleet import imo_number

FIRST_INDEX = 40_000  # IMO numbers beyond those of the shipping companies' ships


@lru_cache(maxsize=1)
def parameters() -> dict[str, Any]:
    """``parameters.yaml``."""
    return yaml.safe_load((Path(__file__).parent / "parameters.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Vessel:
    """One ship. Speeds in knots, kg of oil equivalent per nautical mile laden at service speed, metres."""

    number: int
    mmsi: int
    imo: int
    name: str
    kind: str
    ais_type: int
    class_b: bool
    deadweight: float
    engine_kw: float
    knots: float
    kg_per_nm: float
    length: int
    beam: int
    load: float
    lane: int
    registered: bool
    stated: bool
    stale: bool
    built_year: int

    @property
    def trial_knots(self) -> float:
        """Speed in calm water with the main engine at full power."""
        spec = parameters()
        calm = self.kg_per_nm * self.knots / spec["oil_kg_per_kwh"][self.engine] / spec["sea_margin"]
        return round(self.knots * (self.engine_kw / calm) ** (1.0 / 3.0), 1)

    @property
    def engine(self) -> str:
        """SSD, MSD or HSD."""
        if self.kind == "inland_cargo":
            return "HSD"
        return "SSD" if self.deadweight >= parameters()["slow_speed_from_t"] else "MSD"

    @property
    def immersed(self) -> float:
        """Draught over design draught."""
        empty, grows = parameters()["ballast"]
        return float(empty + grows * self.load)

    @property
    def design_draught(self) -> float:
        return round(parameters()["draught"] * self.deadweight ** (1.0 / 3.0), 1)

    @property
    def draught(self) -> float:
        return round(self.design_draught * self.immersed, 1)


def fleet(ships: int, seed: int) -> list[Vessel]:
    """``ships`` vessels; the last few use the MMSI of others."""
    found = [_vessel(n, seed) for n in range(ships)]
    shared = round(ships * parameters()["faults"]["shared_mmsi"])
    for k in range(shared):
        own = found[ships - 1 - k]
        found[ships - 1 - k] = Vessel(**{**own.__dict__, "mmsi": found[k].mmsi, "lane": (found[k].lane + 2) % 5})
    return found


def _vessel(n: int, seed: int) -> Vessel:
    spec, u, v = parameters(), draws(seed, "ais ship", n), draws(seed, "ais more", n)
    z = normals(seed, "ais own", n)
    kind, own = _class(u[0])
    low, high = own["dwt"]
    deadweight = round(log_uniform(u[1], low, high), 0)
    middle = math.sqrt(low * high)
    length = own["l"] * deadweight ** (1.0 / 3.0)
    load = 0.25 + 0.7 * u[2]
    sea = own["zh"] is not None and kind != "inland_cargo"
    lane = 3 if kind == "inland_cargo" else min(int(u[3] * 5), 4)
    return Vessel(
        number=n, mmsi=412_000_000 + (n * 7919) % 999_983 if v[0] < 0.6 else 477_000_000 + (n * 7919) % 999_983,
        imo=int(imo_number((FIRST_INDEX + n) % 2000 + 700)) if sea and v[1] < spec["own_imo"] else 0,
        name=f"SIM {kind[:4].upper()} {n:05d}", kind=kind, ais_type=own["ais"], class_b=bool(own.get("class_b")),
        deadweight=deadweight, engine_kw=round(own["kw"] * deadweight**0.7 / 10) * 10,
        knots=own["knots"] * (1.0 + 0.04 * z[0]),
        kg_per_nm=own["kg_nm"] * (deadweight / middle) ** 0.55 * math.exp(0.08 * z[1]),
        length=max(int(length), 8), beam=max(int(length / own["lb"]), 3),
        load=load, lane=lane,
        registered=own["zh"] is not None and v[2] < spec["registered"], stated=v[3] < spec["stated"],
        stale=v[4] < spec["faults"]["stale_status"], built_year=1998 + int(25 * v[5]),
    )  # fmt: skip


def _class(u: float) -> tuple[str, dict[str, Any]]:
    classes = list(parameters()["classes"].items())
    for name, own in classes:
        u -= own["share"]
        if u < 0:
            return name, own
    return classes[-1]
