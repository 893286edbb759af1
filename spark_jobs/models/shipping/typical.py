"""A typical ship-mile by type and size: speed, rates at sea and in port, fuel per nautical mile."""

from __future__ import annotations

import numpy as np

from spark_jobs.models.frame import FloatArray
from spark_jobs.models.shipping import settings as s
from spark_jobs.models.shipping.particulars import PHASES, Particulars
from spark_jobs.models.shipping.power import demand_fuel_rate, main_fuel_rate, propeller_load

_SEA, _ANCHOR, _BERTH = PHASES.index("cruise"), PHASES.index("anchor"), PHASES.index("berth")


def typical_speed_kn(ships: Particulars, mean_speed_kn: FloatArray) -> FloatArray:
    """Operating speed when hours are not known: a share of V_ref,avg by type."""
    box = ships.ship_type == "container_ship"
    return mean_speed_kn * np.where(box, s.SPEED_RATIO_BOX.value, s.SPEED_RATIO.value)


def main_rate(ships: Particulars, speed_kn: FloatArray, draught_ratio: FloatArray | float = 1.0) -> FloatArray:
    """Main-engine fuel in t/h at a speed."""
    load = propeller_load(
        speed_kn, draught_ratio, ships.reference_power_kw, ships.reference_speed_kn, ships.margin, ships.main_power_kw
    )
    return main_fuel_rate(load, ships.main_power_kw, ships.sfc_main, ships.load_dependent)


def auxiliary_rate(ships: Particulars, phase: int) -> FloatArray:
    """Auxiliary-engine fuel in t/h in a phase."""
    return demand_fuel_rate(ships.auxiliary_kw[:, phase], ships.sfc_auxiliary)


def boiler_rate(ships: Particulars, phase: int) -> FloatArray:
    """Boiler fuel in t/h in a phase."""
    return demand_fuel_rate(ships.boiler_kw[:, phase], ships.sfc_boiler)


def year_fuel_per_nm(ships: Particulars, speed_kn: FloatArray) -> FloatArray:
    """t/nm over a year: at sea, and the port and anchorage time that goes with an hour at sea."""
    sea = main_rate(ships, speed_kn) + auxiliary_rate(ships, _SEA) + boiler_rate(ships, _SEA)
    berth = auxiliary_rate(ships, _BERTH) + boiler_rate(ships, _BERTH)
    anchor = auxiliary_rate(ships, _ANCHOR) + boiler_rate(ships, _ANCHOR)
    port = s.BERTH_SHARE.value * berth + (1 - s.BERTH_SHARE.value) * anchor
    return (sea + port * (1 - s.SEA_SHARE.value) / s.SEA_SHARE.value) / speed_kn
