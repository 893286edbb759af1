"""Period texts and their order: hour, day, ISO week, month, quarter and year, each as one running number."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True)
class Grain:
    """A kind of period.

    Args:
        name: hour, day, week, month, quarter or year.
        pattern: what its text looks like; the groups are whole numbers.
        ordinal: numbers of the groups → running number (consecutive periods differ by one).
        text: running number → text as it is written in results.
        seasons: lengths of its usual seasons in periods, longest last; empty for none.
    """

    name: str
    pattern: re.Pattern[str]
    ordinal: Callable[..., int]
    text: Callable[[int], str]
    seasons: tuple[int, ...]


def _hour(year: int, month: int, day: int, hour: int) -> int:
    return int((datetime(year, month, day, hour) - EPOCH).total_seconds()) // 3600


def _hour_text(number: int) -> str:
    return (EPOCH + timedelta(hours=number)).strftime("%Y-%m-%dT%H")


def _week(year: int, week: int) -> int:
    return (date.fromisocalendar(year, week, 1) - date(1970, 1, 5)).days // 7


def _week_text(number: int) -> str:
    year, week, _ = (date(1970, 1, 5) + timedelta(weeks=number)).isocalendar()
    return f"{year} W{week:02d}"


def _month(year: int, month: int) -> int:
    return year * 12 + date(year, month, 1).month - 1


def _quarter(year: int, quarter: int) -> int:
    return year * 4 + quarter - 1


GRAINS = (
    Grain(
        "hour",
        re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2})(?::00(?::00)?)?"),
        _hour,
        _hour_text,
        (24, 168),
    ),
    Grain(
        "day",
        re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"),
        lambda y, m, d: date(y, m, d).toordinal(),
        lambda n: date.fromordinal(n).isoformat(),
        (7,),
    ),
    Grain("week", re.compile(r"(\d{4})[- ]?W([0-5]?\d)"), _week, _week_text, (52,)),
    Grain("month", re.compile(r"(\d{4})-(\d{1,2})"), _month, lambda n: f"{n // 12:04d}-{n % 12 + 1:02d}", (12,)),
    Grain("quarter", re.compile(r"(\d{4})[- ]?Q([1-4])"), _quarter, lambda n: f"{n // 4:04d}Q{n % 4 + 1}", (4,)),
    Grain("year", re.compile(r"(\d{4})"), lambda y: y, lambda n: f"{n:04d}", ()),
)


def parse_period(text: str) -> tuple[Grain, int]:
    """Grain and running number of a period's text.

    Raises:
        ValueError: the text is no period; names the forms that are.
    """
    cleaned = text.strip().upper()
    for grain in GRAINS:
        match = grain.pattern.fullmatch(cleaned)
        if match:
            try:
                return grain, grain.ordinal(*map(int, match.groups()))
            except ValueError as error:
                raise ValueError(f"period: {text!r} does not exist ({error})") from None
    raise ValueError(
        f"period: {text!r} is not a period; write 2026, 2026Q3, 2026-10, 2026 W06, 2026-10-31 or 2026-10-31T07"
    )
