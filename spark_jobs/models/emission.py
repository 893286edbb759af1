"""Models' way to the one carbon path: energy in, gases out, all by ``apply_factors``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from factor_library.library import library
from spark_jobs.accounting.apply_factors import MEASURED, apply_factors
from spark_jobs.models.frame import FloatArray

UNDATED = "2026-01-01"  # the day whose factors apply to rows without a date; ship and aviation fuels have no validity
REGION = "CN-SH"


@dataclass(frozen=True)
class Gas:
    """One gas per unit of an energy: kg per unit, the factors it came from, their mark and uncertainty (k = 1)."""

    kg_per_unit: float
    factor_id: str
    verified: str
    rsu: float


@dataclass(frozen=True)
class Emission:
    """Gases of rows, all of shape (rows,); NaN where no energy is known.

    ``wtt_co2e_kg`` is NaN where an energy of the row has no upstream factor. ``factor_ids`` joins the CO2 factors used
    by a space, None where none. ``factor_sd`` is the relative standard uncertainty of the CO2 factors.
    """

    co2_kg: FloatArray
    ch4_kg: FloatArray
    n2o_kg: FloatArray
    wtt_co2e_kg: FloatArray
    factor_ids: npt.NDArray[np.object_]
    factor_sd: FloatArray

    def co2e_kg(self, gwp_set: str) -> FloatArray:
        """Tank-to-wheel CO2e under a GWP set of the factor library (``ar4``, ``ar5``, ``ar6`` …)."""
        return self.co2_kg + self.ch4_kg * gwp("CH4", gwp_set) + self.n2o_kg * gwp("N2O", gwp_set)


@cache
def gwp(gas: str, gwp_set: str) -> float:
    """100-year GWP of a fossil gas in a set; raises FactorNotFoundError."""
    return library().value(f"GWP_{gas}_{gwp_set.upper()}", "kgCO2e/kg")


@cache
def gases(
    fuel_set: str,
    energy: str,
    unit: str,
    date: str = UNDATED,
    region: str = REGION,
    series: str = "",
    needed: tuple[str, str] = ("CO2", "TTW"),
) -> dict[tuple[str, str], Gas]:
    """(gas, chain) → Gas for one unit of an energy, as ``apply_factors`` gives it.

    Args:
        needed: the gas and chain that must be answered.
    Raises:
        LookupError: no factor answers; the text is the reason.
    """
    row = {
        "activity_id": ["1"], "activity_class": ["energy"], "fuel_set": [fuel_set], "activity_type": [energy],
        "quantity": [1.0], "unit": [unit], "date": [date], "region": [region], "series": [[series]], "record_id": [""],
    }  # fmt: skip
    measured = {name: pa.nulls(1, pa.float64()) for name in MEASURED}
    accounted = apply_factors(pa.table({**row, **measured}))
    found = {
        (r["gas"], r["chain"]): Gas(r["mass_kg"], r["factor_id"], r["factor_verified"], r["factor_rsu"])
        for r in accounted.emission.to_pylist()
    }
    if needed not in found:
        reasons = accounted.unaccounted.column("reason_zh").to_pylist()
        raise LookupError("; ".join(reasons) or f"no {needed[0]} {needed[1]} factor for {energy} in {fuel_set}")
    return found


def emissions(
    quantities: Mapping[str, FloatArray], fuel_set: str, unit: str, date: str = UNDATED, region: str = REGION,
    series: str = "",
) -> Emission:  # fmt: skip
    """Gases of rows that burn several energies.

    Args:
        quantities: energy code of the fuel set → quantity in ``unit``, shape (rows,); NaN counts as none.
    """
    energies = list(quantities)
    rows = len(next(iter(quantities.values())))
    sums = {name: np.zeros(rows) for name in ("CO2", "CH4", "N2O", "WTT")}
    variance, known = np.zeros(rows), np.zeros(rows, dtype=np.bool_)
    used = np.zeros((len(energies), rows), dtype=np.bool_)
    ids = []
    for position, (energy, given) in enumerate(quantities.items()):
        table = gases(fuel_set, energy, unit, date, region, series)
        quantity = np.nan_to_num(given)
        carbon = table["CO2", "TTW"]
        ids.append(carbon.factor_id)
        sums["CO2"] += quantity * carbon.kg_per_unit
        variance += (quantity * carbon.kg_per_unit * carbon.rsu) ** 2
        for name in ("CH4", "N2O"):
            if (name, "TTW") in table:
                sums[name] += quantity * table[name, "TTW"].kg_per_unit
        upstream = table.get(("CO2e", "WTT"))
        sums["WTT"] += np.where(quantity > 0, quantity * (upstream.kg_per_unit if upstream else np.nan), 0.0)
        known |= np.isfinite(given)
        used[position] = quantity > 0
    masked = {name: np.where(known, total, np.nan) for name, total in sums.items()}
    sd = np.divide(np.sqrt(variance), sums["CO2"], out=np.zeros(rows), where=sums["CO2"] > 0)
    return Emission(masked["CO2"], masked["CH4"], masked["N2O"], masked["WTT"], joined_ids(ids, used), sd)


def joined_ids(ids: list[str], used: npt.NDArray[np.bool_]) -> npt.NDArray[np.object_]:
    """Names of the factors used per row; rows share few combinations, so each is joined once."""
    weights = 1 << np.arange(len(ids), dtype=np.int64)
    patterns, inverse = np.unique(weights @ used, return_inverse=True)
    texts = [" ".join(name for bit, name in zip(weights, ids, strict=True) if pattern & bit) for pattern in patterns]
    return np.array([text or None for text in texts], dtype=object)[inverse]
