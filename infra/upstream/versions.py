"""Which versions of which records became known in a window of time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from infra.upstream.clock import FIRST_MONTH, month_of, shift


class Event(NamedTuple):
    """One version of one record becoming known; ``copy`` is 1 for a planted duplicate of it."""

    updated_at: int
    record_id: str
    version: int
    copy: int
    ref: Any


Month = tuple[int, int]


class WindowIndex:
    """Events by the time they became known, built per month of origin when first needed."""

    def __init__(self, build: Callable[[Month], list[Event]], lookback_months: int) -> None:
        self._build = lru_cache(maxsize=512)(build)
        self._lookback = lookback_months
        self.window = lru_cache(maxsize=16)(self._window)

    def _window(self, since: int, before: int) -> list[Event]:
        """Events with since ≤ updated_at < before, ordered by time, record, version, copy."""
        if before <= since:
            return []
        month = max(FIRST_MONTH, shift(month_of(since), -self._lookback))
        last = month_of(before)
        found: list[Event] = []
        while month <= last:
            found.extend(e for e in self._build(month) if since <= e.updated_at < before)
            month = shift(month, 1)
        found.sort(key=_order)
        return found

    def page(
        self, since: int, before: int, after: tuple[int, str, int, int] | None, limit: int
    ) -> tuple[list[Event], bool]:
        """Up to ``limit`` events after a position, and whether more follow."""
        events = self.window(since, before)
        start = bisect_right(events, after, key=_order) if after else 0
        return events[start : start + limit], start + limit < len(events)


def _order(event: Event) -> tuple[int, str, int, int]:
    return event[:4]
