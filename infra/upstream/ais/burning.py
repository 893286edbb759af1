"""What the simulated ships burn: by speed through water, load and sea, and by machinery of the ship's own.

Other equations than the platform's: fuel of the main engine per mile grows with the square of the speed through water,
with displacement to the power 2/3, and a little as the engine is slowed; tides count, since speed is through water.
"""

from __future__ import annotations

import numpy as np

from infra.upstream.ais.sailing import ANCHORED, AWAY, MOORED, SAILING, Path
from infra.upstream.ais.vessels import Vessel, parameters
from infra.upstream.rng import normals
from infra.upstream.world.machinery import auxiliary_kg_h

MANOEUVRE_KN = 5.0
FULLNESS = 1.08  # displacement grows with draught to this power: hulls are finer below


def burnt_kg(ship: Vessel, path: Path, step_s: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Oil equivalent of main engine and of auxiliaries and boilers in each step, kg; shape (fixes,)."""
    displacement = ship.immersed ** (FULLNESS * 2.0 / 3.0)
    sea = np.exp(0.05 * normals(seed, "sea", ship.number)[0])
    pace = path.water_knots / ship.knots
    moving = path.state == SAILING
    slow = parameters()["low_pace"]
    per_nm = ship.kg_per_nm * pace**2 * (1.0 - slow + slow / np.maximum(pace, 0.2) ** 1.5) * displacement * sea
    main = np.where(moving, per_nm * path.water_knots * step_s / 3600.0, 0.0)
    rate = np.zeros(len(main))
    for where, state in (
        (moving & (path.knots > MANOEUVRE_KN), "sea"), (moving & (path.knots <= MANOEUVRE_KN), "manoeuvre"),
        (path.state == ANCHORED, "anchor"), (path.state == MOORED, "berth"),
    ):  # fmt: skip
        rate[where] = auxiliary_kg_h(ship.kind, ship.deadweight, state)
    rate[path.state == AWAY] = 0.0
    return main, rate * step_s / 3600.0
