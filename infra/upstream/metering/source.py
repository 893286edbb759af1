"""The five-minute files of readings, and what was planted in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from infra.upstream.clock import day_epoch, iso, local
from infra.upstream.metering.counter import Counters
from infra.upstream.metering.curve import MINUTES, Curve
from infra.upstream.metering.faults import DRIFT_BOUND_S, RESOLUTION, STUCK_BOUND, DayFaults, MeterFaults, Span
from infra.upstream.metering.register import build_meters
from infra.upstream.planting import Planted, truth_line
from infra.upstream.world.model import World

FEED = "metering.reading_minute"
FILE_MINUTES = 5
HEADER = "meter_id,read_at,counter,quality"
DOUBTFUL_SHARE = 0.997


class Reading(NamedTuple):
    """One row before it is written: position of the meter, local day, minute, true display."""

    meter: int
    day: date
    minute: int
    counter: float


class MeteringSource:
    """Files and truth of the metering platform; content depends on seed, size and rates only."""

    def __init__(self, world: World, rates: dict[str, float]) -> None:
        self.world, self.rates = world, rates
        self.meters = build_meters(world)
        self.counters = Counters(Curve(world, self.meters), rates["reset"])
        self.faults = MeterFaults(world.seed, self.meters, rates)
        self._ids = [m.meter_id for m in self.meters]
        self.day_faults = lru_cache(maxsize=8)(self.faults.of_day)

    def file_text(self, day: date, minute: int) -> str:
        """CSV of the readings received in the five minutes from a minute of a day."""
        minutes = np.arange(minute, minute + FILE_MINUTES)
        shown = self._shown(day, minutes)
        chances = self.faults.row_chances(day, minutes)
        keep = np.ones(shown.shape, dtype=bool)
        found = self.day_faults(day)
        for span in found.gaps + found.late:
            keep[span.meter, (minutes >= span.start) & (minutes < span.stop)] = False
        lines = [HEADER]
        for column in range(FILE_MINUTES):
            lines.extend(self._minute_lines(day, int(minutes[column]), shown, chances, keep, column, found))
        lines.extend(self._late_lines(day, minute))
        return "\n".join(lines) + "\n"

    def _shown(self, day: date, minutes: np.ndarray) -> np.ndarray:
        """True displays with stuck spans frozen."""
        shown = self.counters.show(day, minutes)
        for span in self.day_faults(day).stuck:
            frozen = (minutes >= span.start) & (minutes < span.stop)
            if frozen.any():
                shown[span.meter, frozen] = self.counters.show_one(span.meter, day, span.start)
        return shown

    def _minute_lines(
        self,
        day: date,
        minute: int,
        shown: np.ndarray,
        chances: np.ndarray,
        keep: np.ndarray,
        column: int,
        found: DayFaults,
    ) -> list[str]:
        stamp = f"{day.isoformat()} {minute // 60:02d}:{minute % 60:02d}:00"
        values, wanted, chance = shown[:, column].tolist(), keep[:, column].tolist(), chances[:, column]
        quality = np.where(chance > DOUBTFUL_SHARE, "1", "0").tolist()
        rows = [
            f"{name},{stamp},{value:.2f},{q}"
            for name, value, q, k in zip(self._ids, values, quality, wanted, strict=True)
            if k
        ]
        special = set(np.flatnonzero(chance < self.faults.share_of_bad_rows())) | set(np.flatnonzero(found.clock_s))
        if not special:
            return rows
        places = np.cumsum(keep[:, column]) - 1
        extra = []
        for i in sorted(special):
            if wanted[i]:
                text, copies = self._line(Reading(int(i), day, minute, values[i]), float(chance[i]), found)
                rows[places[i]] = text
                extra.extend([text] * (copies - 1))
        return rows + extra

    def _line(self, reading: Reading, chance: float, found: DayFaults) -> tuple[str, int]:
        """The CSV line of one reading with its faults, and how often it stands in the file."""
        value, copies = f"{reading.counter:.2f}", 1
        planted = self._planted(reading, chance)
        if planted is not None and planted.kind == "duplicate":
            copies = 2
        elif planted is not None:
            shown = planted.planted_value
            value = shown if isinstance(shown, str) else f"{shown:.2f}"
        quality = "1" if chance > DOUBTFUL_SHARE else "0"
        return f"{self._ids[reading.meter]},{self._stamp(reading, found)},{value},{quality}", copies

    def _stamp(self, reading: Reading, found: DayFaults) -> str:
        at = day_epoch(reading.day) + reading.minute * 60 + int(found.clock_s[reading.meter])
        return local(at).strftime("%Y-%m-%d %H:%M:%S")

    def _planted(self, reading: Reading, chance: float) -> Planted | None:
        if chance >= self.faults.share_of_bad_rows():
            return None
        kind = self.faults.row_kind(chance)
        meter = self.meters[reading.meter]
        return self.faults.plant(kind, meter, reading.meter, reading.day, reading.minute, reading.counter)

    def _late_lines(self, day: date, minute: int) -> list[str]:
        """Rows of earlier minutes, of this day or the day before, that arrive now."""
        lines: list[str] = []
        for origin, at in ((day, minute), (day - timedelta(days=1), minute + MINUTES)):
            found = self.day_faults(origin)
            for span in found.late:
                if span.arrives == at:
                    for reading, chance in self._span_readings(origin, span, found):
                        text, copies = self._line(reading, chance, found)
                        lines.extend([text] * copies)
        return lines

    def _span_readings(self, day: date, span: Span, found: DayFaults) -> list[tuple[Reading, float]]:
        minutes = np.arange(span.start, span.stop)
        shown = self._shown(day, minutes)[span.meter]
        chances = self.faults.row_chances(day, minutes)[span.meter]
        gaps = [(g.start, g.stop) for g in found.gaps if g.meter == span.meter]
        return [
            (Reading(span.meter, day, int(m), float(v)), float(c))
            for m, v, c in zip(minutes, shown, chances, strict=True)
            if not any(start <= m < stop for start, stop in gaps)
        ]

    def truth(self, day: date) -> Iterator[dict[str, Any]]:
        """Everything planted on a day; late rows stand under the day they were read."""
        found = self.day_faults(day)
        shown = self._shown(day, np.arange(MINUTES))
        yield from self._span_truth(day, found, shown)
        yield from self._counter_truth(day)
        silent = np.zeros(shown.shape, dtype=bool)
        for span in found.gaps:
            silent[span.meter, span.start : span.stop] = True
        chances = self.faults.row_chances(day, np.arange(MINUTES))
        for i, minute in np.argwhere((chances < self.faults.share_of_bad_rows()) & ~silent):
            reading = Reading(int(i), day, int(minute), float(shown[i, minute]))
            planted = self._planted(reading, float(chances[i, minute]))
            if planted is not None:
                key = {"meter_id": self._ids[i], "read_at": self._stamp(reading, found)}
                yield truth_line(planted, FEED, key, day.isoformat(), 1, day.isoformat())

    def _span_truth(self, day: date, found: DayFaults, shown: np.ndarray) -> Iterator[dict[str, Any]]:
        start = day_epoch(day)
        for kind, spans in (("gap", found.gaps), ("stuck", found.stuck), ("late", found.late)):
            for span in spans:
                length = span.stop - span.start
                first, last = iso(start + 60 * span.start), iso(start + 60 * span.stop)
                planted = Planted(kind, "read_at", first, last)
                if kind == "late":
                    planted = Planted(kind, "read_at", first, iso(start + 60 * span.arrives))
                if kind == "stuck":
                    if not self._moves(day, span):
                        continue
                    planted = Planted(kind, "counter", first, last, length / STUCK_BOUND)
                key = {"meter_id": self._ids[span.meter], "from": first, "to": last}
                arrival = day + timedelta(days=span.arrives // MINUTES) if kind == "late" else day
                yield truth_line(planted, FEED, key, day.isoformat(), 1, arrival.isoformat())
        for i in np.flatnonzero(np.abs(found.clock_s) > DRIFT_BOUND_S):
            planted = Planted("clock_drift", "read_at", 0, int(found.clock_s[i]), abs(found.clock_s[i]) / DRIFT_BOUND_S)
            yield truth_line(planted, FEED, {"meter_id": self._ids[i]}, day.isoformat(), 1, day.isoformat())

    def _moves(self, day: date, span: Span) -> bool:
        """Whether the true counter moves enough in the span for standing still to mean anything."""
        ends = self.counters.unrolled(day, np.array([span.start, span.stop]))[span.meter]
        return bool(ends[1] - ends[0] >= RESOLUTION * (span.stop - span.start))

    def _counter_truth(self, day: date) -> Iterator[dict[str, Any]]:
        resets = self.counters.resets_of_day(day)
        for i, minute in resets:
            key = {"meter_id": self._ids[i], "read_at": iso(day_epoch(day) + 60 * minute)}
            before = self.counters.show_one(i, day, minute - 1)
            yield truth_line(Planted("reset", "counter", before, 0.0), FEED, key, day.isoformat(), 1, day.isoformat())
        turns = np.floor(self.counters.unrolled(day, np.arange(MINUTES + 1)) / self.counters.rollover[:, None])
        for i, minute in np.argwhere(np.diff(turns, axis=1) > 0):
            key = {"meter_id": self._ids[i], "read_at": iso(day_epoch(day) + 60 * (int(minute) + 1))}
            one = Planted("roll_over", "counter", self.meters[i].rollover, 0.0)
            yield truth_line(one, FEED, key, day.isoformat(), 1, day.isoformat())
