"""Cumulative energy of every meter at any minute: monthly energy spread over days, hours and minutes, without state."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np

from infra.upstream.clock import FIRST_MONTH, days_in, months_between, shift
from infra.upstream.metering.register import Meter, media_data, medium_total
from infra.upstream.rng import code64, normal_array, uniform_array
from infra.upstream.world.climate import is_rest_day
from infra.upstream.world.model import World

MINUTES = 1440
EPOCH = date(2023, 1, 1).toordinal()
DAY_NOISE, HOUR_NOISE, WIGGLE = 0.07, 0.08, 0.4


def day_number(day: date) -> int:
    """Days since the first day of the simulation."""
    return day.toordinal() - EPOCH


class Curve:
    """Energy in the meter's unit; arrays are ordered as the register. ``pick`` are meter positions."""

    def __init__(self, world: World, meters: list[Meter]) -> None:
        self.world, self.meters = world, meters
        self.share = np.array([m.share for m in meters])
        channels = list(dict.fromkeys((m.enterprise, m.medium) for m in meters))
        self._channels = channels
        position = {c: i for i, c in enumerate(channels)}
        self._channel_of = np.array([position[m.enterprise, m.medium] for m in meters])
        self._day_key = np.array([code64(world.seed, "day load", m.meter_id) for m in meters], dtype=np.uint64)
        self._hour_key = np.array([code64(world.seed, "hour load", m.meter_id) for m in meters], dtype=np.uint64)
        data = media_data()
        profiles = {name: np.array(p, dtype=float) for name, p in data["profiles"].items()}
        self._profile = np.array([profiles[data["sectors"][m.enterprise.sector]] for m in meters])
        self._weekend = np.array([data["weekend"][m.enterprise.sector] for m in meters])
        self.month_total = lru_cache(maxsize=256)(self._month_total)
        self.before_month = lru_cache(maxsize=256)(self._before_month)
        self._all_days = lru_cache(maxsize=4)(lambda month: self._days(month, np.arange(len(meters))))
        self._all_hours = lru_cache(maxsize=4)(lambda day: self._hours(day, np.arange(len(meters))))

    def _month_total(self, month: tuple[int, int]) -> np.ndarray:
        totals = np.array([medium_total(self.world, e, medium, *month) for e, medium in self._channels])
        return totals[self._channel_of] * self.share

    def _before_month(self, month: tuple[int, int]) -> np.ndarray:
        """Energy from the first month to the start of this one."""
        total = np.zeros(len(self.meters))
        for earlier in months_between(FIRST_MONTH, shift(month, -1)):
            total = total + self.month_total(earlier)
        return total

    def _days(self, month: tuple[int, int], pick: np.ndarray) -> np.ndarray:
        """Cumulative share of the month's energy at each day's start, and 1 at its end: (meters, days + 1)."""
        dates = [date(*month, d) for d in range(1, days_in(month) + 1)]
        rest = np.array([is_rest_day(d) for d in dates])
        numbers = np.array([day_number(d) for d in dates], dtype=np.uint64)
        noise = np.exp(DAY_NOISE * normal_array(self._day_key[pick, None], numbers[None, :]))
        weight = np.where(rest[None, :], self._weekend[pick, None], 1.0) * noise
        return _cumulative(weight)

    def _hours(self, day: date, pick: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Cumulative share of the day at each hour, hourly share, and amplitude of the wiggle within the hour."""
        hours = np.arange(24, dtype=np.uint64) + np.uint64(day_number(day) * 48)
        weight = self._profile[pick] * np.exp(HOUR_NOISE * normal_array(self._hour_key[pick, None], hours[None, :]))
        total = _cumulative(weight)
        wiggle = WIGGLE * (2.0 * uniform_array(self._hour_key[pick, None], hours[None, :] + np.uint64(1 << 40)) - 1.0)
        return total, np.diff(total, axis=1), wiggle

    def energy(self, day: date, minutes: np.ndarray, pick: np.ndarray | None = None) -> np.ndarray:
        """Energy since the start of the simulation at minutes of a day (0…1440): (meters, minutes)."""
        month = (day.year, day.month)
        if pick is None:
            pick, days = np.arange(len(self.meters)), self._all_days(month)
            total, share, wiggle = self._all_hours(day)
        else:
            days = self._days(month, pick)
            total, share, wiggle = self._hours(day, pick)
        start, stop = days[:, day.day - 1], days[:, day.day]
        hour = np.minimum(minutes // 60, 23).astype(int)
        inside = (minutes - 60 * hour) / 60.0
        phase = np.sin(2.0 * np.pi * inside) / (2.0 * np.pi)
        of_day = total[:, hour] + share[:, hour] * (inside[None, :] + wiggle[:, hour] * phase[None, :])
        of_month = start[:, None] + (stop - start)[:, None] * of_day
        return self.before_month(month)[pick, None] + self.month_total(month)[pick, None] * of_month


def _cumulative(weight: np.ndarray) -> np.ndarray:
    total = np.cumsum(weight, axis=1)
    return np.concatenate([np.zeros((len(weight), 1)), total / total[:, -1:]], axis=1)
