"""What stands in one window of one list: its own rows, late ones and right versions of the month before."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from infra.upstream.clock import FIRST_MONTH, Clock, iso, label, month_of, shift
from infra.upstream.exchange.faults import Planter, mended, planted
from infra.upstream.exchange.resource import Month, Resource, Row, known_at
from infra.upstream.planting import Planted, truth_line
from infra.upstream.world.model import World

LATE_DAYS = (1, 20)


class Stated(NamedTuple):
    """One row as published, and what is planted in it."""

    row: Row
    fault: Planted | None


class Published:
    """The windows of one resource; depends on seed, size and rates only."""

    def __init__(self, world: World, source: str, resource: Resource, rates: Mapping[str, float]) -> None:
        self.world, self.source, self.resource = world, source, resource
        self.planter = Planter(world.seed, source, resource, rates)
        self._rows = lru_cache(maxsize=2)(self._true_rows)  # a month and the one before it
        self._version = resource.columns.index("version")
        self._updated = resource.columns.index("updated_at")

    def online(self, month: Month, clock: Clock) -> bool | None:
        """True: published; False: no longer online, or none in this month; None: not published yet."""
        now = month_of(clock.epoch())
        if month > now or (month == now and self.resource.kept and not self.resource.register):
            return None
        oldest = shift(now, -self.resource.kept) if self.resource.kept else FIRST_MONTH
        return month >= oldest

    def text(self, month: Month, clock: Clock) -> str:
        """The window as CSV with a header; empty where it holds no row. An open month holds what is known by now."""
        now = clock.now()
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.resource.columns)
        rows = [stated.row for stated in self.shown(month, clock) if self._known(stated.row, month, now)]
        writer.writerows(rows)
        return out.getvalue() if rows else ""

    def _known(self, row: Row, month: Month, now: datetime) -> bool:
        if month < (now.year, now.month):
            return True
        return str(row[self._updated]) <= now.isoformat(timespec="seconds")

    def shown(self, month: Month, clock: Clock) -> Iterator[Stated]:
        """Rows of a window that is online: of the open month, a register has nothing but what it puts right."""
        is_open = month == month_of(clock.epoch())
        return self.mendings(month) if is_open and self.resource.register else self.stated(month)

    def mendings(self, month: Month) -> Iterator[Stated]:
        """Right versions, in a month, of what the register that the month before published has wrong."""
        before = shift(month, -1)
        for row in self._published(before):
            chosen = self.planter.chosen(row, before)
            if chosen is None or not mended(*chosen):
                continue
            fault, u = chosen
            done = planted(fault, dict(zip(self.resource.columns, row, strict=True)), u)
            if done is not None:
                told = Planted("mended", done.field, done.true_value, done.planted_value)
                yield Stated(self._again(row, month, 1), told)

    def stated(self, month: Month) -> Iterator[Stated]:
        """Rows of a closed window in order: those of the month, then what a month before left to be said."""
        for row in self._published(month) if self.resource.kept else self._rows(month):
            yield from self._first(row, month)
        before = shift(month, -1)
        if not self.resource.kept and before >= FIRST_MONTH and self.resource.faults:
            for row in self._rows(before):
                yield from self._later(row, before, month)

    def _published(self, month: Month) -> Iterator[Row]:
        """True rows; a register's versions are odd, so that an even one can put the one before it right."""
        for row in self.resource.rows(self.world, month):
            cells: list[Any] = list(row)
            if self.resource.register:
                cells[self._version] = 2 * cells[self._version] - 1
            yield tuple(cells)

    def _true_rows(self, month: Month) -> tuple[Row, ...]:
        return tuple(self.resource.rows(self.world, month))

    def _first(self, row: Row, month: Month) -> Iterator[Stated]:
        chosen = self.planter.chosen(row, month)
        if chosen is None:
            yield Stated(row, None)
            return
        fault, u = chosen
        if fault.kind == "late":
            return
        if fault.kind == "duplicate":
            yield Stated(row, None)
            yield Stated(row, Planted("duplicate", "", 1, 2))
            return
        record = dict(zip(self.resource.columns, row, strict=True))
        done = planted(fault, record, u)
        yield Stated(tuple(record.values()), done)

    def _later(self, row: Row, known: Month, month: Month) -> Iterator[Stated]:
        chosen = self.planter.chosen(row, known)
        if chosen is None:
            return
        fault, u = chosen
        if fault.kind == "late":
            yield Stated(self._again(row, month, 0), Planted("late", "updated_at", row[self._updated], label(month)))
        elif mended(fault, u):
            record = dict(zip(self.resource.columns, row, strict=True))
            if planted(fault, record, u) is not None:
                yield Stated(self._again(row, month, 1), None)

    def _again(self, row: Row, month: Month, newer: int) -> Row:
        """The row as it becomes known in a later month."""
        cells: list[Any] = list(row)
        key = (self.source, self.resource.name, *(cells[self.resource.columns.index(k)] for k in self.resource.key))
        cells[self._version] += newer
        cells[self._updated] = known_at(self.world.seed, month, *key, first_day=LATE_DAYS[0], last_day=LATE_DAYS[1])
        return tuple(cells)

    def truth(self, month: Month, since: int, before: int, clock: Clock) -> Iterator[dict[str, Any]]:
        """What is planted in a window's rows known from since to before (excluded), one line each."""
        columns, first, stop = self.resource.columns, iso(since), iso(before)
        for row, fault in self.shown(month, clock):
            if fault is None or not first <= str(row[self._updated]) < stop:
                continue
            record = dict(zip(columns, row, strict=True))
            key = {name: record[name] for name in self.resource.key}
            period = str(record[self.resource.period]) if self.resource.period else label(month)
            feed = f"{self.source}.{self.resource.name}"
            yield truth_line(fault, feed, key, period, int(str(record["version"])), label(month))
