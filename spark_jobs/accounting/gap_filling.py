"""Estimates for months whose report did not come by its deadline, from what was known at the deadline.

An estimate is known from the deadline on, and until the report comes. It rests on nothing that became known later, so
a later correction of its bases does not move it: the same receipts give the same estimates in any order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pyarrow as pa
import yaml

_LOCAL = ZoneInfo("Asia/Shanghai")
_YEAR_MONTHS = 12
SCHEMA = pa.schema(
    [
        ("enterprise_code", pa.string()),
        ("period", pa.string()),
        ("activity_type", pa.string()),
        ("quantity", pa.float64()),
        ("unit", pa.string()),
        ("method", pa.string()),
        ("source_record_ids", pa.list_(pa.string())),
        ("known_from", pa.timestamp("us", tz="UTC")),
        ("known_to", pa.timestamp("us", tz="UTC")),
    ]
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of gap_filling.yaml; their reasons stand there."""

    reported_share_least: float
    expected_from_months: int
    peers_least: int
    recent_months: int
    widen: float


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings; raises TypeError where one is missing or unknown."""
    return Settings(**yaml.safe_load(Path(__file__).with_name("gap_filling.yaml").read_text(encoding="utf-8")))


class Known(NamedTuple):
    """One quantity as it was known: of an enterprise, month and energy."""

    quantity: float
    unit: str
    record_id: str


class Estimate(NamedTuple):
    """An estimated quantity, its method, and the records that it rests on."""

    quantity: float
    method: str
    record_ids: tuple[str, ...]


Reports = Mapping[str, Mapping[str, Mapping[str, Known]]]  # energy → month → enterprise


def month_shift(month: str, by: int) -> str:
    """The month so many months later."""
    index = int(month[:4]) * _YEAR_MONTHS + int(month[5:]) - 1 + by
    return f"{index // _YEAR_MONTHS:04d}-{index % _YEAR_MONTHS + 1:02d}"


def deadline(month: str, days: int) -> datetime:
    """The instant at which reports of a month are due: the end of the `days`-th day of the next month, local time."""
    after = month_shift(month, 1)
    return datetime(int(after[:4]), int(after[5:]), 1, tzinfo=_LOCAL) + timedelta(days=days)


def fill(
    reports: pa.Table,
    sector: Mapping[str, str],
    months: Iterable[str],
    deadline_days: int,
    rules: Settings | None = None,
) -> pa.Table:
    """Return estimates (SCHEMA) for `months`, grain enterprise × month × energy.

    reports, all versions of all reported quantities: enterprise_code, period (2026-10), activity_type (energy),
    quantity, unit, record_id, known_from, known_to (timestamps; null: still known). sector: of each enterprise that
    should report.
    A month is a gap of an enterprise when nothing of it was known at the deadline, though others had reported it and
    the enterprise had reported before, and when something is known from after the deadline. Without any own month to
    rest on there is no estimate.
    """
    rules = rules or settings()
    rows = reports.to_pylist()
    newest = max((row["known_from"] for row in rows), default=None)
    first_known: dict[tuple[str, str], datetime] = {}
    for row in rows:
        key = (row["enterprise_code"], row["period"])
        first_known[key] = min(first_known.get(key, row["known_from"]), row["known_from"])
    out: list[dict[str, object]] = []
    for month in sorted(set(months)):
        due = deadline(month, deadline_days)
        if newest is None or newest <= due:
            continue
        known = _known_at(rows, due, {*sector}, month)
        for code in _missing(known, first_known, sector, month, due, rules):
            until = first_known.get((code, month))
            out += [
                {"enterprise_code": code, "period": month, "activity_type": energy, "quantity": found.quantity,
                 "unit": unit, "method": found.method, "source_record_ids": list(found.record_ids), "known_from": due,
                 "known_to": until}
                for energy, unit, found in _estimates(known, sector, code, month, rules)
            ]  # fmt: skip
    return pa.Table.from_pylist(out, schema=SCHEMA)


def _known_at(rows: list[dict], due: datetime, codes: set[str], month: str) -> Reports:
    """What was known at the deadline of the month and the two years before."""
    out: dict[str, dict[str, dict[str, Known]]] = defaultdict(lambda: defaultdict(dict))
    earliest = month_shift(month, -2 * _YEAR_MONTHS)
    for row in rows:
        of_time = row["known_from"] <= due and (row["known_to"] is None or row["known_to"] > due)
        if of_time and row["enterprise_code"] in codes and earliest <= row["period"] <= month:
            found = Known(row["quantity"], row["unit"], row["record_id"])
            out[row["activity_type"]][row["period"]][row["enterprise_code"]] = found
    return out


def _missing(
    known: Reports,
    first_known: Mapping[tuple[str, str], datetime],
    sector: Mapping[str, str],
    month: str,
    due: datetime,
    rules: Settings,
) -> list[str]:
    """Enterprises that should have reported the month and had not; none where the month was not collected."""
    before = {month_shift(month, -i) for i in range(1, rules.expected_from_months + 1)}
    expected = {c for months in known.values() for m, of in months.items() if m in before for c in of}
    there = {c for c in expected if first_known.get((c, month), due + timedelta(1)) <= due}
    if not expected or len(there) < rules.reported_share_least * len(expected):
        return []
    return sorted(c for c in expected - there if c in sector)


def _estimates(
    known: Reports, sector: Mapping[str, str], code: str, month: str, rules: Settings
) -> list[tuple[str, str, Estimate]]:
    """Energy, unit and estimate for every energy that the enterprise used in the year before."""
    out = []
    year = [month_shift(month, -i) for i in range(1, _YEAR_MONTHS + 1)]
    for energy in sorted(known):
        own = {m: of[code] for m, of in known[energy].items() if code in of}
        if not any(m in own for m in year):
            continue
        peers = {c for c, s in sector.items() if s == sector[code] and c != code}
        found = _from_last_year(known[energy], own, peers, month, rules) or _from_recent(
            known[energy], own, peers, month, rules
        )
        values = [k.quantity for k in own.values()]
        bounded = min(max(found.quantity, min(values) / rules.widen), max(values) * rules.widen)
        unit = own[max(own)].unit
        out.append((energy, unit, found._replace(quantity=bounded, record_ids=tuple(sorted(set(found.record_ids))))))
    return out


def _from_last_year(
    months: Mapping[str, Mapping[str, Known]], own: Mapping[str, Known], peers: set[str], month: str, rules: Settings
) -> Estimate | None:
    """The same month of last year times the trend of reporting peers, else the enterprise's own newest trend."""
    last = month_shift(month, -_YEAR_MONTHS)
    if last not in own:
        return None
    trend = _ratio(months.get(month, {}), months.get(last, {}), peers, rules.peers_least)
    if trend:
        return Estimate(own[last].quantity * trend[0], "gap_last_year_peers", (own[last].record_id, *trend[1]))
    recent = [month_shift(month, -i) for i in range(1, rules.recent_months + 1)]
    both = [
        (own[m], own[month_shift(m, -_YEAR_MONTHS)]) for m in recent if {m, month_shift(m, -_YEAR_MONTHS)} <= {*own}
    ]
    base = sum(b.quantity for _, b in both)
    if base <= 0:
        return None
    ids = tuple(k.record_id for pair in both for k in pair)
    own_trend = sum(a.quantity for a, _ in both) / base
    return Estimate(own[last].quantity * own_trend, "gap_last_year_own", (own[last].record_id, *ids))


def _from_recent(
    months: Mapping[str, Mapping[str, Known]], own: Mapping[str, Known], peers: set[str], month: str, rules: Settings
) -> Estimate:
    """The enterprise's newest months, moved as its peers moved from them to this one; without peers, their mean."""
    newest = sorted(m for m in own if m < month)[-rules.recent_months :]
    moved, ids = [], []
    for m in newest:
        trend = _ratio(months.get(month, {}), months[m], peers, rules.peers_least)
        if trend:
            moved.append(own[m].quantity * trend[0])
            ids += [own[m].record_id, *trend[1]]
    if moved:
        return Estimate(sum(moved) / len(moved), "gap_recent_peers", tuple(ids))
    mean = [own[m] for m in sorted(m for m in own if m < month)[-_YEAR_MONTHS:]]
    return Estimate(sum(k.quantity for k in mean) / len(mean), "gap_own_mean", tuple(k.record_id for k in mean))


def _ratio(
    now: Mapping[str, Known], then: Mapping[str, Known], peers: set[str], least: int
) -> tuple[float, list[str]] | None:
    """Sum over peers that reported both months, now over then, and the records used; None with too few of them."""
    both = sorted(c for c in peers if c in now and c in then)
    base = sum(then[c].quantity for c in both)
    if len(both) < least or base <= 0:
        return None
    return sum(now[c].quantity for c in both) / base, [k for c in both for k in (now[c].record_id, then[c].record_id)]
