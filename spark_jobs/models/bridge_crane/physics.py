"""Energy of one move by mechanism, from the rope back to the grid.

A move lifts the load and lowers it by the same height, carries it by trolley and comes back empty, lifting and lowering
the empty spreader once; the gantry travels once. Power into a mass passes the chain of efficiencies; power out of it
comes back through the same chain, as far as the drives feed back. Friction is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from spark_jobs.models.bridge_crane.parameters import GRAVITY, KJ_PER_KWH
from spark_jobs.models.frame import FloatArray

Numbers = Mapping[str, FloatArray]


@dataclass(frozen=True)
class Energy:
    """kWh at the grid per move, shape (rows,): drawn by mechanism, and fed back by all of them; cycle time in s."""

    hoist: FloatArray
    trolley: FloatArray
    gantry: FloatArray
    boom: FloatArray
    auxiliary: FloatArray
    regenerated: FloatArray
    cycle_s: FloatArray

    @property
    def drawn(self) -> FloatArray:
        """Sum over the mechanisms, before what is fed back."""
        return self.hoist + self.trolley + self.gantry + self.boom + self.auxiliary


def move_energy(p: Numbers, load_t: FloatArray, boom_cycles: FloatArray) -> Energy:
    """Energy of one move.

    Args:
        p: parameters by name, with ``hoist_m``, ``trolley_m`` and ``gantry_m`` of the move; t, m, s, kW.
        load_t: load below the spreader. boom_cycles: raisings and lowerings of the boom in the move.
    """
    chain = p["efficiency_supply"] * p["efficiency_drive"] * p["efficiency_gear"]
    back = chain * p["regeneration"]
    loaded, empty = load_t + p["spreader_t"], p["spreader_t"]
    lift = (loaded + empty) * GRAVITY * p["hoist_m"]
    hoist_kinetic = _kinetic(loaded, p["hoist_loaded_m_per_s"], p) + _kinetic(empty, p["hoist_empty_m_per_s"], p)
    hoist_kinetic = np.where(p["hoist_m"] > 0, 2 * hoist_kinetic, 0.0)
    out_mass, back_mass = loaded + p["trolley_t"], empty + p["trolley_t"]
    trolley_kinetic = _kinetic(out_mass, p["trolley_m_per_s"], p) + _kinetic(back_mass, p["trolley_m_per_s"], p)
    trolley_kinetic = np.where(p["trolley_m"] > 0, trolley_kinetic, 0.0)
    trolley_friction = p["trolley_friction"] * (out_mass + back_mass) * GRAVITY * p["trolley_m"]
    gantry_mass = p["crane_t"] + empty
    gantry_kinetic = np.where(p["gantry_m"] > 0, _kinetic(gantry_mass, p["gantry_m_per_s"], p), 0.0)
    gantry_friction = p["gantry_friction"] * gantry_mass * GRAVITY * p["gantry_m"]
    boom = p["boom_t"] * GRAVITY * p["boom_rise_m"] * boom_cycles
    cycle = _cycle(p)
    returned = lift + hoist_kinetic + trolley_kinetic + gantry_kinetic + boom
    return Energy(
        hoist=(lift + hoist_kinetic) / chain / KJ_PER_KWH,
        trolley=(trolley_friction + trolley_kinetic) / chain / KJ_PER_KWH,
        gantry=(gantry_friction + gantry_kinetic) / chain / KJ_PER_KWH,
        boom=boom / chain / KJ_PER_KWH,
        auxiliary=p["auxiliary_kw"] * cycle / KJ_PER_KWH / p["efficiency_supply"],
        regenerated=returned * back / KJ_PER_KWH,
        cycle_s=cycle,
    )


def _kinetic(mass_t: FloatArray, speed: FloatArray, p: Numbers) -> FloatArray:
    """½ m v² in kJ with the rotating masses."""
    return 0.5 * mass_t * (1 + p["rotating_share"]) * speed * speed


def _cycle(p: Numbers) -> FloatArray:
    """Seconds of a move: each path at its speed with one ramp up and down, one after the other, and the dwell."""
    ramp = p["acceleration_m_per_s2"]
    paths = (
        (2 * p["hoist_m"], p["hoist_loaded_m_per_s"], 2), (2 * p["hoist_m"], p["hoist_empty_m_per_s"], 2),
        (2 * p["trolley_m"], p["trolley_m_per_s"], 2), (p["gantry_m"], p["gantry_m_per_s"], 1),
    )  # fmt: skip
    travel = sum(np.where(path > 0, path / speed + count * speed / ramp, 0.0) for path, speed, count in paths)
    return travel + p["dwell_s"]
