"""The whole simulated world for one seed and size: enterprises, fleet, physics."""

from __future__ import annotations

from dataclasses import replace

from infra.upstream.world.activity import Physics
from infra.upstream.world.enterprises import build_enterprises
from infra.upstream.world.fleet import build_fleet, company_bases


class World:
    """Registers and physics; ``size`` is ``full`` or ``small``."""

    def __init__(self, seed: int, size: str = "full") -> None:
        if size not in ("full", "small"):
            raise ValueError(f"world {size!r} is unknown: full or small")
        self.seed, self.size = seed, size
        plain = build_enterprises(seed, size)
        fleet = build_fleet(seed, size, plain)
        self.enterprises = [
            replace(e, base=company_bases(seed, fleet, e)) if e.sector == "shipping" else e for e in plain
        ]
        by_index = {e.index: e for e in self.enterprises}
        self.fleet = [replace(s, company=by_index[s.company.index]) for s in fleet]
        self.physics = Physics(seed)
