"""Weather and holidays of the simulated city: own round numbers, no published series."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from infra.upstream.clock import days_in
from infra.upstream.rng import normals

MONTH_MEAN_C = (5, 7, 11, 16, 21, 24.5, 29, 28.5, 25, 20, 14, 8)
SPRING_FESTIVAL = {
    2021: (2, 12),
    2022: (2, 1),
    2023: (1, 22),
    2024: (2, 10),
    2025: (1, 29),
    2026: (2, 17),
    2027: (2, 6),
    2028: (1, 26),
}
OTHER_HOLIDAYS = {(1, 1), (4, 5), (5, 1), (5, 2), (5, 3), (10, 1), (10, 2), (10, 3), (10, 4), (10, 5), (10, 6), (10, 7)}


@lru_cache(maxsize=512)
def temperature(seed: int, year: int, month: int) -> float:
    """Mean temperature of a month, °C."""
    return MONTH_MEAN_C[month - 1] + 0.8 * normals(seed, "temperature", year, month)[0]


def heating_need(celsius: float) -> float:
    """0 when mild, about 1 in January."""
    return max(0.0, 14.0 - celsius) / 9.0


def cooling_need(celsius: float) -> float:
    """0 when mild, about 1 in July."""
    return max(0.0, celsius - 20.0) / 9.0


def is_spring_festival(day: date) -> bool:
    """The eight days from the eve on; years outside 2021–2028 raise KeyError."""
    eve = date(day.year, *SPRING_FESTIVAL[day.year]).toordinal() - 1
    return 0 <= day.toordinal() - eve < 8


def is_rest_day(day: date) -> bool:
    return day.weekday() >= 5 or (day.month, day.day) in OTHER_HOLIDAYS or is_spring_festival(day)


@lru_cache(maxsize=512)
def festival_share(year: int, month: int) -> float:
    """Share of the Spring Festival's eight days that falls into the month."""
    return sum(is_spring_festival(date(year, month, d)) for d in range(1, days_in((year, month)) + 1)) / 8.0
