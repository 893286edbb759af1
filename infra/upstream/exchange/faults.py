"""Content faults of the data exchange: which fault a row carries, and the row with the fault in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.upstream.exchange.resource import Bound, Fault, Month, Resource
from infra.upstream.planting import Planted, beyond, malformed_number
from infra.upstream.rng import draws, log_uniform

CORRECTION_SIZE = (0.02, 0.15)
MENDED_SHARE = 0.6


class Planter:
    """Chooses and plants the faults of one resource; depends on seed, resource and rates only."""

    def __init__(self, seed: int, source: str, resource: Resource, rates: Mapping[str, float]) -> None:
        self.seed, self.source, self.resource = seed, source, resource
        self.shares = tuple((fault, fault.share * rates[fault.kind]) for fault in resource.faults)
        self._key = tuple(resource.columns.index(name) for name in resource.key)

    def chosen(self, row: tuple[object, ...], month: Month) -> tuple[Fault, tuple[float, ...]] | None:
        """The fault of a row that becomes known in a month and the row's uniforms; None for most rows."""
        if not self.shares:
            return None
        key = (row[i] for i in self._key)
        u = draws(self.seed, "exchange fault", self.source, self.resource.name, *month, *key)
        left = u[0]
        for fault, rate in self.shares:
            left -= rate
            if left < 0:
                return fault, u[1:]
        return None


def mended(fault: Fault, u: tuple[float, ...]) -> bool:
    """Whether a right version follows a month later."""
    return fault.kind == "correction" or (fault.kind not in ("duplicate", "late") and u[0] < MENDED_SHARE)


def planted(fault: Fault, row: dict[str, Any], u: tuple[float, ...]) -> Planted | None:
    """Changes a true row in place; None where this row cannot carry the fault (no number there, no such slip)."""
    if fault.plant is not None:
        return fault.plant(row, u)
    if fault.kind == "correction":
        return _wrong(fault, row, u)
    name = fault.fields[int(u[1] * len(fault.fields))]
    true = row[name]
    if not isinstance(true, int | float):
        return None
    if fault.kind == "malformed":
        row[name] = malformed_number(float(true), u[2])
        return Planted(fault.kind, name, true, row[name])
    if fault.kind == "broken_identity":
        times = beyond(u[2])
        row[name] = round(true + max(fault.relative * abs(true), fault.absolute) * times, 6)
        return Planted(fault.kind, name, true, row[name], times)
    low, high = _value(fault.low, row), _value(fault.high, row)
    if fault.kind == "unit_slip":
        return _slipped(fault, row, name, low, high, u)
    return _impossible(row, name, low, high, u)


def _value(bound: Bound | None, row: dict[str, Any]) -> float | None:
    return bound(row) if callable(bound) else bound


def _wrong(fault: Fault, row: dict[str, Any], u: tuple[float, ...]) -> Planted | None:
    """A version that a later one corrects: all fields off by the same relative error, whole numbers stay whole."""
    error = (1.0 if u[1] < 0.5 else -1.0) * log_uniform(u[2], *CORRECTION_SIZE)
    true = row[fault.fields[0]]
    for name in fault.fields:
        value = row[name]
        if isinstance(value, int | float):
            row[name] = type(value)(round(value * (1.0 + error), 0 if isinstance(value, int) else 6))
    if row[fault.fields[0]] == true:
        return None
    return Planted("correction", fault.fields[0], true, row[fault.fields[0]])


def _slipped(
    fault: Fault, row: dict[str, Any], name: str, low: float | None, high: float | None, u: tuple[float, ...]
) -> Planted | None:
    true = row[name]
    slipped = [_scaled(true, factor) for factor in fault.factors]
    outside = [value for value in slipped if value > 0 and _severity(value, low, high) > 1.0]
    if not outside or true <= 0:
        return None
    row[name] = outside[int(u[2] * len(outside))]
    return Planted("unit_slip", name, true, row[name], _severity(row[name], low, high))


def _scaled(true: int | float, factor: float) -> int | float:
    """The value times a factor, as a whole number where the field holds whole numbers."""
    return round(true * factor) if isinstance(true, int) else round(true * factor, 9)


def _severity(value: float, low: float | None, high: float | None) -> float:
    """Distance ÷ bound: above 1 outside."""
    above = value / high if high else 0.0
    below = low / value if low and value > 0 else 0.0
    return max(above, below)


def _impossible(
    row: dict[str, Any], name: str, low: float | None, high: float | None, u: tuple[float, ...]
) -> Planted | None:
    true, times = row[name], beyond(u[2])
    if high is not None and (low is None or u[3] < 0.5):
        row[name] = _like(true, high * times)
        return Planted("impossible", name, true, row[name], times)
    if low:
        row[name] = _like(true, low / times)
        return Planted("impossible", name, true, row[name], times)
    if true == 0:
        return None
    row[name] = -true
    return Planted("impossible", name, true, row[name])


def _like(true: int | float, value: float) -> int | float:
    """The value as a whole number where the field holds whole numbers."""
    return round(value) if isinstance(true, int) else round(value, 6)
