"""What goes wrong with meters on a day: gaps, frozen and late spans, drifting clocks, single bad rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from infra.upstream.clock import days_in
from infra.upstream.metering.curve import MINUTES, day_number
from infra.upstream.metering.register import Meter
from infra.upstream.planting import Planted, beyond, malformed_number
from infra.upstream.rng import code64, uniform_array

ROW_KINDS = ("malformed", "impossible", "unit_slip", "jump", "duplicate")
GAP_MINUTES, STUCK_MINUTES, LATE_MINUTES, LATE_DELAY = (10.0, 600.0), (31.0, 600.0), (5.0, 60.0), (5.0, 600.0)
STUCK_BOUND, DRIFT_BOUND_S, MOST_DRIFT_S = 30.0, 120.0, 600.0
RESOLUTION = 0.02
UNIT_SLIPS = (1000.0, 0.001)


@dataclass(frozen=True)
class Span:
    """One meter's faulty minutes of a day, start ≤ minute < stop; ``arrives`` is the minute its late rows come."""

    meter: int
    start: int
    stop: int
    arrives: int = 0


@dataclass(frozen=True)
class DayFaults:
    """Spans by kind, and each meter's clock error in seconds."""

    gaps: tuple[Span, ...]
    stuck: tuple[Span, ...]
    late: tuple[Span, ...]
    clock_s: np.ndarray


class MeterFaults:
    """Faults of any day, drawn per meter and day or per meter and minute."""

    def __init__(self, seed: int, meters: list[Meter], rates: dict[str, float]) -> None:
        self.rates = rates
        self._keys = {
            kind: np.array([code64(seed, "meter fault", kind, m.meter_id) for m in meters], dtype=np.uint64)
            for kind in ("gap", "stuck", "late", "clock", "row", "value")
        }

    def of_day(self, day: date) -> DayFaults:
        """All spans and clock errors of a day."""
        return DayFaults(
            gaps=self._spans("gap", self.rates["gap"], day, GAP_MINUTES),
            stuck=self._spans("stuck", self.rates["stuck"], day, STUCK_MINUTES),
            late=self._spans("late", self.rates["late"], day, LATE_MINUTES),
            clock_s=self._clock(day),
        )

    def _spans(self, kind: str, rate: float, day: date, length: tuple[float, float]) -> tuple[Span, ...]:
        counter = np.uint64(day_number(day) * 4)
        chance = uniform_array(self._keys[kind], counter)
        out = []
        for i in np.flatnonzero(chance < rate):
            u = uniform_array(self._keys[kind][i : i + 1], counter + np.arange(1, 4, dtype=np.uint64))
            minutes = int(length[0] * (length[1] / length[0]) ** u[0])
            start = 1 + int(u[1] * (MINUTES - minutes - 2))
            delay = int(LATE_DELAY[0] * (LATE_DELAY[1] / LATE_DELAY[0]) ** u[2])
            out.append(Span(int(i), start, start + minutes, (start + minutes + delay) // 5 * 5))
        return tuple(out)

    def _clock(self, day: date) -> np.ndarray:
        """Clock error in whole seconds: grows from the first of the month, when clocks are set."""
        month = np.uint64((day.year * 12 + day.month) * 2)
        drifts = uniform_array(self._keys["clock"], month) < self.rates["clock_drift"]
        most = MOST_DRIFT_S * (2.0 * uniform_array(self._keys["clock"], month + np.uint64(1)) - 1.0)
        return np.where(drifts, np.rint(most * day.day / days_in((day.year, day.month))), 0.0).astype(int)

    def row_chances(self, day: date, minutes: np.ndarray) -> np.ndarray:
        """The uniform that decides each reading's fault: (meters, minutes)."""
        counter = np.asarray(minutes, dtype=np.uint64) + np.uint64(day_number(day) * MINUTES)
        return uniform_array(self._keys["row"][:, None], counter[None, :])

    def share_of_bad_rows(self) -> float:
        return sum(self.rates[k] for k in ROW_KINDS)

    def row_kind(self, chance: float) -> str:
        """The kind of a faulty row from its uniform."""
        for kind in ROW_KINDS:
            chance -= self.rates[kind]
            if chance < 0:
                break
        return kind

    def plant(self, kind: str, meter: Meter, position: int, day: date, minute: int, true: float) -> Planted | None:
        """What a faulty row shows instead; None where the fault would not go beyond its bound."""
        counter = np.arange(3, dtype=np.uint64) + np.uint64((day_number(day) * MINUTES + minute) * 4)
        u = uniform_array(self._keys["value"][position : position + 1], counter)
        if kind == "duplicate":
            return Planted(kind, "", 1, 2)
        if kind == "malformed":
            return Planted(kind, "counter", true, malformed_number(true, u[0]).replace(",", " "))
        if kind == "impossible":
            if u[0] < 0.5:
                return Planted(kind, "counter", true, -round(true + 1.0, 2))
            times = beyond(u[1])
            return Planted(kind, "counter", true, round(meter.rollover * times, 2), times)
        step = meter.max_rate / 60.0 / meter.multiplier + RESOLUTION
        if kind == "unit_slip":
            shown = round(true * UNIT_SLIPS[int(u[0] * 2)], 2)
        else:
            shift = step * beyond(u[0])
            shown = round(true + shift if true + shift < meter.rollover else true - shift, 2)
        severity = abs(shown - true) / step
        return Planted(kind, "counter", true, shown, severity) if severity > 1.0 and shown >= 0 else None
