"""Content faults of the reporting platform: changes a true row in place and says what was changed."""

from __future__ import annotations

from typing import Any

from infra.upstream.planting import Planted, beyond, malformed_number
from infra.upstream.reporting.rows import QUANTITIES, own_parameters

KINDS = ("malformed", "impossible", "unit_slip", "broken_identity")
RATIO_BOUND = 5.0
TOLERANCE_SHARE, TOLERANCE_LEAST = 0.005, 0.02
SLIPS = (1000.0, 0.001, 10.0, 0.1)
VALUE_FIELDS = {
    "energy-reports": ("opening_stock", "purchased", "closing_stock", "consumption", "use_transport"),
    "activity-reports": ("value",),
    "emission-reports": ("co2_direct_t", "co2_indirect_t", "co2_total_t"),
}
AGAINST = {
    "energy-reports": ("consumption", "last_year_consumption", (*QUANTITIES, "green_power")),
    "activity-reports": ("value", "last_year_value", ("value",)),
    "emission-reports": ("co2_total_t", "last_year_co2_total_t", ("co2_direct_t", "co2_indirect_t", "co2_total_t")),
}


def plant(resource: str, kind: str, row: dict[str, Any], u: tuple[float, ...]) -> Planted:
    """Plants one fault of this kind; ``u`` are uniforms of the record."""
    if kind == "malformed":
        return _malformed(resource, row, u)
    if kind == "unit_slip":
        return _scaled(resource, kind, row, SLIPS[int(u[0] * len(SLIPS))])
    if kind == "broken_identity" and resource != "activity-reports":
        return _broken(resource, row, u)
    return _impossible(resource, row, u)


def tolerance(amount: float) -> float:
    """Published tolerance of sums and of negative amounts."""
    return max(TOLERANCE_SHARE * abs(amount), TOLERANCE_LEAST)


def _malformed(resource: str, row: dict[str, Any], u: tuple[float, ...]) -> Planted:
    fields = VALUE_FIELDS[resource]
    name = fields[int(u[0] * len(fields))]
    true = row[name]
    row[name] = malformed_number(float(true), u[1])
    return Planted("malformed", name, true, row[name])


def _scaled(resource: str, kind: str, row: dict[str, Any], factor: float) -> Planted:
    """Multiplies all quantities, so that identities still hold; severity is the year-on-year ratio over its bound."""
    name, before, fields = AGAINST[resource]
    true = row[name]
    for field in fields:
        if row.get(field) is not None:
            row[field] = round(row[field] * factor, 9)
    ratio = row[name] / row[before]
    return Planted(kind, name, true, row[name], max(ratio, 1.0 / ratio) / RATIO_BOUND)


def _impossible(resource: str, row: dict[str, Any], u: tuple[float, ...]) -> Planted:
    kind = "impossible"
    times = beyond(u[0])
    choices = ["ratio", "ratio", "negative"]
    if resource == "energy-reports":
        choices += ["green"] if row["energy_code"] == "electricity" else []
        choices += ["ncv", "carbon", "oxidation"] if row["ncv_measured"] is not None else []
    choice = choices[int(u[1] * len(choices))]
    if choice == "ratio":
        name, before, _ = AGAINST[resource]
        wanted = row[before] * RATIO_BOUND * times if u[2] < 0.6 else row[before] / (RATIO_BOUND * times)
        return _scaled(resource, kind, row, wanted / row[name])
    if choice == "green":
        return _set(row, kind, "green_power", row["consumption"] * (1.0 + TOLERANCE_SHARE) * times, times)
    if choice == "oxidation":
        return _set(row, kind, "oxidation_measured", own_parameters()["bounds"]["oxidation"][1] * times, times)
    if choice in ("ncv", "carbon"):
        name = "ncv_measured" if choice == "ncv" else "carbon_content_measured"
        low, high = own_parameters()["bounds"][choice][row["energy_code"]]
        return _set(row, kind, name, high * times if u[2] < 0.5 else low / times, times)
    return _negative(resource, row, times)


def _negative(resource: str, row: dict[str, Any], times: float) -> Planted:
    """A negative amount; sums are kept where there are any."""
    if resource == "activity-reports":
        return _set(row, "impossible", "value", -row["value"], None)
    if resource == "emission-reports":
        true, amount = row["co2_direct_t"], -tolerance(row["co2_total_t"]) * times
        row["co2_indirect_t"] = round(row["co2_indirect_t"] + true - amount, 9)
        return _set(row, "impossible", "co2_direct_t", amount, times)
    amount = -tolerance(row["consumption"]) * times
    row["use_production"] = round(row["use_production"] + row["use_other"] - amount, 9)
    return _set(row, "impossible", "use_other", amount, times)


def _broken(resource: str, row: dict[str, Any], u: tuple[float, ...]) -> Planted:
    """One term of a sum is moved by a multiple of its tolerance."""
    times = beyond(u[0])
    if resource == "emission-reports":
        terms = row["co2_direct_t"] + row["co2_indirect_t"]
        moved = terms / (1.0 + TOLERANCE_SHARE * times)
        return _set(row, "broken_identity", "co2_total_t", moved, (terms - moved) / tolerance(moved))
    name = ("closing_stock", "use_other")[int(u[1] * 2)]
    return _set(row, "broken_identity", name, row[name] + tolerance(row["consumption"]) * times, times)


def _set(row: dict[str, Any], kind: str, name: str, value: float, severity: float | None) -> Planted:
    true, row[name] = row[name], round(value, 9)
    return Planted(kind, name, true, row[name], severity)
