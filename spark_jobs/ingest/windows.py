"""Receipt windows: months ``2026-10`` or days ``2026-10-31``, local."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from infra.settings import LOCAL_TZ
from spark_jobs.contracts import Contract


class WindowError(ValueError):
    """A window is not written as a month or a day; the message says how to write it."""


def _first_day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", text):
        raise WindowError(f"window {text!r}: write a month 2026-10 or a day 2026-10-31")
    try:
        return date.fromisoformat(text if len(text) == 10 else f"{text}-01")
    except ValueError as error:
        raise WindowError(f"window {text!r}: {error}") from error


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _last_day(text: str) -> date:
    day = _first_day(text)
    return day if len(text) == 10 else _next_month(day) - timedelta(days=1)


def windows(contract: Contract, first: str, last: str) -> list[str]:
    """The feed's windows from ``first`` to ``last`` (months or days, both included), within what the upstream holds.

    A day stands for its month where the feed has months; a month for all its days where it has days.
    """
    day, end = _first_day(first), _last_day(last)
    if day > end:
        raise WindowError(f"window {first!r} is after {last!r}")
    found = []
    while day <= end or (contract.window.grain == "month" and (day.year, day.month) == (end.year, end.month)):
        by_month = contract.window.grain == "month"
        name = day.strftime("%Y-%m") if by_month else day.isoformat()
        if (contract.window.first or name) <= name <= (contract.window.last or name):
            found.append(name)
        day = _next_month(day) if by_month else day + timedelta(days=1)
    return found


def bounds(window: str) -> tuple[datetime, datetime]:
    """Start and end (exclusive) of a window, as local instants."""
    start = _first_day(window)
    end = _next_month(start) if len(window) == 7 else start + timedelta(days=1)
    return (
        datetime(start.year, start.month, start.day, tzinfo=LOCAL_TZ),
        datetime(end.year, end.month, end.day, tzinfo=LOCAL_TZ),
    )


def slots(window: str, minutes: int, until: datetime) -> list[datetime]:
    """Starts of a window's slots of ``minutes`` that are not after ``until``."""
    start, end = bounds(window)
    step = timedelta(minutes=minutes)
    count = int((end - start) / step)
    return [start + i * step for i in range(count) if start + i * step <= until]
