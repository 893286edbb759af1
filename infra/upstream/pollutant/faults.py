"""Content faults of the pollutant platform, planted in one group (source × pollutant) of a snapshot."""

from __future__ import annotations

from typing import Any

from infra.upstream.planting import Planted, beyond, malformed_number

KINDS = ("malformed", "impossible", "unit_slip", "broken_identity", "duplicate")
SHARE, LEAST = 0.005, 0.01
RATIO_BOUND = 4.0
SLIPS = (1000.0, 0.001, 10.0, 0.1)
NATURAL_STEP = 1.7

Found = list[tuple[dict[str, Any], Planted]]


def plant(kind: str, group: list[dict[str, Any]], u: tuple[float, ...]) -> Found:
    """Plants one fault in a group in place; answers the key of each item touched, and the fault."""
    item = group[int(u[0] * len(group))]
    if kind == "duplicate":
        group.append(dict(item))
        return [(_key(item), Planted(kind, "", 1, 2))]
    if kind == "malformed":
        true, item["kg"] = item["kg"], malformed_number(item["kg"], u[1])
        return [(_key(item), Planted(kind, "kg", true, item["kg"]))]
    if kind == "unit_slip":
        return _scaled(kind, group, SLIPS[int(u[1] * len(SLIPS))])
    if kind == "broken_identity":
        return _broken(group, item, beyond(u[1]))
    if u[2] < 0.5:
        factor = RATIO_BOUND * beyond(u[1]) * NATURAL_STEP
        return _scaled(kind, group, factor if u[3] < 0.6 else 1.0 / factor)
    item = min(group, key=lambda i: i["kg"])
    true, item["kg"] = item["kg"], -item["kg"]
    for other in group:
        other["total_kg"] = round(other["total_kg"] - 2.0 * true, 4)
    return [(_key(item), Planted("impossible", "kg", true, item["kg"]))]


def _scaled(kind: str, group: list[dict[str, Any]], factor: float) -> Found:
    """The whole group times a factor: its sum holds, its neighbours do not fit; severity is against the truth."""
    severity = max(factor, 1.0 / factor) / RATIO_BOUND
    true = group[0]["total_kg"]
    for item in group:
        item["kg"], item["total_kg"] = round(item["kg"] * factor, 9), round(item["total_kg"] * factor, 9)
    planted = Planted(kind, "total_kg", true, group[0]["total_kg"], severity)
    return [(_key(item), planted) for item in group]


def _broken(group: list[dict[str, Any]], item: dict[str, Any], times: float) -> Found:
    """One district's amount moved by a multiple of the sum's tolerance; the whole group no longer fits its total."""
    true, tolerance = item["kg"], max(SHARE * item["total_kg"], LEAST)
    item["kg"] = round(true + tolerance * times, 9)
    planted = Planted("broken_identity", "kg", true, item["kg"], times)
    return [(_key(other), planted) for other in group]


def _key(item: dict[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in ("source", "pollutant", "district_code")}
