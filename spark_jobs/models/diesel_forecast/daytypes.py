"""Kinds of days in China: working days with make-up days, weekends, statutory holidays, Spring Festival."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import chinese_calendar
import numpy as np

from spark_jobs.models.frame import IntArray

WORKDAY, WEEKEND, HOLIDAY, SPRING_FESTIVAL = range(4)


@cache
def day_type(ordinal: int) -> int:
    """Kind of a day given as ``date.toordinal()``; make-up working days (调休) are working days.

    A year whose holidays are not announced yet counts Saturdays and Sundays only.
    """
    day = date.fromordinal(ordinal)
    try:
        is_holiday, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return WEEKEND if day.weekday() >= 5 else WORKDAY
    if not is_holiday:
        return WORKDAY
    if name is None:
        return WEEKEND
    return SPRING_FESTIVAL if name == chinese_calendar.Holiday.spring_festival.value else HOLIDAY


def day_types(ordinals: IntArray) -> IntArray:
    """Kinds of days, same shape as ``ordinals``."""
    return np.array([day_type(int(number)) for number in ordinals], dtype=np.int64)


def announced(ordinal: int) -> bool:
    """True when the State Council's calendar of that year is known to the library."""
    try:
        chinese_calendar.is_holiday(date.fromordinal(ordinal))
    except NotImplementedError:
        return False
    return True


def rest_shares(months: IntArray) -> tuple[np.ndarray, np.ndarray]:
    """Share of rest days and of Spring Festival days in each month (year × 12 + month − 1), shape (months,) each."""
    rest, festival = np.empty(len(months)), np.empty(len(months))
    for index, number in enumerate(months):
        first = date(int(number) // 12, int(number) % 12 + 1, 1)
        last = (first + timedelta(days=31)).replace(day=1)
        kinds = day_types(np.arange(first.toordinal(), last.toordinal()))
        rest[index], festival[index] = (kinds != WORKDAY).mean(), (kinds == SPRING_FESTIVAL).mean()
    return rest, festival
