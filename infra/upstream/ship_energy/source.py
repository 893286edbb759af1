"""All records of the ship platform by the time they became known, with what was planted in each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.upstream.clock import DAY_SECONDS, epoch_of, iso, label, local, month_of, month_start, shift
from infra.upstream.planting import Planted, truth_line
from infra.upstream.rates import pick_kind
from infra.upstream.rng import draws, log_uniform
from infra.upstream.ship_energy.faults import FUELS, KINDS, plant
from infra.upstream.ship_energy.voyages import Voyage, fuel_columns, inland_year, leg_of, legs_arriving
from infra.upstream.versions import Event, Month, WindowIndex
from infra.upstream.world.fleet import Ship
from infra.upstream.world.model import World

FEEDS = {
    "ships": "ship_energy.ship",
    "voyage-reports": "ship_energy.voyage",
    "annual-reports": "ship_energy.inland_yearly",
}
KEYS = {"ships": "ship_id", "voyage-reports": "voyage_id", "annual-reports": "report_id"}
LOOKBACK_MONTHS = 33
DUE_DAYS = 10
CORRECTION_DAYS = (20.0, 540.0)
RETURNED_SHARE = 0.6


class ShipSource:
    """Windows of records and their content; depends on seed, size and rates only."""

    def __init__(self, world: World, rates: dict[str, float]) -> None:
        self.world, self.rates, self.seed = world, rates, world.seed
        self.index = {
            "ships": WindowIndex(self._ship_events, 1),
            "voyage-reports": WindowIndex(self._voyage_events, 21),
            "annual-reports": WindowIndex(self._annual_events, LOOKBACK_MONTHS),
        }

    def _ship_events(self, month: Month) -> list[Event]:
        version = (month[0] - 2023) * 12 + month[1]
        out: list[Event] = []
        for ship in self.world.fleet:
            at = epoch_of(*month, 1, 3) + ship.index % 3000
            self._add(out, "ships", Event(at, ship.ship_id, version, 0, ship))
        return out

    def _add(self, out: list[Event], resource: str, event: Event) -> None:
        out.append(event)
        if draws(self.seed, "duplicate", resource, event.record_id, event.version)[0] < self.rates["duplicate"]:
            out.append(event._replace(copy=1))

    def _voyage_events(self, month: Month) -> list[Event]:
        since, before = month_start(month), month_start(shift(month, 1))
        out: list[Event] = []
        for ship in (s for s in self.world.fleet if s.trade != "inland"):
            for voyage in legs_arriving(ship, since, before, self.seed):
                u = draws(self.seed, "voyage report", ship.index, voyage.leg)
                if u[0] < self.rates["missing"]:
                    continue
                late = u[1] < self.rates["late"]
                delay = DUE_DAYS + log_uniform(u[2], 0.05, 45.0) if late else 0.3 + 9.5 * u[2]
                first = voyage.arrival + int(delay * DAY_SECONDS)
                key = f"{ship.ship_id}-{voyage.leg:05d}"
                self._versions(out, "voyage-reports", key, [first], (ship, voyage.leg))
        return out

    def _annual_events(self, month: Month) -> list[Event]:
        """Reports of the year before, first in January to March, all confirmed in September."""
        if month[1] != 1:
            return []
        out: list[Event] = []
        for ship in (s for s in self.world.fleet if s.trade == "inland"):
            year = month[0] - 1
            u = draws(self.seed, "annual report", ship.index, year)
            if u[0] < self.rates["missing"]:
                continue
            due = epoch_of(month[0], 4)
            late = u[1] < self.rates["late"]
            first = (
                due + int(log_uniform(u[2], 0.1, 80) * DAY_SECONDS)
                if late
                else due - int((1 + 70 * u[2]) * DAY_SECONDS)
            )
            confirmed = epoch_of(month[0], 9) + int(29 * DAY_SECONDS * u[3])
            self._versions(out, "annual-reports", f"{ship.ship_id}-{year}", [first, confirmed], (ship, year))
        return out

    def _versions(self, out: list[Event], resource: str, key: str, times: list[int], subject: tuple[Ship, int]) -> None:
        """Adds a record's versions; ``ref`` is (ship, leg or year, error to be mended, whether this one mends it)."""
        u = draws(self.seed, "ship correction", key)
        error = 0.0
        if u[0] < self.rates["correction"]:
            error = (1.0 if u[1] < 0.5 else -1.0) * log_uniform(u[2], 0.02, 0.15)
            times = [*times, times[-1] + int(log_uniform(u[3], *CORRECTION_DAYS) * DAY_SECONDS)]
        last = len(times) - 1
        for i, at in enumerate(times):
            self._add(out, resource, Event(at, key, i + 1, 0, (*subject, error, bool(error) and i == last)))

    def render(self, resource: str, event: Event) -> tuple[dict[str, Any], Planted | None]:
        """The wire record of an event, and the fault in it if there is one."""
        tail = {"version": event.version, "updated_at": iso(event.updated_at)}
        if resource == "ships":
            return {**_ship_row(event.ref), **tail}, None
        ship, number, error, mended = event.ref
        scale = 1.0 if mended else 1.0 + error
        span = None
        if resource == "voyage-reports":
            voyage = leg_of(ship, number, self.seed)
            row, span = _voyage_row(voyage, event.record_id, scale), voyage.arrival - voyage.departure
        else:
            row = self._annual_row(ship, number, event.record_id, scale)
        planted = None if mended else self._plant(row, ship, event, span)
        return {**row, **tail}, planted

    def _plant(self, row: dict[str, Any], ship: Ship, event: Event, span: int | None) -> Planted | None:
        kind, u = self._fault(event)
        return plant(kind, row, ship, u[2:], span) if kind else None

    def _fault(self, event: Event) -> tuple[str | None, tuple[float, ...]]:
        """Kind of the fault in one version of a report, and the report's uniforms."""
        u = draws(self.seed, "ship fault", event.record_id)
        kind = pick_kind(u[0], self.rates, KINDS)
        return (None if event.version > 1 and u[1] < RETURNED_SHARE else kind), u

    def _annual_row(self, ship: Ship, year: int, key: str, scale: float) -> dict[str, Any]:
        done = inland_year(ship, year, self.seed)
        fuel = fuel_columns(ship, done.main_t * scale, done.aux_t * scale)
        return {
            "report_id": key,
            "ship_id": ship.ship_id,
            "company_code": ship.company.code,
            "year": year,
            "distance_nm": done.distance_nm,
            "hours_under_way": done.hours,
            "cargo_t": done.cargo_t,
            "transport_work_tnm": round(done.cargo_t * done.distance_nm, 2),
            "mdo_t": fuel["mdo_t"],
            "lng_t": fuel["lng_t"],
            "electricity_mwh": done.electricity_mwh,
        }

    def truth(self, since: int, before: int) -> Iterator[dict[str, Any]]:
        """Everything planted in what became known from since to before, and reports that never came."""
        for resource, index in self.index.items():
            for event in index.window(since, before):
                yield from self._event_truth(resource, event)
        yield from self._missing_truth(since, before)

    def _event_truth(self, resource: str, event: Event) -> Iterator[dict[str, Any]]:
        if resource == "ships" and not event.copy:
            return
        row, planted = self.render(resource, event)
        key, window = {KEYS[resource]: row[KEYS[resource]]}, label(month_of(event.updated_at))
        period = str(row.get("year") or row.get("arrival_at", window)[:7])
        found = [Planted("duplicate", "", 1, 2)] if event.copy else [planted] if planted else []
        if resource != "ships" and not event.copy:
            due = _due(row)
            if event.version == 1 and event.updated_at > due:
                found.append(Planted("late", "updated_at", iso(due), row["updated_at"]))
            if event.ref[3]:
                found.append(Planted("correction", "version", round(event.ref[2], 6), event.version))
        for one in found:
            yield truth_line(one, FEEDS[resource], key, period, event.version, window)

    def _missing_truth(self, since: int, before: int) -> Iterator[dict[str, Any]]:
        shifted = DUE_DAYS * DAY_SECONDS
        for ship in (s for s in self.world.fleet if s.trade != "inland"):
            for voyage in legs_arriving(ship, since - shifted, before - shifted, self.seed):
                if draws(self.seed, "voyage report", ship.index, voyage.leg)[0] < self.rates["missing"]:
                    due = voyage.arrival + shifted
                    key = {"voyage_id": f"{ship.ship_id}-{voyage.leg:05d}"}
                    period, window = label(month_of(voyage.arrival)), label(month_of(due))
                    yield truth_line(
                        Planted("missing", "", iso(due), None), FEEDS["voyage-reports"], key, period, 0, window
                    )
        for year in range(local(since).year - 1, local(before).year):
            due = epoch_of(year + 1, 4)
            for ship in (s for s in self.world.fleet if s.trade == "inland" and since <= due < before):
                if draws(self.seed, "annual report", ship.index, year)[0] < self.rates["missing"]:
                    key = {"report_id": f"{ship.ship_id}-{year}"}
                    one = Planted("missing", "", iso(due), None)
                    yield truth_line(one, FEEDS["annual-reports"], key, str(year), 0, label(month_of(due)))


def _due(row: dict[str, Any]) -> int:
    if "year" in row:
        return epoch_of(row["year"] + 1, 4)
    from_arrival = row["arrival_at"]
    year, month, day = (int(part) for part in from_arrival[:10].split("-"))
    return epoch_of(year, month, day, int(from_arrival[11:13]), int(from_arrival[14:16])) + DUE_DAYS * DAY_SECONDS


def _ship_row(ship: Ship) -> dict[str, Any]:
    return {
        "ship_id": ship.ship_id,
        "ship_name": ship.name,
        "ship_type": ship.ship_type,
        "company_code": ship.company.code,
        "deadweight_t": ship.deadweight,
        "gross_tonnage": ship.gross_tonnage,
        "trade": ship.trade,
        "built_year": ship.built_year,
        "main_engine_kw": ship.engine_kw,
    }


def _voyage_row(voyage: Voyage, key: str, scale: float) -> dict[str, Any]:
    fuel = fuel_columns(voyage.ship, voyage.main_t * scale, voyage.aux_t * scale)
    return {
        "voyage_id": key,
        "ship_id": voyage.ship.ship_id,
        "company_code": voyage.ship.company.code,
        "trade": voyage.ship.trade,
        "departure_port": voyage.departure_port,
        "departure_at": iso(voyage.departure),
        "arrival_port": voyage.arrival_port,
        "arrival_at": iso(voyage.arrival),
        "distance_nm": voyage.distance_nm,
        "hours_under_way": voyage.hours,
        "hours_berth": voyage.berth_hours,
        "cargo_t": voyage.cargo_t,
        "transport_work_tnm": round(voyage.cargo_t * voyage.distance_nm, 2),
        **{name: fuel[name] for name in FUELS},
        "shore_power_kwh": voyage.shore_kwh,
    }
