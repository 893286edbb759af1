"""What a meter's display shows: energy divided by its multiplier, since its last reset, rolled over, two decimals."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np

from infra.upstream.clock import FIRST_MONTH, days_in, shift
from infra.upstream.metering.curve import MINUTES, Curve
from infra.upstream.rng import code64, uniform_array


class Counters:
    """True displays, resets and roll-overs included; nothing else planted."""

    def __init__(self, curve: Curve, reset_rate: float) -> None:
        self.curve, self._rate = curve, reset_rate
        seed, meters = curve.world.seed, curve.meters
        self.multiplier = np.array([m.multiplier for m in meters], dtype=float)
        self.rollover = np.array([m.rollover for m in meters])
        self.max_rate = np.array([m.max_rate for m in meters])
        first = np.array([code64(seed, "first display", m.meter_id) for m in meters], dtype=np.uint64)
        self._first = uniform_array(first, 0) * self.rollover
        self._reset_key = np.array([code64(seed, "reset", m.meter_id) for m in meters], dtype=np.uint64)
        self.resets_of_month = lru_cache(maxsize=256)(self._resets_of_month)
        self.anchor = lru_cache(maxsize=8)(self._anchor)

    def _resets_of_month(self, month: tuple[int, int]) -> list[tuple[int, date, int]]:
        """(meter, day, minute) of each reset of a month, at most one per meter."""
        number = np.uint64((month[0] * 12 + month[1]) * 4)
        chance = uniform_array(self._reset_key, number)
        days = days_in(month)
        out = []
        for i in np.flatnonzero(chance < 1.0 - (1.0 - self._rate) ** days):
            u = uniform_array(self._reset_key[i : i + 1], np.array([number + np.uint64(1), number + np.uint64(2)]))
            out.append((int(i), date(*month, 1 + int(u[0] * days)), 1 + int(u[1] * (MINUTES - 2))))
        return out

    def resets_of_day(self, day: date) -> list[tuple[int, int]]:
        """(meter, minute) of each reset of a day."""
        return [(i, minute) for i, when, minute in self.resets_of_month((day.year, day.month)) if when == day]

    def _anchor(self, day: date) -> tuple[np.ndarray, np.ndarray]:
        """Energy and display of each meter where its present run began: its last reset before the day, or its start."""
        energy, display = np.zeros(len(self.multiplier)), self._first.copy()
        open_meters, month = set(range(len(energy))), (day.year, day.month)
        while month >= FIRST_MONTH and open_meters:
            for i, when, minute in self.resets_of_month(month):
                if i in open_meters and when < day:
                    pick = np.array([i])
                    energy[i] = self.curve.energy(when, np.array([minute]), pick)[0, 0]
                    display[i] = 0.0
                    open_meters.discard(i)
            month = shift(month, -1)
        return energy, display

    def show(self, day: date, minutes: np.ndarray) -> np.ndarray:
        """Displays at minutes of a day, (meters, minutes), cut to two decimals."""
        return np.round(self._displayed(self.unrolled(day, minutes)) % self.rollover[:, None], 2)

    def show_one(self, meter: int, day: date, minute: int) -> float:
        """Display of one meter at one minute."""
        pick, at = np.array([meter]), np.array([minute])
        energy, display = self._run_start(day, meter, minute)
        raw = (self.curve.energy(day, at, pick)[0, 0] - energy) / self.multiplier[meter] + display
        return round(float(self._displayed(np.array(raw)) % self.rollover[meter]), 2)

    def _run_start(self, day: date, meter: int, minute: int) -> tuple[float, float]:
        for i, reset in self.resets_of_day(day):
            if i == meter and minute >= reset:
                return float(self.curve.energy(day, np.array([reset]), np.array([i]))[0, 0]), 0.0
        energy, display = self.anchor(day)
        return float(energy[meter]), float(display[meter])

    def unrolled(self, day: date, minutes: np.ndarray) -> np.ndarray:
        """Displays as if the counters had no end."""
        energy, display = self.anchor(day)
        now = self.curve.energy(day, minutes)
        raw = (now - energy[:, None]) / self.multiplier[:, None] + display[:, None]
        for i, reset in self.resets_of_day(day):
            at_reset = self.curve.energy(day, np.array([reset]), np.array([i]))[0, 0]
            after = minutes >= reset
            raw[i, after] = (now[i, after] - at_reset) / self.multiplier[i]
        return raw

    @staticmethod
    def _displayed(raw: np.ndarray) -> np.ndarray:
        return np.floor(raw * 100.0 + 1e-6) / 100.0
