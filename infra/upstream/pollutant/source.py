"""Half-hourly snapshots: what was emitted, when it was published and revised, and what was planted."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from infra.upstream.clock import DAY_SECONDS, iso, local
from infra.upstream.planting import Planted, truth_line
from infra.upstream.pollutant.faults import KINDS, plant
from infra.upstream.rates import pick_kind
from infra.upstream.rng import draws, log_uniform, normals
from infra.upstream.world.climate import is_rest_day, temperature
from infra.upstream.world.model import World

FEED = "pollutant.total_halfhour"
HALF_HOUR = 1800
KG_DECIMALS = 4


class Publication(NamedTuple):
    """One revision of a snapshot: number from 1, time, and the relative error that a later one mends."""

    revision: int
    at: int
    error: float


@lru_cache(maxsize=1)
def emitters() -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "emitters.yaml").read_text(encoding="utf-8"))


class PollutantSource:
    """Snapshots and truth; content depends on seed and rates only. Times are unix seconds of a half hour's end."""

    def __init__(self, world: World, rates: dict[str, float]) -> None:
        self.seed, self.rates = world.seed, rates

    def publications(self, snapshot: int) -> list[Publication]:
        """Revisions in order; none where the snapshot never came."""
        u = draws(self.seed, "snapshot", snapshot)
        if u[0] < self.rates["missing"]:
            return []
        late = u[1] < self.rates["late"]
        first = snapshot + int(log_uniform(u[2], 1800, 21_600) if late else 600 + 900 * u[2])
        if u[3] >= self.rates["correction"]:
            return [Publication(1, first, 0.0)]
        error = (1.0 if u[4] < 0.5 else -1.0) * log_uniform(u[5], 0.02, 0.15)
        return [Publication(1, first, error), Publication(2, first + int((0.2 + 2.7 * u[6]) * DAY_SECONDS), 0.0)]

    def groups(self, snapshot: int, error: float) -> list[list[dict[str, Any]]]:
        """True items by source and pollutant; districts sum to the total."""
        middle = local(snapshot - HALF_HOUR / 2)
        hour = middle.hour + middle.minute / 60.0
        season = 1.0 + 0.12 * (16.0 - temperature(self.seed, middle.year, middle.month)) / 12.0
        out = []
        for name, spec in emitters().items():
            strength = _at_hour(spec["hours"], hour) / (sum(spec["hours"]) / 24.0)
            strength *= spec["weekend"] if is_rest_day(middle.date()) else 1.0
            traffic = math.exp(0.05 * normals(self.seed, "traffic", name, snapshot)[0])
            weight = {
                d: s * math.exp(0.04 * normals(self.seed, "district", name, d, snapshot)[0])
                for d, s in spec["districts"].items()
            }
            whole = sum(weight.values())
            for pollutant, base in spec["kg"].items():
                own = math.exp(0.03 * normals(self.seed, "pollutant", name, pollutant, snapshot)[0])
                amount = base * strength * season * traffic * own * (1.0 + error)
                parts = {d: round(amount * w / whole, KG_DECIMALS) for d, w in weight.items()}
                total = round(sum(parts.values()), KG_DECIMALS)
                out.append([_item(name, pollutant, d, kg, total) for d, kg in parts.items()])
        return out

    def snapshot(
        self, snapshot: int, published: Publication
    ) -> tuple[dict[str, Any], list[tuple[dict[str, Any], Planted]]]:
        """Wire form of one revision, and (key, fault) of everything planted in it."""
        items: list[dict[str, Any]] = []
        found: list[tuple[dict[str, Any], Planted]] = []
        for group in self.groups(snapshot, published.error):
            first = group[0]
            kind, u = self._fault(snapshot, first["source"], first["pollutant"])
            kind = kind if published.revision == 1 else None
            if kind is not None:
                found.extend(plant(kind, group, u[1:]))
            items.extend(group)
        head = {"snapshot_at": iso(snapshot), "revision": published.revision, "updated_at": iso(published.at)}
        return {**head, "publisher": "大气污染物实时总量核算平台（模拟）", "items": items}, found

    def _fault(self, snapshot: int, source: str, pollutant: str) -> tuple[str | None, tuple[float, ...]]:
        """Kind of the fault in a group of a snapshot's first revision, and the group's uniforms."""
        u = draws(self.seed, "pollutant fault", snapshot, source, pollutant)
        return pick_kind(u[0], self.rates, KINDS), u

    def _any_fault(self, snapshot: int) -> bool:
        return any(self._fault(snapshot, s, p)[0] for s, spec in emitters().items() for p in spec["kg"])

    def truth(self, since: int, before: int) -> Iterator[dict[str, Any]]:
        """Everything planted in the snapshots of since ≤ t < before."""
        for moment in range(-(-since // HALF_HOUR) * HALF_HOUR, before, HALF_HOUR):
            yield from self._snapshot_truth(moment)

    def _snapshot_truth(self, moment: int) -> Iterator[dict[str, Any]]:
        stamp, day = iso(moment), local(moment).date().isoformat()
        published = self.publications(moment)
        if not published:
            yield truth_line(Planted("missing", "", stamp, None), FEED, {"snapshot_at": stamp}, day, 0, day)
        for one in published:
            if one.revision == 1 and one.at - moment > HALF_HOUR:
                late = Planted("late", "updated_at", stamp, iso(one.at))
                yield truth_line(late, FEED, {"snapshot_at": stamp}, day, 1, day)
            if one.revision == 2:
                mended = Planted("correction", "revision", round(published[0].error, 6), 2)
                yield truth_line(mended, FEED, {"snapshot_at": stamp}, day, 2, day)
            found = self.snapshot(moment, one)[1] if one.revision == 1 and self._any_fault(moment) else []
            for key, planted in found:
                yield truth_line(planted, FEED, {"snapshot_at": stamp, **key}, day, one.revision, day)


def _at_hour(hours: list[float], hour: float) -> float:
    """Strength at a fractional hour, linear between the hours' middles."""
    place = (hour - 0.5) % 24.0
    low = int(place)
    return hours[low] + (hours[(low + 1) % 24] - hours[low]) * (place - low)


def _item(source: str, pollutant: str, district: str, kg: float, total: float) -> dict[str, Any]:
    return {"source": source, "pollutant": pollutant, "district_code": district, "kg": kg, "total_kg": total}
