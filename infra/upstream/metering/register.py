"""Register of meters: about 700 of 59 enterprises in the full world, 20 in the small one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from infra.upstream.clock import DAY_SECONDS, day_epoch, iso
from infra.upstream.rng import draws
from infra.upstream.world.climate import cooling_need, temperature
from infra.upstream.world.enterprises import Enterprise
from infra.upstream.world.model import World

RATE_RESERVE = 8.0
COLUMNS = (
    "meter_id,enterprise_code,medium,unit,multiplier,rollover_at,max_rate_per_h,covers,covered_energy_share,"
    "accuracy_class,calibrated_on,calibration_due,district_code,installed_on,version,updated_at"
)
NICE = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
MULTIPLIERS = (0.01, 0.1, 1, 2, 5, 10, 20, 40, 60, 80, 100, 200, 400, 600, 1000, 2000, 4000, 8000, 20000, 60000)
PEAK_YEARS = range(2023, 2029)


@dataclass(frozen=True)
class Meter:
    """One meter. ``share`` of the enterprise's consumption of the medium; ``max_rate`` in its unit per hour."""

    meter_id: str
    enterprise: Enterprise
    medium: str
    unit: str
    multiplier: float
    rollover: float
    max_rate: float
    covers: str
    share: float
    accuracy: str
    installed: date


@lru_cache(maxsize=1)
def media_data() -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "media.yaml").read_text(encoding="utf-8"))


def medium_total(world: World, e: Enterprise, medium: str, year: int, month: int) -> float:
    """What an enterprise uses of a medium in a month, in the meters' unit."""
    spec = media_data()["media"][medium]
    amount = world.physics.consumption(e, spec["of"], year, month) * spec["per"]
    if medium == "cooling":
        return amount * (0.03 + cooling_need(temperature(world.seed, year, month)))
    return amount


def media_of(world: World, e: Enterprise) -> list[str]:
    """Media that can be metered at an enterprise."""
    used = world.physics.energies(e)
    cooled = e.sector in ("airport", "metro", "railway")
    return [m for m, s in media_data()["media"].items() if s["of"] in used and (m != "cooling" or cooled)]


def build_meters(world: World) -> list[Meter]:
    """All meters in a fixed order."""
    metered = [e for e in world.enterprises if e.metered]
    total = media_data()["total"][world.size]
    return [m for e, n in zip(metered, _apportion(metered, total), strict=True) for m in _meters_of(world, e, n)]


def _apportion(metered: list[Enterprise], total: int) -> list[int]:
    """Meters by enterprise: at least one each, the rest by weight (largest remainder)."""
    weight = sum(e.meter_weight for e in metered)
    exact = [(total - len(metered)) * e.meter_weight / weight for e in metered]
    counts = [int(x) for x in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: counts[i] - exact[i])
    for i in by_remainder[: total - len(metered) - sum(counts)]:
        counts[i] += 1
    return [n + 1 for n in counts]


def _meters_of(world: World, e: Enterprise, number: int) -> list[Meter]:
    possible, order = media_of(world, e), media_data()["order"]
    wanted = [m for m in order if m in possible]
    media = [wanted[i % len(wanted)] for i in range(number)]
    return [_meter(world, e, i, medium, media) for i, medium in enumerate(media)]


def _meter(world: World, e: Enterprise, i: int, medium: str, media: list[str]) -> Meter:
    u = draws(world.seed, "meter", e.index, i)
    spec = media_data()["media"][medium]
    weights = [0.3 + draws(world.seed, "meter", e.index, j)[0] for j, m in enumerate(media) if m == medium]
    covered = 0.45 + 0.5 * draws(world.seed, "covered", e.index, medium)[0]
    share = round(covered * (0.3 + u[0]) / sum(weights), 6)
    peak = max(medium_total(world, e, medium, y, m) for y in PEAK_YEARS for m in (1, 4, 7, 8, 10, 12)) * share / 730.0
    rollover = 100_000.0 if u[1] < 0.3 else 1_000_000.0
    wanted = peak * 8766 / rollover / (0.25 + 0.75 * u[2])
    turn = sum(m == medium for m in media[:i])
    return Meter(
        meter_id=f"M{e.index:03d}{i + 1:03d}",
        enterprise=e,
        medium=medium,
        unit=spec["unit"],
        multiplier=min(MULTIPLIERS, key=lambda x: abs(math.log(x / wanted))),
        rollover=rollover,
        max_rate=nice_above(RATE_RESERVE * peak),
        covers=f"{spec['covers'][turn % len(spec['covers'])]}{turn // len(spec['covers']) + 1}号",
        share=share,
        accuracy=("0.5S", "1.0", "1.5", "2.0")[int(u[3] * 4)],
        installed=date(2015, 1, 1) + timedelta(days=int(u[4] * 2500)),
    )


def nice_above(value: float) -> float:
    """The next round number at or above a value."""
    power = 10.0 ** math.floor(math.log10(value))
    return round(next(n for n in NICE if n * power >= value) * power, 10)


def register_csv(meters: list[Meter], seed: int, day: date) -> str:
    """The register as of a day; a calibration makes a new version."""
    return "\n".join([COLUMNS, *(_line(m, seed, day) for m in meters)]) + "\n"


def _line(m: Meter, seed: int, day: date) -> str:
    u = draws(seed, "calibration", m.meter_id)
    period = 1095 if m.medium == "electricity" else 730
    overdue = int(u[1] * 90) if u[0] < 0.1 else 0
    first = m.installed + timedelta(days=int(u[2] * 200))
    rounds = max(0, (day - first).days - overdue) // period
    calibrated = first + timedelta(days=rounds * period + (overdue if rounds else 0))
    cells = (
        m.meter_id,
        m.enterprise.code,
        m.medium,
        m.unit,
        f"{m.multiplier:g}",
        f"{m.rollover:.0f}",
        f"{m.max_rate:.10g}",
        m.covers,
        f"{m.share:.6f}",
        m.accuracy,
        calibrated.isoformat(),
        (calibrated + timedelta(days=period)).isoformat(),
        m.enterprise.district,
        m.installed.isoformat(),
        str(rounds + 1),
        iso(day_epoch(calibrated) + DAY_SECONDS // 2),
    )
    return ",".join(cells)
