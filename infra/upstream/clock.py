"""Local time of the simulated platforms (Asia/Shanghai, no daylight saving) and their clock."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta, timezone

LOCAL = timezone(timedelta(hours=8))
FIRST_MONTH = (2023, 1)
DAY_SECONDS = 86_400


class Clock:
    """The time of a server: fixed when given, else the system's."""

    def __init__(self, fixed: datetime | None = None) -> None:
        if fixed is not None and fixed.tzinfo is None:
            raise ValueError("the clock needs an offset, for example 2026-11-22T08:00:00+08:00")
        self._fixed = fixed.astimezone(LOCAL) if fixed else None

    def now(self) -> datetime:
        """Local time with offset."""
        return self._fixed or datetime.now(LOCAL)

    def epoch(self) -> int:
        """Unix seconds."""
        return int(self.now().timestamp())


def months_between(first: tuple[int, int], last: tuple[int, int]) -> list[tuple[int, int]]:
    """Months from first to last, both included."""
    start, stop = first[0] * 12 + first[1] - 1, last[0] * 12 + last[1] - 1
    return [(i // 12, i % 12 + 1) for i in range(start, stop + 1)]


def shift(month: tuple[int, int], by: int) -> tuple[int, int]:
    """The month ``by`` months later."""
    index = month[0] * 12 + month[1] - 1 + by
    return index // 12, index % 12 + 1


def label(month: tuple[int, int]) -> str:
    """``2026-09``."""
    return f"{month[0]:04d}-{month[1]:02d}"


def days_in(month: tuple[int, int]) -> int:
    return monthrange(*month)[1]


def epoch_of(year: int, month: int, day: int = 1, hour: int = 0, minute: int = 0) -> int:
    """Unix seconds of a local time."""
    return int(datetime(year, month, day, hour, minute, tzinfo=LOCAL).timestamp())


def month_start(month: tuple[int, int]) -> int:
    return epoch_of(*month)


def local(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, LOCAL)


def month_of(epoch: float) -> tuple[int, int]:
    moment = local(epoch)
    return moment.year, moment.month


def iso(epoch: float) -> str:
    """``2026-10-09T14:03:11+08:00``."""
    return datetime.fromtimestamp(int(epoch), LOCAL).isoformat()


def parse(text: str, name: str) -> int:
    """Unix seconds of an ISO date or time (without offset: local); ValueError names the parameter."""
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise ValueError(
            f"{name}: {text!r} is not an ISO 8601 date or time, for example 2026-10-01T00:00:00+08:00"
        ) from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)).timestamp())


def day_epoch(day: date) -> int:
    return epoch_of(day.year, day.month, day.day)
