"""Energy carriers of road vehicles: MJ ↔ the unit in which each is sold, and their gases."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from factor_library.library import library
from spark_jobs.models.emission import gases, gwp, joined_ids
from spark_jobs.models.frame import FloatArray

FUEL_SET = "cn_guideline"
LITRES_PER_M3 = 1000.0
KG_PER_T = 1000.0
M3_PER_10KNM3 = 1e4
MJ_PER_GJ = 1000.0
MJ_PER_KWH = 3.6


@dataclass(frozen=True)
class Carrier:
    """How a carrier is sold and accounted.

    Args:
        column: output column, unit last. ``energy``: code of the fuel set. ``unit``: unit of the account.
        per_unit: units of the column in one unit of the account. ``mj``: MJ in one unit of the column.
    """

    column: str
    energy: str
    unit: str
    per_unit: float
    mj: float


@cache
def carriers() -> dict[str, Carrier]:
    """Carrier by fuel code; heating values and densities from the factor library (NDRC guideline set)."""
    lib = library()

    def mj_per_litre(fuel: str) -> float:
        return lib.value(f"NCV_{fuel}_NDRC", "GJ/t") * lib.value(f"DENS_{fuel}", "t/m3")  # GJ/m3 is MJ/L

    gas = lib.factor("NCV_natural_gas_NDRC").value * MJ_PER_GJ / M3_PER_10KNM3
    return {
        "diesel": Carrier(
            "diesel_l", "diesel", "t", LITRES_PER_M3 / lib.value("DENS_diesel", "t/m3"), mj_per_litre("diesel")
        ),
        "petrol": Carrier(
            "petrol_l", "gasoline", "t", LITRES_PER_M3 / lib.value("DENS_gasoline", "t/m3"), mj_per_litre("gasoline")
        ),
        "lng": Carrier("lng_kg", "lng", "t", KG_PER_T, lib.value("NCV_LNG_NDRC", "GJ/t")),
        "cng": Carrier("cng_m3", "cng", "10kNm3", M3_PER_10KNM3, gas),
        "hydrogen": Carrier("hydrogen_kg", "hydrogen", "t", KG_PER_T, lib.value("NCV_hydrogen", "GJ/t")),
        "electricity": Carrier("electricity_kwh", "electricity", "MWh", KG_PER_T, MJ_PER_KWH),
    }


@dataclass(frozen=True)
class RoadEmission:
    """Gases of a fleet, shape (rows,): tank-to-wheel CO2, well-to-wheel CO2e (NaN where not known), factors, sd."""

    co2_kg: FloatArray
    co2e_wtw_kg: FloatArray
    factor_ids: np.ndarray
    factor_sd: FloatArray


def road_emission(used: dict[str, FloatArray]) -> RoadEmission:
    """Tank-to-wheel and well-to-wheel of what the vehicles used. Electricity has no tailpipe.

    Args:
        used: fuel code → quantity in the unit of its column, NaN where none.
    """
    rows = len(next(iter(used.values())))
    co2, wtw, variance = np.zeros(rows), np.zeros(rows), np.zeros(rows)
    known, ids, burnt = np.zeros(rows, dtype=np.bool_), [], []
    for fuel, quantity in used.items():
        if not np.isfinite(quantity).any():
            continue
        factor_id, ttw, rsu, chain = _per_unit(fuel)
        amount = np.nan_to_num(quantity)
        co2 += amount * ttw
        wtw += np.where(amount > 0, amount * chain, 0.0)
        variance += np.square(amount * ttw * rsu)
        known |= np.isfinite(quantity)
        ids.append(factor_id)
        burnt.append(amount > 0)
    used_ids = joined_ids(ids, np.array(burnt)) if ids else np.full(rows, None, dtype=object)
    sd = np.divide(np.sqrt(variance), co2, out=np.zeros(rows), where=co2 > 0)
    return RoadEmission(np.where(known, co2, np.nan), np.where(known, wtw, np.nan), used_ids, sd)


@cache
def _per_unit(fuel: str) -> tuple[str, float, float, float]:
    """(factor id, kg CO2 TTW, its rsu, kg CO2e WTW under AR6) per unit of the column; NaN where no factor is known."""
    carrier = carriers()[fuel]
    if fuel == "electricity":
        life = gases(FUEL_SET, carrier.energy, carrier.unit, series="lca_national", needed=("CO2e", "WTW"))[
            "CO2e", "WTW"
        ]
        return life.factor_id, 0.0, life.rsu, life.kg_per_unit / carrier.per_unit
    found = gases(FUEL_SET, carrier.energy, carrier.unit)
    ttw = found["CO2", "TTW"]
    total = ttw.kg_per_unit + sum(
        found[gas, "TTW"].kg_per_unit * gwp(gas, "ar6") for gas in ("CH4", "N2O") if (gas, "TTW") in found
    )
    upstream = found.get(("CO2e", "WTT"))
    wtw = (total + upstream.kg_per_unit) / carrier.per_unit if upstream else float("nan")
    return ttw.factor_id, ttw.kg_per_unit / carrier.per_unit, ttw.rsu, wtw
