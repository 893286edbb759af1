"""The reporting guide's bounds, written a second time from its text: what a reader of the guide would check."""

from __future__ import annotations

import math
from typing import Any

NUMBER_FIELDS = {
    "energy-reports": [
        "opening_stock",
        "purchased",
        "resold",
        "closing_stock",
        "consumption",
        "use_transport",
        "use_production",
        "use_other",
        "last_year_consumption",
    ],
    "activity-reports": ["value", "last_year_value"],
    "emission-reports": ["co2_direct_t", "co2_indirect_t", "co2_total_t", "last_year_co2_total_t"],
}
NCV = {
    **{"gasoline": (40, 48), "diesel": (40, 46), "jet_kerosene": (41, 47), "fuel_oil": (38, 43)},
    **{"marine_gas_oil": (40, 46), "lng": (40, 56), "lpg": (43, 52), "methanol": (18, 22)},
    **{"cng": (300, 420), "natural_gas": (300, 420), "hydrogen": (0.10, 0.16)},
}


def tolerance(amount: float) -> float:
    return max(0.005 * abs(amount), 0.02) * (1 + 1e-9) + 1e-9


def ratio_broken(value: float, before: float, bound: float = 5.0) -> bool:
    return value > 0 and before > 0 and not 1 / bound <= value / before <= bound


def reporting_findings(resource: str, row: dict[str, Any]) -> set[str]:
    """Rules of the guide that a reporting record breaks."""
    if any(not isinstance(row[name], int | float) for name in NUMBER_FIELDS[resource]):
        return {"malformed"}
    if resource == "energy-reports":
        return _energy(row)
    if resource == "activity-reports":
        broken = {"ratio"} if ratio_broken(row["value"], row["last_year_value"]) else set()
        return broken | ({"negative"} if row["value"] < 0 else set())
    out = set()
    if abs(row["co2_direct_t"] + row["co2_indirect_t"] - row["co2_total_t"]) > tolerance(row["co2_total_t"]):
        out.add("sum")
    if ratio_broken(row["co2_total_t"], row["last_year_co2_total_t"]):
        out.add("ratio")
    if min(row["co2_direct_t"], row["co2_indirect_t"], row["co2_total_t"]) < 0:
        out.add("negative")
    return out


def _energy(row: dict[str, Any]) -> set[str]:
    used, out = row["consumption"], set()
    balance = row["opening_stock"] + row["purchased"] - row["resold"] - row["closing_stock"] - used
    if abs(balance) > tolerance(used):
        out.add("balance")
    if abs(row["use_transport"] + row["use_production"] + row["use_other"] - used) > tolerance(used):
        out.add("split")
    if ratio_broken(used, row["last_year_consumption"]):
        out.add("ratio")
    if min(row[name] for name in NUMBER_FIELDS["energy-reports"]) < -tolerance(used):
        out.add("negative")
    if (row["green_power"] or 0.0) > used * 1.005 * (1 + 1e-9):
        out.add("green")
    if row["ncv_measured"] is not None:
        low, high = NCV[row["energy_code"]]
        if not low <= row["ncv_measured"] <= high:
            out.add("ncv")
        gas = row["energy_code"] in ("lng", "lpg", "cng", "natural_gas")
        low, high = (0.0135, 0.0185) if gas else (0.017, 0.023)
        if not low <= row["carbon_content_measured"] <= high:
            out.add("carbon")
        if not 90 <= row["oxidation_measured"] <= 100:
            out.add("oxidation")
    return out


SPEED = {"container": (5, 28), "inland_cargo": (2, 16), "inland_container": (2, 16)}
FUEL_K = {"container": 0.85, "bulk_carrier": 0.30, "tanker": 0.36, "general_cargo": 0.34, "ro_ro": 0.75}
FUEL_K |= {"inland_cargo": 0.12, "inland_container": 0.13}
OIL = {"hfo_t": 1, "lfo_t": 1, "mdo_t": 1, "lng_t": 1.2, "methanol_t": 0.48}


def ship_findings(row: dict[str, Any], ship: Any, span_hours: float | None) -> set[str]:
    """Rules of the guide that a voyage or annual report breaks."""
    if any(isinstance(row[name], str) for name in ("distance_nm", "cargo_t", *(f for f in OIL if f in row))):
        return {"malformed"}
    out, product = set(), row["cargo_t"] * row["distance_nm"]
    if abs(row["transport_work_tnm"] - product) > max(0.005 * product, 1.0) * (1 + 1e-6):
        out.add("work")
    if not 0 <= row["cargo_t"] <= 1.05 * ship.deadweight * (1 + 1e-9):
        out.add("cargo")
    low, high = SPEED.get(ship.ship_type, (4, 22))
    if not low <= row["distance_nm"] / row["hours_under_way"] <= high:
        out.add("speed")
    most = 8784.0 if span_hours is None else 1.02 * span_hours
    if row["hours_under_way"] > most or (span_hours and row["hours_under_way"] < 0.5 * span_hours):
        out.add("hours")
    fuels = [row[f] for f in OIL if f in row]
    oil_kg = 1000.0 * sum(OIL[f] * row[f] for f in OIL if f in row)
    if min(fuels) < 0:
        out.add("negative")
    elif not 0.25 <= oil_kg / row["distance_nm"] / (FUEL_K[ship.ship_type] * ship.deadweight**0.5) <= 4:
        out.add("fuel")
    return out


def within_binomial(seen: int, trials: int, rate: float, sigmas: float = 4.5) -> None:
    """Fails when a count is not what a rate gives within 4.5 standard deviations."""
    spread = math.sqrt(trials * rate * (1 - rate))
    assert abs(seen - trials * rate) <= sigmas * spread + 1, f"{seen} of {trials} at a rate of {rate}"
