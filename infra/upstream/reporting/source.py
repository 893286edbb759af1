"""All records of the reporting platform by the time they became known, with what was planted in each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from infra.upstream.clock import DAY_SECONDS, epoch_of, iso, label, month_of, shift
from infra.upstream.planting import Planted, truth_line
from infra.upstream.rates import pick_kind
from infra.upstream.reporting.claims import PASSED_ON, Claim, claim, counts_twice
from infra.upstream.reporting.faults import KINDS, plant
from infra.upstream.reporting.rows import Rows
from infra.upstream.reporting.schedule import LOOKBACK_MONTHS, Step, Submission, correction, due_time, steps, submission
from infra.upstream.rng import draws, hex_id
from infra.upstream.versions import Event, Month, WindowIndex
from infra.upstream.world.enterprises import Enterprise
from infra.upstream.world.model import World

FEEDS = {
    "enterprises": "reporting.enterprise",
    "energy-reports": "reporting.energy_monthly",
    "activity-reports": "reporting.activity_monthly",
    "emission-reports": "reporting.emission_monthly",
    "targets": "reporting.target_yearly",
}
KEYS = {
    "enterprises": ("enterprise_code",),
    "energy-reports": ("enterprise_code", "period", "energy_code"),
    "activity-reports": ("enterprise_code", "period", "activity_code"),
    "emission-reports": ("enterprise_code", "period"),
    "targets": ("target_id",),
}
PREFIX = {
    "enterprises": "EN",
    "energy-reports": "ER",
    "activity-reports": "AR",
    "emission-reports": "CR",
    "targets": "TG",
}
MONTHLY = ("energy-reports", "activity-reports", "emission-reports")
RETURNED_SHARE = 0.6
LATEST_EARLY = 31 * DAY_SECONDS  # no report comes longer before it is due


class MonthlyRef(NamedTuple):
    """What one version of a monthly record is made from; ``error`` is what a later correction mends."""

    enterprise: Enterprise
    month: Month
    code: str
    step: Step
    error: float
    submitted: Submission


class ReportingSource:
    """Windows of records and their rows; content depends on seed, size and rates only."""

    def __init__(self, world: World, rates: dict[str, float]) -> None:
        self.world, self.rates, self.rows = world, rates, Rows(world)
        self.submission = lru_cache(maxsize=20_000)(lambda e, month: submission(world.seed, e, month, rates))
        self.index = {
            name: WindowIndex(self._builder(name), LOOKBACK_MONTHS if name in MONTHLY else 1) for name in FEEDS
        }

    def _builder(self, resource: str) -> Any:
        if resource == "enterprises":
            return self._enterprise_events
        if resource == "targets":
            return self._target_events
        return lambda month: self._monthly_events(resource, month)

    def _codes(self, resource: str, e: Enterprise) -> list[str]:
        if resource == "energy-reports":
            return self.world.physics.energies(e)
        return list(self.world.physics.activities(e)) if resource == "activity-reports" else [""]

    def _monthly_events(self, resource: str, month: Month) -> list[Event]:
        out: list[Event] = []
        for e in self.world.enterprises:
            submitted = self.submission(e, month)
            if submitted is None:
                continue
            for code in self._codes(resource, e):
                record = (resource, e.index, *month, code)
                mended = correction(self.world.seed, record, submitted, self.rates)
                record_id = f"{PREFIX[resource]}-{hex_id(self.world.seed, *record)}"
                for step in steps(self.world.seed, record, submitted, mended[0] if mended else None):
                    ref = MonthlyRef(e, month, code, step, mended[1] if mended else 0.0, submitted)
                    self._add(out, resource, Event(step.at, record_id, step.version, 0, ref))
        return out

    def _add(self, out: list[Event], resource: str, event: Event) -> None:
        out.append(event)
        if draws(self.world.seed, "duplicate", resource, event.record_id, event.version)[0] < self.rates["duplicate"]:
            out.append(event._replace(copy=1))

    def _enterprise_events(self, month: Month) -> list[Event]:
        out: list[Event] = []
        version = (month[0] - 2023) * 12 + month[1]
        for e in self.world.enterprises:
            at = epoch_of(*month, 1, 2) + e.index * 3
            self._add(
                out, "enterprises", Event(at, f"EN-{hex_id(self.world.seed, 'EN', e.index)}", version, 0, (e, month))
            )
        return out

    def _target_events(self, month: Month) -> list[Event]:
        if month[1] % 3 != 1:
            return []
        out: list[Event] = []
        sectors = list(dict.fromkeys(e.sector for e in self.world.enterprises))
        subjects: list[tuple[str, Enterprise | None]] = [(s, None) for s in sectors]
        subjects += [(e.sector, e) for e in self.world.enterprises]
        for sector, e in subjects:
            u = draws(self.world.seed, "target day", sector, e.index if e else 0, *month)
            record_id = f"TG-{hex_id(self.world.seed, 'TG', sector, e.index if e else 0, month[0])}"
            at = epoch_of(*month, 2) + int(u[0] * 8 * DAY_SECONDS)
            self._add(out, "targets", Event(at, record_id, (month[1] + 2) // 3, 0, (sector, e, month)))
        return out

    def render(self, resource: str, event: Event) -> tuple[dict[str, Any], Planted | None]:
        """The wire record of an event, and the fault in it if there is one."""
        status: dict[str, str] = {}
        planted: Planted | None = None
        if resource == "enterprises":
            body = self.rows.enterprise(*event.ref)
        elif resource == "targets":
            body = self.rows.target(*event.ref)
        else:
            body, planted = self._monthly_row(resource, event)
            status = {"status": event.ref[3].status}
        tail = {"version": event.version, "updated_at": iso(event.updated_at)}
        return {"record_id": event.record_id, **body, **status, **tail}, planted

    def _monthly_row(self, resource: str, event: Event) -> tuple[dict[str, Any], Planted | None]:
        e, month, code, step, error, _ = event.ref
        scale = 1.0 if step.corrected else 1.0 + error
        scale *= self._claim(e, month).share if resource != "activity-reports" else 1.0
        twice = counts_twice(self.world.seed, e, month, self.rates)
        if resource == "emission-reports":
            row = self.rows.emission(e, month, scale, twice)
        elif resource == "energy-reports":
            row = self.rows.energy(e, code, month, scale, twice and code == PASSED_ON)
        else:
            row = self.rows.activity(e, code, month, scale)
        kind, u = self._fault(resource, event)
        return row, plant(resource, kind, row, u[2:]) if kind else None

    def _claim(self, e: Enterprise, month: Month) -> Claim:
        return claim(self.world.seed, e, month, self.rates)

    def _fault(self, resource: str, event: Event) -> tuple[str | None, tuple[float, ...]]:
        """Kind of the fault in one version of a monthly record, and the record's uniforms."""
        e, month, code, step, *_ = event.ref
        u = draws(self.world.seed, "fault", resource, e.index, *month, code)
        kind = pick_kind(u[0], self.rates, KINDS)
        returned = step.corrected or (step.version > 1 and u[1] < RETURNED_SHARE)
        summed = kind != "broken_identity" or resource != "activity-reports"
        return (kind if summed and not returned else None), u

    def truth(self, since: int, before: int) -> Iterator[dict[str, Any]]:
        """Everything planted in what became known from since to before, and what should have come and never did."""
        for resource, index in self.index.items():
            for event in index.window(since, before):
                yield from self._event_truth(resource, event)
        yield from self._missing_truth(since, before)
        yield from self._misstated_truth(since, before)

    def _remarkable(self, resource: str, event: Event) -> bool:
        """Whether anything about an event belongs in the truth file."""
        if event.copy or resource not in MONTHLY:
            return bool(event.copy)
        ref: MonthlyRef = event.ref
        late = ref.step.version == 1 and ref.submitted.late
        return late or ref.step.version == 5 or self._fault(resource, event)[0] is not None

    def _event_truth(self, resource: str, event: Event) -> Iterator[dict[str, Any]]:
        if not self._remarkable(resource, event):
            return
        row, planted = self.render(resource, event)
        key = {name: row[name] for name in KEYS[resource]}
        window = label(month_of(event.updated_at))
        period = row.get("period", window)
        found = [Planted("duplicate", "", 1, 2)] if event.copy else [planted] if planted else []
        if resource in MONTHLY and not event.copy:
            ref: MonthlyRef = event.ref
            if ref.step.version == 1 and ref.submitted.late:
                found.append(Planted("late", "updated_at", iso(ref.submitted.due), row["updated_at"]))
            if ref.step.version == 5:
                found.append(Planted("correction", "version", round(ref.error, 6), 5))
        for one in found:
            yield truth_line(one, FEEDS[resource], key, period, event.version, window)

    def _missing_truth(self, since: int, before: int) -> Iterator[dict[str, Any]]:
        month = shift(month_of(since), -2)
        while due_time(month) < before:
            due = due_time(month)
            for e in self.world.enterprises if due >= since else ():
                if self.submission(e, month) is None:
                    for resource in MONTHLY:
                        key = {"enterprise_code": e.code, "period": label(month)}
                        one = Planted("missing", "", iso(due), None)
                        yield truth_line(one, FEEDS[resource], key, label(month), 0, label(month_of(due)))
            month = shift(month, 1)

    def _misstated_truth(self, since: int, before: int) -> Iterator[dict[str, Any]]:
        """One line per enterprise-month that was misstated and of what kind, under the window of its first report."""
        month = shift(month_of(since), -1 - LOOKBACK_MONTHS)
        while due_time(month) < before + LATEST_EARLY:
            for e in self.world.enterprises:
                submitted = self.submission(e, month)
                if submitted and since <= submitted.times[0] < before:
                    key = {"enterprise_code": e.code, "period": label(month)}
                    window = label(month_of(submitted.times[0]))
                    for one in self._misstated(e, month):
                        yield truth_line(one, FEEDS["energy-reports"], key, label(month), 1, window)
            month = shift(month, 1)

    def _misstated(self, e: Enterprise, month: Month) -> Iterator[Planted]:
        claimed = self._claim(e, month)
        if claimed.kind:
            yield Planted(claimed.kind, "consumption", 1.0, claimed.share)
        if counts_twice(self.world.seed, e, month, self.rates):
            sold = self.rows.energy(e, PASSED_ON, month, claimed.share)["resold"]
            yield Planted("double_count", "resold", sold, 0.0)
